#include "connector_rules.h"

namespace domsec::policy {

namespace {

/// Bare where the shell takes it so, else in single quotes with those inside doubled.
std::string word(std::string_view text) {
  const bool bare = !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:_*") ==
                                         std::string_view::npos;
  if (bare) return std::string(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

struct ShellLiteral {
  std::string operator()(const exchange::Null&) const { return "$null"; }
  std::string operator()(const std::string& text) const { return word(text); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(bool flag) const { return flag ? "$true" : "$false"; }
  std::string operator()(const exchange::OtherType&) const { return {}; }    // no parameter gives one
  std::string operator()(const exchange::ValueTable&) const { return {}; }   // no parameter gives one
  std::string operator()(const exchange::ValueList& list) const {
    std::string out;
    for (const exchange::Value& entry : list) out += (out.empty() ? "" : ",") + shell_literal(entry);
    return out.empty() ? "@()" : out;
  }
};

}  // namespace

std::string shell_literal(const exchange::Value& value) { return std::visit(ShellLiteral{}, value.value); }

std::string set_command(std::string_view noun, std::string_view identity, std::string_view arguments) {
  return "Set-" + std::string(noun) + " " + (identity.empty() ? "" : word(identity) + " ") + std::string(arguments);
}

}  // namespace domsec::policy
