#include "policy_bound.h"

namespace domsec::pki {
namespace {

constexpr int most = 256;          // policies, and mappings of them
constexpr int shortest_entry = 5;  // octets: an object identifier of one octet in a SEQUENCE

void free_mappings(POLICY_MAPPINGS* mappings) {
  sk_POLICY_MAPPING_pop_free(mappings, POLICY_MAPPING_free);
}

/// Octets of an extension, 0 when it is not there.
int size_of(X509* x509, int nid) {
  const int at = X509_get_ext_by_NID(x509, nid, -1);
  return at < 0 ? 0 : ASN1_STRING_length(X509_EXTENSION_get_data(X509_get_ext(x509, at)));
}

}  // namespace

bool has_too_many_policies(X509* x509) {
  constexpr int may_be_too_many = most * shortest_entry;
  if (x509 == nullptr) return false;
  const ErrorQueueMark mark;
  if (size_of(x509, NID_certificate_policies) > may_be_too_many) {
    const CertificatePoliciesOwner policies(static_cast<CERTIFICATEPOLICIES*>(
        X509_get_ext_d2i(x509, NID_certificate_policies, nullptr, nullptr)));
    if (sk_POLICYINFO_num(policies.get()) > most) return true;
  }
  if (size_of(x509, NID_policy_mappings) > may_be_too_many) {
    const Owned<POLICY_MAPPINGS, free_mappings> mappings(
        static_cast<POLICY_MAPPINGS*>(X509_get_ext_d2i(x509, NID_policy_mappings, nullptr, nullptr)));
    if (sk_POLICY_MAPPING_num(mappings.get()) > most) return true;
  }
  return false;
}

std::vector<ChainProblem> policy_bound_problems(std::span<X509* const> chain) {
  std::vector<ChainProblem> problems;
  for (std::size_t depth = 0; depth < chain.size(); ++depth) {
    if (has_too_many_policies(chain[depth]))
      problems.push_back({X509_V_ERR_INVALID_POLICY_EXTENSION, static_cast<int>(depth)});
  }
  return problems;
}

}  // namespace domsec::pki
