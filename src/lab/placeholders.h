// What a scenario's programs are told about the lab: `{contoso.endpoint}` and the like in their words.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "domsec/lab/recipe.h"

namespace domsec::lab {

/// Name → value: `contoso.endpoint`, `root`.
using Placeholders = std::map<std::string, std::string>;

/// Those of the whole, and behind the dot those of a place: endpoint, address, port, fqdn, domain, directory,
/// configuration, certificate, key.
[[nodiscard]] std::vector<std::string> placeholder_names(const Recipe& recipe);
/// Throws LabError for a `{word}` that is none of them. Braces around anything else stand for themselves.
void check_placeholders(const std::vector<std::string>& words, const Recipe& recipe,
                        const std::string& where);
[[nodiscard]] std::string filled_in(const std::string& text, const Placeholders& values);

}  // namespace domsec::lab
