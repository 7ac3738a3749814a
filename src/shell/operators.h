// Operators, casts, members and methods of values. Private to shell/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/shell/evaluator.h"
#include "domsec/shell/syntax.h"

namespace domsec::shell {

/// Both sides are given; -and and -or are the evaluator's. Throws ScriptError at `place`.
[[nodiscard]] Value apply(BinaryOperator op, Letters letters, const Value& left, const Value& right,
                          Place place, Budget& budget);
/// What `$Matches` holds after -match of a single value; $null when that does not match.
[[nodiscard]] Value matched_groups(const Value& one, const Value& by, Letters letters, Place place,
                                   Budget& budget);
/// -eq of two single values.
[[nodiscard]] bool equal(const Value& left, const Value& right, Letters letters);
/// Negative, zero or positive; throws ScriptError when the two have no order.
[[nodiscard]] int compare(const Value& left, const Value& right, Letters letters, Place place);
/// `[int]"5"`, `[Byte[]]$list`.
[[nodiscard]] Value cast(std::string_view type, const Value& value, Place place);
/// A property; of a list its Count and Length, else the property of each entry. $null when there is none.
[[nodiscard]] Value member(const Value& object, std::string_view name);
[[nodiscard]] Value call(const Value& object, std::string_view method, const std::vector<Value>& arguments,
                         Place place, Budget& budget);
[[nodiscard]] Value static_call(std::string_view type, std::string_view name,
                                const std::vector<Value>& arguments, Place place, Host& host);
[[nodiscard]] Value entry(const Value& object, const Value& index, Place place);
/// May stand in a property: no objects, hashtables or blocks, so that nothing can hold itself.
[[nodiscard]] bool plain(const Value& value);

}  // namespace domsec::shell
