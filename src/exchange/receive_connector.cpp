// AuthMechanism, a set of flags in Exchange's order (spec exchange 3.1). Not here: RC-2 … RC-11
// (policy/connector_lint).
#include "domsec/exchange/receive_connector.h"

#include <array>
#include <string_view>

#include "shown_text.h"

namespace domsec::exchange {

namespace {

struct Flag {
  std::string_view word;
  bool AuthMechanism::*member;
};

/// In the order of Exchange's bit values 1, 2, 4, 8, 16, 32.
constexpr std::array<Flag, 6> flags{{{"Tls", &AuthMechanism::tls},
                                     {"Integrated", &AuthMechanism::integrated},
                                     {"BasicAuth", &AuthMechanism::basic_auth},
                                     {"BasicAuthRequireTLS", &AuthMechanism::basic_auth_require_tls},
                                     {"ExchangeServer", &AuthMechanism::exchange_server},
                                     {"ExternalAuthoritative", &AuthMechanism::external_authoritative}}};

bool set_flag(AuthMechanism& mechanism, std::string_view word) {
  for (const Flag& flag : flags) {
    if (lower_case(flag.word) != lower_case(word)) continue;
    mechanism.*flag.member = true;
    return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> read_banner(std::string_view banner) {
  if (!banner.starts_with("220 ")) return std::nullopt;
  return std::string(banner.substr(4));
}

std::string AuthMechanism::text() const {
  std::string out;
  for (const Flag& flag : flags) {
    if (!(this->*flag.member)) continue;
    if (!out.empty()) out += ", ";
    out += flag.word;
  }
  return out.empty() ? "None" : out;
}

std::optional<AuthMechanism> read_auth_mechanism(const std::vector<std::string>& words) {
  AuthMechanism mechanism;
  mechanism.tls = false;
  bool none = false;
  for (const std::string& word : words) {
    const std::string_view name = without_outer_blanks(word);
    if (lower_case(name) == "none") {
      none = true;
    } else if (!set_flag(mechanism, name)) {
      return std::nullopt;
    }
  }
  if (words.empty() || (none && words.size() > 1)) return std::nullopt;  // RC-1: None only alone
  return mechanism;
}

}  // namespace domsec::exchange
