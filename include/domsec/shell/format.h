// What Format-List and Format-Table print, and what is printed of objects that no Format cmdlet was asked
// about.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/shell/value.h"

namespace domsec::shell {

/// by_type: text left, everything else right, as PowerShell does where nobody has written a view; left: as
/// the views of Exchange's own objects stand.
enum class Alignment { by_type, left };

struct Layout {
  std::int64_t enumeration_limit = 4;  // entries of a list before `...`; negative = all
  Alignment alignment = Alignment::by_type;
};

/// Names of properties that `pattern` means (`*` and `?` are wildcards), as the object spells them.
[[nodiscard]] std::vector<std::string> resolved(const Object& object, std::string_view pattern);
/// Any value as an object: a hashtable's keys, a text's Length, a date's parts are its properties.
[[nodiscard]] std::shared_ptr<Object> as_object(const Value& value);

/// Names are printed as the object spells them. A name that no object has is left out.
[[nodiscard]] std::string format_list(const List& entries, const std::vector<std::string>& properties,
                                      const Layout& layout);
[[nodiscard]] std::string format_table(const List& entries, const std::vector<std::string>& properties,
                                       const Layout& layout);
/// An object whose own view is printed stands as Exchange prints it.
[[nodiscard]] Layout view_of(const Object& object, const Layout& layout);
/// Text and numbers one a line; objects of one type that follow each other as one list or table.
[[nodiscard]] std::string format_default(const List& entries, const Layout& layout);

}  // namespace domsec::shell
