// Where a value of the configuration came from: for `policy show`, for messages, for the decision that names it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace domsec::exchange {

/// `file` empty = built-in default; `--flag` for the command line. Lines and columns (in
/// characters) count from 1; 0 = none.
struct Origin {
  std::string file;
  int line = 0;
  int column = 0;
  [[nodiscard]] std::string text() const;  // `domsec.toml:4`, `default`, `--cert`
};

/// A value with its origin, for `policy show` and messages.
template <typename T>
struct Sourced {
  T value{};
  Origin origin;
  const T& operator*() const { return value; }
  const T* operator->() const { return &value; }
};

/// Where each parameter that was written stands, by Exchange's name of it; one that is missing has its
/// default.
struct Origins {
  std::map<std::string, Origin, std::less<>> by_parameter;
  [[nodiscard]] Origin of(std::string_view parameter) const;
};

}  // namespace domsec::exchange
