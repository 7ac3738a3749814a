// Organisation -> domsec.toml text with origins as comments. Every parameter is written, also the defaults:
// the reader of `policy show` wants to see what is in force. A parameter without a value (`Fqdn` of nobody)
// stands as a comment.
#include "domsec/exchange/write_toml.h"


namespace domsec::exchange {

namespace {

/// TOML 1.0 basic string.
std::string toml_text(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (octet < 0x20 || octet == 0x7f) {
      out += "\\u00";
      out += {hex[octet >> 4U], hex[octet & 15U]};
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// An origin as a comment: the name of a file may hold anything.
std::string comment(const Origin& origin) {
  std::string out = "# " + origin.text();
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

std::string literal(const Value& value);

struct Literal {
  std::string operator()(const Null&) const { return {}; }
  std::string operator()(const std::string& text) const { return toml_text(text); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(const OtherType&) const { return {}; }   // no parameter gives one
  std::string operator()(const ValueList& list) const {
    std::string all;
    for (const Value& entry : list) all += (all.empty() ? "" : ", ") + literal(entry);
    return "[" + all + "]";
  }
  std::string operator()(const ValueTable&) const { return {}; }  // no parameter gives one
};

std::string literal(const Value& value) { return std::visit(Literal{}, value.value); }

template <typename Object>
ShownSection section(const Object& object, bool repeated, const Origin& origin) {
  ShownSection shown{std::string(object_name<Object>()), repeated, origin, {}};
  for (const Parameter<Object>& parameter : parameters<Object>()) {
    shown.parameters.push_back(
        {parameter.name, literal(parameter.get(object)), object.origins.of(parameter.name)});
  }
  return shown;
}

template <typename Object>
void add_each(std::vector<ShownSection>& all, const std::vector<Object>& objects) {
  for (const Object& object : objects) all.push_back(section(object, true, object.origin));
}

std::string toml(const ShownSection& section) {
  std::string out = section.repeated ? "[[" + section.name + "]]  " + comment(section.origin) + "\n"
                                     : "[" + section.name + "]\n";
  for (const ShownParameter& parameter : section.parameters) {
    if (parameter.value.empty()) {
      out += "# " + parameter.name + " is not set\n";
      continue;
    }
    std::string line = parameter.name + " = " + parameter.value;
    if (line.size() < 44)
      line.resize(44, ' ');  // the comments stand in one column where the values are short
    out += line + "  " + comment(parameter.origin) + "\n";
  }
  return out;
}

}  // namespace

std::string toml_literal(const Value& value) { return literal(value); }

std::vector<ShownSection> sections(const Organisation& organisation) {
  std::vector<ShownSection> all{section(organisation, false, organisation.origin),
                                section(organisation.transport_config, false, {})};
  add_each(all, organisation.send_connectors);
  add_each(all, organisation.receive_connectors);
  add_each(all, organisation.inbound_connectors);
  add_each(all, organisation.outbound_connectors);
  if (!organisation.auth_config.origins.by_parameter.empty()) all.push_back(section(organisation.auth_config, false, {}));
  if (!organisation.edge_subscription.organization.empty()) all.push_back(section(organisation.edge_subscription, false, {}));
  add_each(all, organisation.certificates);
  all.push_back(section(organisation.revocation, false, {}));
  return all;
}

std::string show(const Organisation& organisation) {
  std::string out;
  for (const ShownSection& section : sections(organisation)) out += (out.empty() ? "" : "\n") + toml(section);
  return out;
}

}  // namespace domsec::exchange
