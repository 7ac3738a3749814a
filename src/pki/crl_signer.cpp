#include "crl_signer.h"

#include <algorithm>

#include "domsec/pki/path.h"

namespace domsec::pki {
namespace {

constexpr int most_strangers = 8;          // whose key is tried on one list: a list may have a million entries
constexpr std::size_t most_vouching = 3;   // signers of lists of signers

bool has_subject(const Certificate& certificate, const X509_NAME* name) {
  return X509_NAME_cmp(X509_get_subject_name(certificate.x509.get()), name) == 0;
}

/// Same name, another key (DS153), or a spoilt signature (DS157)? The key identifiers tell, when both sides
/// have one.
bool names_another_key(const Crl::Body& list, const Certificate& signer) {
  const ASN1_OCTET_STRING* own = X509_get0_subject_key_id(signer.x509.get());
  const AuthorityKeyIdOwner authority(static_cast<AUTHORITY_KEYID*>(
      X509_CRL_get_ext_d2i(list.head.get(), NID_authority_key_identifier, nullptr, nullptr)));
  if (own == nullptr || authority == nullptr || authority->keyid == nullptr) return false;
  return ASN1_OCTET_STRING_cmp(own, authority->keyid) != 0;
}

SignerFault check_key_usage(const Certificate& signer) {
  // All bits are set when there is no key usage.
  if ((X509_get_key_usage(signer.x509.get()) & KU_CRL_SIGN) != 0U) return {};
  return {CrlProblem::untrusted_signer, "the issuer's key usage lacks cRLSign"};
}

SignerFault check_states(const Chain& path, const SignerInquiry& inquiry) {
  for (std::size_t depth = 0; depth + 1 < path.size(); ++depth) {
    const Revocation own = inquiry.state_of({path, depth, inquiry.question.others});
    if (own.state == RevocationState::revoked)
      return {CrlProblem::untrusted_signer, "the certificate of the list's signer is revoked: " + own.subject};
    if (own.state == RevocationState::unknown && inquiry.rules.signer_state_counts) {
      return {CrlProblem::untrusted_signer,
              "whether the certificate of the list's signer is revoked cannot be told: " + own.subject};
    }
  }
  return {};
}

/// RFC 5280 6.3.3 (f): the path of the signer ends in the anchor of the certificate in question.
SignerFault check_path(const CertificatePtr& signer, const SignerInquiry& inquiry) {
  const auto& vouching = inquiry.vouching;
  if (std::find(vouching.begin(), vouching.end(), signer->thumbprint_sha256) != vouching.end()) return {};
  if (vouching.size() >= most_vouching) {
    return {CrlProblem::untrusted_signer, "too many signers hang on each other's lists"};
  }
  const auto anchors = std::make_shared<TrustStore>();
  anchors->add({inquiry.question.path.back()});
  PathInput input;
  input.presented = {signer};
  for (const Chain* more : {&inquiry.question.path, &inquiry.question.others})
    input.presented.insert(input.presented.end(), more->begin(), more->end());
  input.anchors = anchors;
  input.purpose = Purpose::any;
  input.at = inquiry.rules.at;
  input.security_level = inquiry.rules.security_level;
  const PathExamination examined = examine_path(input);
  if (!examined.good()) {
    return {CrlProblem::untrusted_signer, "the list's signer " + signer->subject +
                                              " is not trusted: " + examined.problems.front().text};
  }
  inquiry.vouching.push_back(signer->thumbprint_sha256);
  SignerFault fault = check_states(examined.path, inquiry);
  inquiry.vouching.pop_back();
  return fault;
}

SignerFault without_signer(const Crl::Body& list, const CertificatePtr& namesake) {
  if (namesake == nullptr) {
    return {CrlProblem::untrusted_signer,
            "the certificate of the list's signer is not at hand: " + list.issuer};
  }
  if (names_another_key(list, *namesake))
    return {CrlProblem::wrong_issuer, "the list is signed by another key of the same issuer name"};
  return {CrlProblem::bad_signature, "the signature does not verify with the issuer's key"};
}

}  // namespace

SignerFault check_signer(const Crl::Body& list, const SignerInquiry& inquiry) {
  const RevocationQuestion& question = inquiry.question;
  const std::span above = std::span(question.path).subspan(question.depth + 1);
  CertificatePtr namesake;
  for (const CertificatePtr& certificate : above) {
    if (!has_subject(*certificate, list.issuer_name())) continue;
    if (namesake == nullptr) namesake = certificate;
    if (list.signed_by(*certificate)) return check_key_usage(*certificate);
  }
  SignerFault fault = without_signer(list, namesake);
  int tried = 0;
  for (const CertificatePtr& other : question.others) {
    if (other == nullptr || !has_subject(*other, list.issuer_name()) || names_another_key(list, *other)) continue;
    if (++tried > most_strangers) break;
    if (!list.signed_by(*other)) continue;
    fault = check_key_usage(*other);
    if (fault.problem == CrlProblem::none) fault = check_path(other, inquiry);
    if (fault.problem == CrlProblem::none) break;
  }
  return fault;
}

}  // namespace domsec::pki
