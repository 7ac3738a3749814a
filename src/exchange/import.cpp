// Exported objects -> organisation. Every value goes through the row of its parameter, so that an import
// takes and refuses what the configuration file takes and refuses, with the place in the exported file.
#include "domsec/exchange/import.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "domsec/pki/bundle.h"
#include "import_kinds.h"
#include "import_values.h"
#include "organisation_sections.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

// Far beyond any server; what is read of each object is searched for names.
constexpr std::size_t most_objects = 1'000;
constexpr std::size_t most_properties = 2'000;

/// `DomainSecureEnable` for `DomainSecureEnabled`: the same but for two neighbouring letters. Narrow on
/// purpose: an export names many parameters that domsec has none of.
bool is_slip_of(std::string_view written, std::string_view known) {
  const std::string a = lower_case(written);
  const std::string b = lower_case(known);
  if (a.size() < 4) return false;
  const std::size_t longer = std::max(a.size(), b.size());
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t head = 0;
  while (head < shorter && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  return head + tail + 2 >= longer;
}

template <typename Object>
class Properties {
 public:
  Properties(const ExportedObject& from, Object& into, ImportedObject& report)
      : from_(from), into_(into), report_(report) {}

  void take() {
    for (const ExportedProperty& property : from_.properties) {
      const Parameter<Object>* parameter = find_parameter<Object>(property.name);
      if (parameter == nullptr) {
        pass_over(property);
      } else {
        take(*parameter, property);
      }
    }
  }

 private:
  void take(const Parameter<Object>& parameter, const ExportedProperty& property) {
    const auto [before, fresh] = seen_.emplace(parameter.name, property.place);
    if (!fresh) {
      refuse_export(report_.file, property.place,
                    parameter.name + " stands in line " + std::to_string(before->second.line) +
                        " already; keep one of the two");
    }
    const Understood read =
        understood({object_name<Object>(), parameter.name, parameter.kind}, property.value);
    if (!read.value) {
      report_.not_understood.push_back(
          {parameter.name, property.value.place, shown(property.value), read.why});
      return;
    }
    const Place place = property.value.place;
    try {
      assign(parameter, into_, *read.value, Origin{report_.file, place.line, place.column});
    } catch (const ParameterError& error) {
      const Place fault{error.line(), error.column()};
      refuse_export(report_.file, error.line() > 0 ? fault : place, error.what());
    }
    report_.taken.push_back(parameter.name);
  }

  void pass_over(const ExportedProperty& property) {
    if (is_bookkeeping(property.name)) {
      ++report_.bookkeeping;
      return;
    }
    for (const Parameter<Object>& parameter : parameters<Object>()) {
      if (is_slip_of(property.name, parameter.name) && from_.find(parameter.name) == nullptr) {
        refuse_export(report_.file, property.place,
                      report_.kind + " has no parameter " + shown(std::string_view(property.name)) +
                          "; did you mean " + parameter.name + "?");
      }
    }
    report_.not_carried.push_back(property.name);
  }

  const ExportedObject& from_;
  Object& into_;
  ImportedObject& report_;
  std::map<std::string, Place, std::less<>> seen_;
};

template <typename Object>
void take(const ExportedObject& from, Object& into, ImportedObject& report) {
  Properties<Object>(from, into, report).take();
}

/// Name, or what stands behind the server in the Identity `EDGE1\Default internal receive connector EDGE1`.
std::string name_of(const ExportedObject& object, const ImportedObject& report) {
  for (const std::string_view property : {"Name", "Identity"}) {
    const ExportedProperty* found = object.find(property);
    const std::optional<std::string> name = found == nullptr ? std::nullopt : printed(found->value);
    if (name && !name->empty()) return name->substr(name->rfind('\\') + 1);
  }
  refuse_export(report.file, report.place, "this " + report.kind + " has no Name; export it with its Name");
}

class Importer {
 public:
  Importer(Organisation before, ImportMode mode, const std::string& configuration_file)
      : mode_(mode), configuration_file_(configuration_file) {
    out_.organisation = std::move(before);
  }

  void add(const std::string& file, const ExportedObject& object) {
    if (out_.objects.size() == most_objects) {
      refuse_export(file, object.place, "there are more than 1,000 objects; import fewer at a time");
    }
    if (object.properties.size() > most_properties) {
      refuse_export(file, object.place,
                    "this object has more than 2,000 properties; no object of Exchange has so many");
    }
    ImportedObject report{file, object.place, {}, {}, {}, 0, {}, {}};
    const std::optional<ExportedKind> kind = kind_of(object);
    if (!kind) {
      report.name = object.types.empty() ? std::string() : object.types.front();
    } else {
      report.kind = text(*kind);
      add(*kind, object, report);
    }
    out_.objects.push_back(std::move(report));
  }

  Import finish() && {
    check_organisation(out_.organisation);
    return std::move(out_);
  }

 private:
  void add(ExportedKind kind, const ExportedObject& object, ImportedObject& report) {
    Organisation& into = out_.organisation;
    switch (kind) {
      case ExportedKind::transport_config:
      case ExportedKind::transport_service:
        return take(object, into.transport_config, report);
      case ExportedKind::send_connector:
        return add_connector(object, into.send_connectors, report);
      case ExportedKind::receive_connector:
        return add_connector(object, into.receive_connectors, report);
      case ExportedKind::inbound_connector:
        return add_connector(object, into.inbound_connectors, report);
      case ExportedKind::outbound_connector:
        return add_connector(object, into.outbound_connectors, report);
      case ExportedKind::exchange_certificate:
        return add_exchange_certificate(object, report);
      case ExportedKind::auth_config:
        return take(object, into.auth_config, report);
      case ExportedKind::organization:
        return take(object, into, report);
      case ExportedKind::certificate:
        return add_certificate(object, report);
      case ExportedKind::revocation:
        return take(object, into.revocation, report);
    }
  }

  template <typename Connector>
  void add_connector(const ExportedObject& object, std::vector<Connector>& connectors,
                     ImportedObject& report) {
    report.name = name_of(object, report);
    if (mode_ == ImportMode::replace && !report.kind.empty() && names_[report.kind].empty())
      connectors.clear();
    const auto [before, fresh] = names_[report.kind].emplace(lower_case(report.name), report.place);
    if (!fresh) {
      refuse_export(report.file, report.place,
                    report.kind + " " + shown(std::string_view(report.name)) + " stands in line " +
                        std::to_string(before->second.line) +
                        " already; export the connectors of one server, each once");
    }
    std::map<std::string, std::size_t>& places = places_[report.kind];
    if (names_[report.kind].size() == 1) {  // the first of its kind
      for (std::size_t i = 0; i < connectors.size(); ++i) places.emplace(lower_case(connectors[i].name), i);
    }
    const auto [place, absent] = places.emplace(lower_case(report.name), connectors.size());
    if (absent) {
      Connector connector;
      connector.name = report.name;
      connector.origin = Origin{report.file, report.place.line, report.place.column};
      connectors.push_back(std::move(connector));
    }
    take(object, connectors[place->second], report);
  }

  /// An export has no key. In the CLIXML of a remote shell the certificate itself is all there is.
  void add_exchange_certificate(const ExportedObject& object, ImportedObject& report) {
    const ExportedProperty* raw = object.find("RawData");
    const std::optional<std::string> der = raw == nullptr ? std::nullopt : octets_of(raw->value);
    if (!der) {
      report.name = printed_property(object, "Thumbprint");
      report.not_understood.push_back(
          {"RawData", report.place, {}, "the export holds no certificate; export again with Export-Clixml"});
      return;
    }
    pki::CertificatePtr certificate;
    try {
      certificate = pki::read_certificates(*der, report.file).front();
    } catch (const pki::BundleError&) {
      refuse_export(report.file, raw->value.place,
                    "RawData is no certificate; export the certificates again");
    }
    report.name = certificate->thumbprint;
    report.taken.emplace_back("RawData");
    CertificateFile& file = certificate_file(certificate->thumbprint + ".pem", report);
    for (const ExportedProperty& property : object.properties) {
      if (same_word(property.name, "Services")) {
        take_services(property, file, report);
      } else if (&property != raw) {
        ++report.bookkeeping;  // what is in the certificate, or is the server's
      }
    }
    const bool known =
        std::any_of(out_.certificates.begin(), out_.certificates.end(),
                    [&certificate](const auto& one) { return one->thumbprint == certificate->thumbprint; });
    if (!known) out_.certificates.push_back(certificate);
  }

  static std::string printed_property(const ExportedObject& object, std::string_view name) {
    const ExportedProperty* property = object.find(name);
    return property == nullptr ? std::string() : printed(property->value).value_or(std::string());
  }

  /// A number is the set's bits, which are not published.
  static void take_services(const ExportedProperty& property, CertificateFile& file, ImportedObject& report) {
    const Parameter<CertificateFile>* parameter = find_parameter<CertificateFile>("Services");
    const Understood read = understood({"ExchangeCertificate", "Services", Kind::words}, property.value);
    const Place place = property.value.place;
    if (!read.value) {
      report.not_understood.push_back({"Services", place, shown(property.value), read.why});
      return;
    }
    try {
      assign(*parameter, file, *read.value, Origin{report.file, place.line, place.column});
    } catch (const ParameterError& error) {
      refuse_export(report.file, place, error.what());
    }
    report.taken.emplace_back("Services");
  }

  CertificateFile& certificate_file(const std::string& name, const ImportedObject& report) {
    const std::string path = (std::filesystem::path(configuration_file_).parent_path() / name).string();
    auto& files = out_.organisation.certificates;
    const auto found = std::find_if(files.begin(), files.end(), [&path](const CertificateFile& one) {
      return one.certificate_file == path;
    });
    if (found != files.end()) return *found;
    CertificateFile file;
    file.certificate_file = path;
    file.origin = Origin{report.file, report.place.line, report.place.column};
    file.origins.by_parameter["CertificateFile"] = file.origin;
    files.push_back(std::move(file));
    return files.back();
  }

  /// A [[Certificate]] of domsec's own export: the one that names the same file is changed.
  void add_certificate(const ExportedObject& object, ImportedObject& report) {
    CertificateFile file;
    file.origin = Origin{report.file, report.place.line, report.place.column};
    take(object, file, report);
    report.name = file.name();
    auto& files = out_.organisation.certificates;
    const auto found = std::find_if(files.begin(), files.end(), [&file](const CertificateFile& one) {
      return one.name() == file.name();
    });
    if (found == files.end()) {
      files.push_back(std::move(file));
    } else {
      *found = std::move(file);
    }
  }

  ImportMode mode_;
  std::string configuration_file_;
  Import out_;
  std::map<std::string, std::map<std::string, Place>> names_;  // kind -> name -> where
  std::map<std::string, std::map<std::string, std::size_t>>
      places_;  // kind -> name -> place among the connectors
};

}  // namespace

Import import_objects(Organisation before, const std::vector<ExportedFile>& files, ImportMode mode,
                      const std::string& configuration_file) {
  Importer importer(std::move(before), mode, configuration_file);
  for (const ExportedFile& file : files) {
    for (const auto& object : file.objects) importer.add(file.file, *object);
  }
  return std::move(importer).finish();
}

}  // namespace domsec::exchange
