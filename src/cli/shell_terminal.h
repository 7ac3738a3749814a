// The conversation of `domsec shell` at a terminal, by libedit. Private to cli/.
#pragma once

#include <iosfwd>
#include <optional>

#include "domsec/shell/evaluator.h"

namespace domsec::cli {

/// Reads and runs until `exit` or the end of the input (Ctrl-D); Ctrl-C drops the line. Returns the exit
/// code.
int converse(shell::Interpreter& interpreter, std::ostream& out, std::ostream& err);

/// `-c:1:14: sentence`, the line and a caret below the column.
void write_fault(const shell::ScriptError& error, const std::string& name, std::string_view text,
                 std::ostream& err);

}  // namespace domsec::cli
