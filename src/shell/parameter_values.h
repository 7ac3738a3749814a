// Values of the language <-> values of Exchange's parameters. Private to shell/.
#pragma once

#include "domsec/exchange/parameter.h"
#include "domsec/shell/cmdlets.h"

namespace domsec::shell {

/// What an argument is to the parameter; the binder has converted it already.
[[nodiscard]] exchange::Value to_exchange(const Value& value, exchange::Kind kind);
[[nodiscard]] Value from_exchange(const exchange::Value& value, exchange::Kind kind);
/// How a cmdlet takes a parameter of this kind.
[[nodiscard]] ParameterKind kind_of(exchange::Kind kind);

}  // namespace domsec::shell
