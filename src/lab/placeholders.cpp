#include "placeholders.h"

#include <algorithm>
#include <functional>

namespace domsec::lab {
namespace {

/// Each `{name}` of a text is replaced by what `value` makes of it.
std::string replaced(const std::string& text, const std::function<std::string(const std::string&)>& value) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find('{', at);
    result += text.substr(at, open - at);
    if (open == std::string::npos) break;
    const std::size_t end = text.find_first_not_of(letters, open + 1);
    if (end != std::string::npos && text[end] == '}' && end > open + 1) {
      result += value(text.substr(open + 1, end - open - 1));
      at = end + 1;
    } else {
      result += '{';
      at = open + 1;
    }
  }
  return result;
}

}  // namespace

std::vector<std::string> placeholder_names(const Recipe& recipe) {
  std::vector<std::string> names{"root", "dns", "directory", "scenario"};
  const auto add = [&names](const std::string& place) {
    for (const char* what : {"endpoint", "address", "port", "fqdn", "domain", "directory", "configuration",
                             "certificate", "key"})
      names.push_back(place + "." + what);
  };
  for (const OrganisationRecipe& organisation : recipe.organisations) {
    add(organisation.name);
    for (const HostRecipe& host : organisation.hosts) add(host.name);
  }
  return names;
}

void check_placeholders(const std::vector<std::string>& words, const Recipe& recipe,
                        const std::string& where) {
  const std::vector<std::string> names = placeholder_names(recipe);
  for (const std::string& word : words) {
    (void)replaced(word, [&](const std::string& name) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        throw LabError(where + "nothing is called {" + name +
                       "}; there are {root}, {dns}, {directory}, {scenario}, and of a place such as contoso: "
                       "{contoso.endpoint}, .address, .port, .fqdn, .domain, .directory, .configuration, "
                       ".certificate, .key");
      }
      return std::string();
    });
  }
}

std::string filled_in(const std::string& text, const Placeholders& values) {
  return replaced(text, [&values](const std::string& name) {
    const auto value = values.find(name);
    return value == values.end() ? "{" + name + "}" : value->second;
  });
}

}  // namespace domsec::lab
