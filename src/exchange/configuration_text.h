// The bytes of a configuration file and the tree read from them, before any meaning. toml++ stays behind
// read_toml.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace domsec::exchange {

struct ConfigurationValue;
struct ConfigurationEntry;
using ConfigurationArray = std::vector<ConfigurationValue>;
using ConfigurationTable = std::vector<ConfigurationEntry>;  // in the order of the file

/// A TOML type that no parameter has: dates, times, fractions.
struct OtherType {
  std::string_view name;
};

struct ConfigurationValue {
  std::variant<std::string, std::int64_t, bool, OtherType, ConfigurationArray, ConfigurationTable> value;
  int line = 0;
};

struct ConfigurationEntry {
  std::string key;
  int line = 0;
  ConfigurationValue value;
};

/// Throws ConfigError with `file:line: sentence`; control bytes in `sentence` are escaped.
[[noreturn]] void refuse(const std::string& file, int line, std::string_view sentence);

/// At most 1 MiB of a regular file. Throws ConfigError.
[[nodiscard]] std::string read_configuration_file(const std::string& file);
/// UTF-8, not empty, and no deeper than a configuration can be: the parser recurses over brackets and dotted
/// keys.
void check_configuration_text(std::string_view text, const std::string& file);

}  // namespace domsec::exchange
