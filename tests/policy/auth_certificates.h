// Auth certificates for tests: as Exchange makes them, each made once per process, for RSA keys cost time.
#pragma once

#include "domsec/pki/authority.h"
#include "domsec/policy/auth_findings.h"
#include "support/pki.h"

namespace domsec::testing {

/// `CN=Microsoft Exchange Server Auth Certificate`, RSA 2048, no SAN; in force until `end`.
inline pki::CertificatePtr auth_certificate(pki::Instant end, std::vector<std::string> dns_names = {},
                                            pki::KeyKind key = pki::KeyKind::rsa_2048) {
  static const pki::PrivateKey rsa = pki::make_key(pki::KeyKind::rsa_2048);
  static const pki::Authority signer = pki::Authority::root(ca_recipe("CN=Signer"));
  pki::CertificateRecipe recipe;
  recipe.subject = "CN=Microsoft Exchange Server Auth Certificate";
  recipe.dns_names = std::move(dns_names);
  recipe.not_before = end - std::chrono::days(1800);
  recipe.not_after = end;
  return signer.certify(recipe, key == pki::KeyKind::rsa_2048 ? rsa : pki::make_key(key));
}

inline policy::AuthCertificate usable(pki::CertificatePtr certificate) {
  return {std::move(certificate), true, true};
}

/// One server EX1 with a current certificate that has `current_days` left at `test_instant`, nothing staged.
inline policy::AuthState auth_state(int current_days) {
  policy::AuthState state;
  state.at = test_instant;
  policy::AuthServer server{
      "EX1", "Munich", usable(auth_certificate(test_instant + std::chrono::days(current_days))), {}, {}};
  state.config.current_certificate_thumbprint = server.current->certificate->thumbprint;
  state.servers = {server};
  return state;
}

/// Staged for `effective`, in force for `next_days` from `test_instant`, on every server.
inline void stage_next(policy::AuthState& state, pki::Instant effective, int next_days = 1800) {
  const pki::CertificatePtr next =
      auth_certificate(test_instant + std::chrono::days(next_days) + std::chrono::hours(1));
  for (policy::AuthServer& server : state.servers) server.next = usable(next);
  state.config.next_certificate_thumbprint = next->thumbprint;
  state.config.next_certificate_effective_date = pki::rfc3339(effective);
}

inline std::vector<finding::Code> codes(const std::vector<policy::Finding>& findings) {
  std::vector<finding::Code> all;
  for (const policy::Finding& one : findings) all.push_back(one.code);
  return all;
}

}  // namespace domsec::testing
