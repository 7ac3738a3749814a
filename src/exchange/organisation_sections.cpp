// The sections of domsec.toml -> objects. What a parameter takes stands in its table; here are the sections, unknown keys and
// what is written twice. Not here: combinations that make no sense (policy/connector_lint).
#include "organisation_sections.h"

#include <algorithm>
#include <map>

#include "configuration_text.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// After "has no parameter X; ".
std::string remedy_for(std::string_view written, const std::vector<std::string>& known) {
  constexpr std::size_t most_listed = 16;
  if (const std::optional<std::string> near = nearest(written, known)) return "did you mean " + *near + "?";
  if (known.size() <= most_listed) return "it has " + joined(known);
  return "none of its " + std::to_string(known.size()) + " is spelt like it, domsec policy show prints them all";
}

/// The written keys of one section into `object`. `title` as it is written, `[[SendConnector]]`.
template <typename Object>
void read_parameters(const ValueTable& table, const std::string& file, const std::string& title, Object& object) {
  for (const NamedValue& written : table) {
    const Origin at{file, written.line, written.column};
    const auto& rows = parameters<Object>();
    const auto row = std::find_if(rows.begin(), rows.end(), [&written](const auto& one) { return one.name == written.name; });
    if (row == rows.end()) {
      refuse(at, title + " has no parameter " + shown(written.name) + "; " +
                     remedy_for(written.name, parameter_names<Object>()));
    }
    if (const Origin before = object.origins.of(row->name); !before.file.empty()) {
      refuse(at, row->name + " is already set at " + before.text() + "; keep it in one of the files");
    }
    try {
      assign(*row, object, written.value, at);
    } catch (const ParameterError& error) {
      refuse(error.line() > 0 ? Origin{file, error.line(), error.column()} : at, error.what());
    }
  }
}

/// `[Name]`: written at most once in a file, which TOML itself checks.
template <typename Object>
void read_only(const NamedValue& section, const std::string& file, Object& object) {
  const auto* table = std::get_if<ValueTable>(&section.value.value);
  if (table == nullptr) {
    refuse({file, section.line, section.column},
           section.name + " is a section; write it once as [" + section.name + "]");
  }
  read_parameters(*table, file, "[" + section.name + "]", object);
}

/// `[[Name]]`: written once for each connector or certificate.
template <typename Object>
void read_each(const NamedValue& section, const std::string& file, std::vector<Object>& objects) {
  const std::string remedy =
      section.name + " can stand several times; write [[" + section.name + "]] in double brackets";
  const auto* list = std::get_if<ValueList>(&section.value.value);
  if (list == nullptr) refuse({file, section.line, section.column}, remedy);
  for (const Value& value : *list) {
    const auto* table = std::get_if<ValueTable>(&value.value);
    if (table == nullptr) refuse({file, value.line, value.column}, remedy);
    Object object;
    object.origin = Origin{file, value.line, value.column};
    read_parameters(*table, file, "[[" + section.name + "]]", object);
    objects.push_back(std::move(object));
  }
}

void check_certificates(const std::vector<CertificateFile>& certificates) {
  for (const CertificateFile& certificate : certificates) {
    if (!certificate.pfx_file.empty()) {
      const bool second =
          !certificate.certificate_file.empty() || !certificate.key_file.empty() || !certificate.chain_file.empty();
      if (second) {
        refuse(certificate.origins.of("PfxFile"),
               "PfxFile brings certificate, key and chain; remove CertificateFile, KeyFile and ChainFile, "
               "or PfxFile");
      }
    } else if (certificate.certificate_file.empty()) {
      refuse(certificate.origin,
             "[[Certificate]] names no certificate; add CertificateFile = \"...\", or PfxFile = \"...\"");
    }
  }
}

/// Exchange's identities do not depend on case.
template <typename Connector>
void refuse_equal_names(const std::vector<Connector>& connectors) {
  std::map<std::string, const Connector*> known;
  for (const Connector& connector : connectors) {
    const auto [first, fresh] = known.emplace(lower_case(connector.name), &connector);
    if (fresh) continue;
    const Origin& other = first->second->origin;
    refuse(connector.origin,
           std::string(object_name<Connector>()) + " " + shown(connector.name) + " has the name of the one at " +
               (other.file == connector.origin.file ? "line " + std::to_string(other.line) : other.text()) +
               "; give each a Name of its own");
  }
}

}  // namespace

void read_sections(const ValueTable& root, const std::string& file, Organisation& into) {
  const std::vector<std::string> known{"organization",      "TransportConfig", "SendConnector", "ReceiveConnector",
                                       "InboundConnector",  "OutboundConnector", "AuthConfig",  "EdgeSubscription",
                                       "Certificate",       "Revocation"};
  for (const NamedValue& section : root) {
    if (section.name == "Include") continue;
    if (section.name == "organization") {
      read_only(section, file, into);
    } else if (section.name == "TransportConfig") {
      read_only(section, file, into.transport_config);
    } else if (section.name == "SendConnector") {
      read_each(section, file, into.send_connectors);
    } else if (section.name == "ReceiveConnector") {
      read_each(section, file, into.receive_connectors);
    } else if (section.name == "InboundConnector") {
      read_each(section, file, into.inbound_connectors);
    } else if (section.name == "OutboundConnector") {
      read_each(section, file, into.outbound_connectors);
    } else if (section.name == "AuthConfig") {
      read_only(section, file, into.auth_config);
    } else if (section.name == "EdgeSubscription") {
      read_only(section, file, into.edge_subscription);
    } else if (section.name == "Certificate") {
      read_each(section, file, into.certificates);
    } else if (section.name == "Revocation") {
      read_only(section, file, into.revocation);
    } else {
      const std::optional<std::string> suggestion = nearest(section.name, known);
      std::vector<std::string> all(known.begin(), known.end() - 1);
      refuse({file, section.line, section.column},
             "there is no section " + shown(section.name) + "; " +
                 (suggestion ? "did you mean " + *suggestion + "?"
                             : "the sections are " + joined(all) + " and " + known.back()));
    }
  }
}

void check_organisation(const Organisation& organisation) {
  check_certificates(organisation.certificates);
  refuse_equal_names(organisation.send_connectors);
  refuse_equal_names(organisation.receive_connectors);
  refuse_equal_names(organisation.inbound_connectors);
  refuse_equal_names(organisation.outbound_connectors);
}

}  // namespace domsec::exchange
