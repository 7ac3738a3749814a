// Where sections, keys and values stand in the text of a configuration file that TOML's parser has taken. Only the form in
// which configurations are written: [Section], [[Section]], key = value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace domsec::exchange {

/// Octets from `begin` up to `end`.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct KeyPlace {
  std::string key;
  int line = 0;                  // of the key, from 1
  Span whole;                    // its lines with their line end, comments behind the value among them
  Span value;
  std::vector<Span> elements;    // of a list: each value in it
};

struct SectionPlace {
  std::string name;              // empty: what stands before the first section
  int line = 0;                  // of the header
  Span whole;                    // from the header's line to the end of the last key's line
  std::vector<KeyPlace> keys;
};

[[nodiscard]] std::vector<SectionPlace> toml_layout(std::string_view text);

}  // namespace domsec::exchange
