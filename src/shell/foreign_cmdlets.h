// Cmdlets of the Exchange Management Shell that domsec has no use for, or does by another command. Private to
// shell/.
#pragma once

#include "domsec/shell/evaluator.h"

namespace domsec::shell {

/// One whose effect lies outside of mail is skipped with a warning; anything else is refused: one sentence
/// with the domsec command to use, or the known name that is nearest.
List meet_foreign(Interpreter& interpreter, const std::string& name, Place place);

}  // namespace domsec::shell
