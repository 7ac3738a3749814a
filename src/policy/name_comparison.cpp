#include "domsec/policy/name_comparison.h"

#include <utility>

namespace domsec::policy {
namespace {

/// RFC 5280 4.2.1.10: a name constraint binds the SAN and not the CN, and libcrypto looks at the CN only
/// where there is no dNSName. So a sub-CA that is held to its own domain could put a foreign CN beside a
/// permitted SAN; Exchange's rule, which takes a name from the CN always, must not be taken in by it. The
/// path itself breaks no rule: what is missing is a name that proves the reference, so it is a mismatch
/// (DS110) and not DS108. Of several CNs one outside is enough to drop them all.
pki::NameMatch without_common_name(const pki::Certificate& leaf, const pki::ReferenceId& reference,
                                   pki::NameRule rule) {
  const pki::CommonName configured = std::exchange(rule.common_name, pki::CommonName::never);
  pki::NameMatch match = pki::match_name(leaf, reference, rule);
  match.rule.common_name = configured;
  for (pki::NameAttempt& attempt : match.attempts) {
    if (attempt.presented.source == pki::PresentedId::Source::common_name)
      attempt.why = "the CN lies outside a name constraint of its CA";
  }
  return match;
}

}  // namespace

pki::NameRule name_rule(const exchange::Organisation& organisation) {
  pki::NameRule rule;
  rule.mode = organisation.name_match == "exact" ? pki::NameMatchMode::exact : pki::NameMatchMode::subdomains;
  rule.wildcard_apex = organisation.wildcard_apex ? pki::WildcardApex::accept : pki::WildcardApex::refuse;
  return rule;
}

pki::NameMatch compare_name(const pki::Certificate& leaf, const pki::PathExamination* path,
                            const pki::ReferenceId& reference, const pki::NameRule& rule) {
  const bool outside = path != nullptr && path->common_name_violates_constraints;
  return outside ? without_common_name(leaf, reference, rule) : pki::match_name(leaf, reference, rule);
}

}  // namespace domsec::policy
