// AuthMechanism, a set of flags in Exchange's order (spec exchange 3.1). Not here: RC-2 … RC-11
// (policy/connector_lint).
#include "domsec/exchange/receive_connector.h"

#include <algorithm>
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

std::string_view text(ExtendedProtectionPolicy policy) {
  switch (policy) {
    case ExtendedProtectionPolicy::none: return "None";
    case ExtendedProtectionPolicy::allow: return "Allow";
    case ExtendedProtectionPolicy::require: return "Require";
  }
  return {};
}

std::string TlsDomainCapability::text() const {
  std::string out = domain + ":";
  for (std::size_t i = 0; i < capabilities.size(); ++i) out += (i == 0 ? "" : ",") + capabilities[i];
  return out;
}

std::optional<TlsDomainCapability> read_tls_domain_capability(std::string_view text) {
  static const std::array<std::string_view, 3> known{"AcceptCloudServicesMail", "AcceptOorgProtocol",
                                                     "AcceptOorgHeader"};
  const auto colon = text.rfind(':');  // an X.500 name may hold one
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  TlsDomainCapability out;
  out.domain = std::string(without_outer_blanks(text.substr(0, colon)));
  const bool certificate = lower_case(out.domain).starts_with("<i>");
  if (certificate ? !read_tls_certificate_name(out.domain)
                  : lower_case(out.domain) != "no-tls" && !read_domain_with_subdomains(out.domain)) {
    return std::nullopt;
  }
  std::string_view rest = text.substr(colon + 1);
  for (;;) {
    const auto comma = rest.find(',');
    const std::string word = lower_case(without_outer_blanks(rest.substr(0, comma)));
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&word](std::string_view one) { return lower_case(one) == word; });
    if (found == known.end()) return std::nullopt;
    out.capabilities.emplace_back(*found);
    if (comma == std::string_view::npos) return out;
    rest = rest.substr(comma + 1);
  }
}

}  // namespace domsec::exchange
