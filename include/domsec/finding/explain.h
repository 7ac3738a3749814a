// A row of the catalogue for people: `domsec explain DS110`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/finding/catalogue.h"

namespace domsec::finding {

/// The row as sections with aligned labels, wrapped at 80 columns, ends with a newline. Columns with a dash
/// are left out.
[[nodiscard]] std::string explain_text(const Row& row);

/// Codes or slugs that an unknown word may have meant, nearest first, at most three; none when nothing is
/// near.
[[nodiscard]] std::vector<std::string_view> nearest(std::string_view code_or_slug);

/// The whole catalogue as a Markdown page: docs/findings.md.
[[nodiscard]] std::string catalogue_markdown();

}  // namespace domsec::finding
