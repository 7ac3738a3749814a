// Arguments of a command -> bound parameters. Private to shell/.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "domsec/shell/cmdlets.h"

namespace domsec::shell {

enum class Spelling { word, value };  // a bare word is a number only where a number is wanted

struct GivenArgument {
  Place place;
  std::string parameter;  // empty: by position
  bool has_value = false;
  Spelling spelling = Spelling::value;
  Value value;
};

using Bound = std::map<std::string, Argument>;

/// Named and positional arguments, converted to what the parameters want. Throws ScriptError.
[[nodiscard]] Bound bound_arguments(const Cmdlet& cmdlet, const std::vector<GivenArgument>& given);
/// Adds what an entry of the pipeline binds.
void bind_entry(const Cmdlet& cmdlet, const Value& entry, Place place, Bound& bound);
/// Every mandatory parameter is there.
void require_mandatory(const Cmdlet& cmdlet, const Bound& bound, Place place);

}  // namespace domsec::shell
