// Organisation -> cmdlets. Texts stand in single quotes, where PowerShell replaces nothing; a quote in them
// is doubled, also the typographic ones, which PowerShell takes for it.
#include <algorithm>

#include "domsec/exchange/export.h"
#include "exported_sections.h"

namespace domsec::exchange {

namespace {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view rest = text.substr(at);
    const bool typographic =
        rest.size() >= 3 && rest[0] == '\xe2' && rest[1] == '\x80' && rest[2] >= '\x98' && rest[2] <= '\x9b';
    if (typographic) {
      out += std::string(rest.substr(0, 3)) + std::string(rest.substr(0, 3));
      at += 2;
    } else {
      out += text[at] == '\'' ? "''" : std::string(1, text[at]);
    }
  }
  return out + "'";
}

std::string literal(const Value& value);

struct Literal {
  std::string operator()(const Null&) const { return "$null"; }
  std::string operator()(const std::string& text) const { return quoted(text); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(bool flag) const { return flag ? "$true" : "$false"; }
  std::string operator()(const OtherType&) const { return "$null"; }   // no parameter gives one
  std::string operator()(const ValueTable&) const { return "$null"; }  // no parameter gives one
  std::string operator()(const ValueList& list) const {
    std::string out;
    for (const Value& entry : list) out += (out.empty() ? "" : ",") + literal(entry);
    return out.empty() ? "$null" : out;
  }
};

std::string literal(const Value& value) {
  return std::visit(Literal{}, value.value);
}

bool is_log(const ExportedParameter& parameter) {
  return parameter.name.find("ProtocolLog") != std::string::npos && parameter.name != "ProtocolLoggingLevel";
}

/// `Tls, ExchangeServer` as 'Tls','ExchangeServer': the form of the documents of Exchange.
std::string literal(const ExportedParameter& parameter) {
  const auto* text = std::get_if<std::string>(&parameter.value.value);
  if (parameter.kind != Kind::words || text == nullptr) return literal(parameter.value);
  std::string out;
  for (std::size_t at = 0; at <= text->size();) {
    const std::size_t end = std::min(text->find(", ", at), text->size());
    out += (out.empty() ? "" : ",") + quoted(std::string_view(*text).substr(at, end - at));
    at = end + 2;
  }
  return out;
}

/// A command with one argument on each line; nothing when it has none.
class Cmdlet {
 public:
  explicit Cmdlet(std::string name) : text_(std::move(name)) {}
  void add(const ExportedParameter& parameter) {
    text_ += " `\n  -" + parameter.name + " " + literal(parameter);
    ++arguments_;
  }
  [[nodiscard]] std::string text() const { return arguments_ == 0 ? std::string() : "\n" + text_ + "\n"; }

 private:
  std::string text_;
  int arguments_ = 0;
};

std::string transport(const ExportedSection& section, const Organisation& organisation) {
  Cmdlet config("Set-TransportConfig");
  const std::string server = organisation.server_fqdn ? organisation.server_fqdn->text() : "localhost";
  Cmdlet service("Set-TransportService " + quoted(server));
  for (const ExportedParameter& parameter : section.parameters) {
    if (parameter.written) (is_log(parameter) ? service : config).add(parameter);
  }
  return config.text() + service.text();
}

/// Every parameter that has a value: Exchange's defaults and domsec's are not all the same.
std::string connector(const ExportedSection& section) {
  Cmdlet cmdlet("New-" + section.name);
  for (const ExportedParameter& parameter : section.parameters) {
    const std::string value = literal(parameter);
    if (value != "$null") cmdlet.add(parameter);
  }
  return cmdlet.text();
}

/// What no cmdlet sets: as a comment, so that nobody believes it was exported.
std::string comment(const ExportedSection& section) {
  std::string out;
  for (const ExportedParameter& parameter : section.parameters) {
    if (parameter.written) out += "# " + parameter.name + " " + literal(parameter) + "\n";
  }
  return out.empty() ? out : "\n# " + section.name + ": no cmdlet sets this\n" + out;
}

}  // namespace

std::string export_powershell(const Organisation& organisation, const ExportedPath& path) {
  std::string out =
      "# Transport configuration and connectors, for Exchange Management Shell and for domsec.\n";
  for (const ExportedSection& section : exported_sections(organisation, path)) {
    if (section.name == "TransportConfig") {
      out += transport(section, organisation);
    } else if (section.repeated && section.name != "Certificate") {
      out += connector(section);
    } else {
      out += comment(section);
    }
  }
  return out;
}

}  // namespace domsec::exchange
