// The domains of a message's From field: RFC 5322 3.6.2 and 3.4, comments, groups and obsolete routes included.
// Only what is needed to say whose message it claims to be; any octets may come.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "domsec/smtp/domain.h"

namespace domsec::smtp {

struct HeaderFrom {
  std::size_t fields = 0;       // From fields; RFC 5322 3.6 wants exactly one
  std::vector<Domain> domains;  // of their addresses, in order, each once, at most 20
  bool unreadable = false;      // an address without a readable domain, a field that does not end, or too much of all
};

[[nodiscard]] HeaderFrom read_header_from(std::string_view message);

}  // namespace domsec::smtp
