// What a server offers in its EHLO reply (RFC 5321 4.1.1.1), and what ours offers, in Exchange's order (spec
// exchange 3.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/smtp/reply.h"

namespace domsec::smtp {

struct Capabilities {
  std::string server;                       // domain of the first line
  std::vector<std::string> keywords;        // every line as sent, keyword upper-cased
  bool starttls = false;
  bool pipelining = false;
  bool chunking = false;
  bool eight_bit_mime = false;
  bool smtputf8 = false;
  bool dsn = false;
  bool enhanced_status_codes = false;
  bool binary_mime = false;
  bool size = false;                        // advertised at all
  std::optional<std::uint64_t> size_limit;  // octets; nothing = no limit stated
  /// The keyword line was masked by a device on the path (`XXXA`, `XXXXXXXA`): DS013.
  bool masked = false;
};

/// From a 250 reply to EHLO. Keywords count only from the second line on; unknown ones are kept in
/// `keywords`.
[[nodiscard]] Capabilities read_capabilities(const Reply& ehlo_reply);

/// A device on the path has overwritten the greeting's text with asterisks (`220 ****…`): DS013.
[[nodiscard]] bool is_masked_greeting(const Reply& greeting);

/// What our server offers; the same struct renders to the EHLO reply.
[[nodiscard]] Reply ehlo_reply(const Capabilities& offered, std::string_view client_address);

}  // namespace domsec::smtp
