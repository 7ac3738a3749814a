// Presented identifiers against a reference identifier: RFC 6125 / 9525 words, Exchange's rules (spec
// exchange 5.2, D-5, D-7). Not here: path validation, DNS, the choice of the reference.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/certificate.h"

namespace domsec::pki {

/// The domain or host that the peer must prove. `text` is a checked lower-case A-label name
/// (smtp::Domain::text()), or, when `subdomains` is set, the base of a `*.contoso.com` of TlsDomain /
/// TlsSenderCertificateName.
struct ReferenceId {
  std::string text;
  bool with_subdomains = false;
};

/// D-5. exact: an entry equals the reference. subdomains: it equals it or is a host below it, label-aligned.
enum class NameMatchMode { exact, subdomains };
/// Exchange looks at the subject CN even when SANs exist; RFC 6125 6.4.4 only without dNSName; RFC 9525
/// never.
enum class CommonName { never, without_dns_names, always };
enum class WildcardApex { refuse, accept };

struct NameRule {
  NameMatchMode mode = NameMatchMode::subdomains;
  CommonName common_name = CommonName::always;
  WildcardApex wildcard_apex = WildcardApex::refuse;
};

struct PresentedId {
  enum class Source { san, common_name };
  Source source = Source::san;
  std::string text;  // as presented
};

/// One presented identifier and what became of it; `why` is a short clause (`covers one label only`, `another
/// domain`).
struct NameAttempt {
  PresentedId presented;
  bool matches = false;
  std::string why;
};

struct NameMatch {
  ReferenceId reference;
  NameRule rule;
  bool matches = false;
  std::optional<PresentedId>
      by;  // the first that matched: SAN before CN, exact before sub-domain before wildcard
  std::vector<NameAttempt> attempts;    // every presented identifier, at most 200 kept
  std::size_t attempts_left_out = 0;
  bool only_by_common_name = false;     // DS111
  bool other_mode_matches = false;      // what the other NameMatchMode would have said (R69)
};

[[nodiscard]] NameMatch match_name(const Certificate& leaf, const ReferenceId& reference,
                                   const NameRule& rule = {});

/// Does one presented identifier cover one reference host exactly (RFC 6125 6.4.3: a wildcard is the whole
/// left-most label and covers one label)? `verify` and certificate selection use it.
[[nodiscard]] bool covers_host(std::string_view presented, std::string_view host);
/// For an index of names: `presented` covers `host` exactly when its key is one of the host's. Empty: it covers none.
[[nodiscard]] std::string covering_key(std::string_view presented);
[[nodiscard]] std::vector<std::string> covering_keys(std::string_view host);

[[nodiscard]] std::string_view text(NameMatchMode mode);          // `exact`, `subdomains`
[[nodiscard]] std::string_view text(PresentedId::Source source);  // `san`, `cn`

}  // namespace domsec::pki
