#include "domsec/pki/ocsp.h"

#include <algorithm>
#include <utility>

#include "asn1_instant.h"
#include "ocsp_signer.h"
#include "octets.h"

namespace domsec::pki {
namespace {

constexpr int shortest_digest = 20;  // octets of a CertID's hashes: SHA-1
constexpr long status_request = 5;   // TLS feature, RFC 7633 4.1 and RFC 6066 1.1

OcspResponseOwner read_response(std::string_view der) {
  const auto* next = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = next + der.size();
  OcspResponseOwner response(d2i_OCSP_RESPONSE(nullptr, &next, static_cast<long>(der.size())));
  return next == end ? std::move(response) : nullptr;
}

/// RFC 6960 4.1.1: the hashes of the issuer's name, as the certificate has it, and of the issuer's key.
bool is_about(const OCSP_SINGLERESP* single, const Certificate& certificate, const Certificate& issuer) {
  ASN1_OCTET_STRING* name = nullptr;
  ASN1_OBJECT* algorithm = nullptr;
  ASN1_OCTET_STRING* key = nullptr;
  ASN1_INTEGER* serial = nullptr;
  OCSP_id_get0_info(&name, &algorithm, &key, &serial,
                    const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single)));
  const X509* const x509 = certificate.x509.get();
  if (ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(x509)) != 0) return false;
  const EVP_MD* const digest = EVP_get_digestbyobj(algorithm);
  if (digest == nullptr || EVP_MD_get_size(digest) < shortest_digest) return false;
  const auto is = [digest](const ASN1_OCTET_STRING* claimed, auto hash, const auto* of) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
    unsigned length = 0;
    if (hash(of, digest, made.data(), &length) != 1) return false;
    return std::cmp_equal(ASN1_STRING_length(claimed), length) &&
           std::equal(made.begin(), made.begin() + length, ASN1_STRING_get0_data(claimed));
  };
  return is(name, X509_NAME_digest, X509_get_issuer_name(x509)) &&
         is(key, X509_pubkey_digest, issuer.x509.get());
}

/// RFC 6960 4.4: an extension that is critical and not known must not be passed over; none is known here.
bool has_critical_extension(OCSP_BASICRESP* response, OCSP_SINGLERESP* single) {
  return OCSP_BASICRESP_get_ext_by_critical(response, 1, -1) >= 0 ||
         OCSP_SINGLERESP_get_ext_by_critical(single, 1, -1) >= 0;
}

/// The steps of one examination; each of them names its fault and ends it.
class Examination {
 public:
  Examination(const Certificate& certificate, const Certificate* issuer, Instant at)
      : certificate_(certificate), issuer_(issuer), at_(at) {}

  OcspAnswer of(std::string_view der) {
    if (read(der) && find() && is_signed() && is_in_force()) tell();
    return std::move(answer_);
  }

 private:
  bool fault(OcspProblem problem, std::string detail) {
    answer_.problem = problem;
    answer_.detail = std::move(detail);
    return false;
  }

  bool read(std::string_view der) {
    if (der.size() > most_ocsp_octets)
      return fault(OcspProblem::too_large,
                   "it is larger than " + std::to_string(most_ocsp_octets) + " octets");
    const OcspResponseOwner response = read_response(der);
    if (response == nullptr) return fault(OcspProblem::malformed, "it is no OCSP response in DER");
    const int status = OCSP_response_status(response.get());
    if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
      return fault(OcspProblem::unsuccessful,
                   std::string("the responder says ") + OCSP_response_status_str(status));
    basic_.reset(OCSP_response_get1_basic(response.get()));
    if (basic_ == nullptr)
      return fault(OcspProblem::malformed, "it holds no basic response (RFC 6960 4.2.1)");
    answer_.produced_at = instant_of(OCSP_resp_get0_produced_at(basic_.get()));
    return true;
  }

  /// Answers about other certificates are nobody's business; two about this one may contradict each other.
  bool find() {
    if (issuer_ == nullptr)
      return fault(OcspProblem::no_issuer,
                   "the certificate's issuer is not at hand, so that nothing can be told");
    for (int i = 0; i < OCSP_resp_count(basic_.get()); ++i) {
      OCSP_SINGLERESP* const single = OCSP_resp_get0(basic_.get(), i);
      if (!is_about(single, certificate_, *issuer_)) continue;
      if (single_ != nullptr)
        return fault(OcspProblem::other_certificate, "it speaks more than once about the certificate");
      single_ = single;
    }
    if (single_ == nullptr)
      return fault(OcspProblem::other_certificate, "it speaks about other certificates, not about this one");
    if (has_critical_extension(basic_.get(), single_))
      return fault(OcspProblem::malformed, "it has a critical extension that is not known");
    ASN1_GENERALIZEDTIME* revoked = nullptr;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* until = nullptr;
    status_ = OCSP_single_get0_status(single_, &reason_, &revoked, &from, &until);
    answer_.this_update = instant_of(from);
    answer_.next_update = instant_of(until);
    revoked_at_ = instant_of(revoked);
    const bool readable = answer_.produced_at && answer_.this_update &&
                          (until == nullptr || answer_.next_update) &&
                          (status_ != V_OCSP_CERTSTATUS_REVOKED || revoked_at_);
    return readable || fault(OcspProblem::malformed, "one of its dates cannot be read");
  }

  bool is_signed() {
    OcspSigner signer = check_ocsp_signer(basic_.get(), *issuer_, at_);
    answer_.responder = std::move(signer.signer);
    return signer.problem == OcspProblem::none || fault(signer.problem, std::move(signer.detail));
  }

  /// RFC 6960 4.2.2.1. Without nextUpdate a fresher answer is always to be had from the responder: one that a
  /// server hands on could be as old as its thisUpdate, and shown for ever.
  bool is_in_force() {
    if (*answer_.this_update > at_)
      return fault(OcspProblem::not_yet_valid,
                   "it is in force from " + rfc3339(*answer_.this_update) + " only");
    if (!answer_.next_update)
      return fault(OcspProblem::stale, "it has no nextUpdate, so that its age cannot be told");
    if (*answer_.next_update < at_)
      return fault(OcspProblem::stale, "it was in force until " + rfc3339(*answer_.next_update));
    return true;
  }

  void tell() {
    answer_.problem = OcspProblem::none;
    switch (status_) {
      case V_OCSP_CERTSTATUS_GOOD:
        answer_.state = RevocationState::good;
        return;
      case V_OCSP_CERTSTATUS_REVOKED:
        break;
      default:
        answer_.detail = "the responder does not know the certificate";
        return;
    }
    answer_.state = RevocationState::revoked;
    answer_.revoked_at = revoked_at_;
    if (reason_ >= 0) answer_.reason = OCSP_crl_reason_str(reason_);
    answer_.detail = "revoked since " + rfc3339(*revoked_at_) +
                     (answer_.reason.empty() ? "" : " (" + answer_.reason + ")");
  }

  const Certificate& certificate_;
  const Certificate* issuer_;
  Instant at_;
  OcspBasicOwner basic_;
  OCSP_SINGLERESP* single_ = nullptr;  // of basic_
  int status_ = V_OCSP_CERTSTATUS_UNKNOWN;
  int reason_ = -1;
  std::optional<Instant> revoked_at_;
  OcspAnswer answer_;
};

}  // namespace

OcspAnswer examine_ocsp(std::string_view der, const Certificate& certificate, const Certificate* issuer,
                        Instant at) {
  const ErrorQueueMark mark;
  return Examination(certificate, issuer, at).of(der);
}

bool demands_staple(const Certificate& certificate) {
  const ErrorQueueMark mark;
  const TlsFeatureOwner features(
      static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate.x509.get(), NID_tlsfeature, nullptr, nullptr)));
  for (int i = 0; features != nullptr && i < sk_ASN1_INTEGER_num(features.get()); ++i) {
    if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == status_request) return true;
  }
  return false;
}

bool is_ocsp_response(std::string_view der) {
  const ErrorQueueMark mark;
  return der.size() <= most_ocsp_octets && read_response(der) != nullptr;
}

StapledStatus examine_staple(std::string_view der, const Chain& path, Instant at) {
  StapledStatus status;
  if (path.empty()) return status;
  const Certificate& leaf = *path.front();
  status.subject = leaf.subject;
  status.serial = leaf.serial;
  status.demanded = demands_staple(leaf);
  status.stapled = !der.empty();
  if (status.stapled) status.answer = examine_ocsp(der, leaf, path.size() > 1 ? path[1].get() : nullptr, at);
  return status;
}

std::string_view text(OcspProblem problem) {
  switch (problem) {
    case OcspProblem::none:
      return "none";
    case OcspProblem::too_large:
      return "too-large";
    case OcspProblem::malformed:
      return "malformed";
    case OcspProblem::unsuccessful:
      return "unsuccessful";
    case OcspProblem::no_issuer:
      return "no-issuer";
    case OcspProblem::other_certificate:
      return "other-certificate";
    case OcspProblem::untrusted_signer:
      return "untrusted-signer";
    case OcspProblem::bad_signature:
      return "bad-signature";
    case OcspProblem::not_yet_valid:
      return "not-yet-valid";
    case OcspProblem::stale:
      return "stale";
  }
  return "";
}

}  // namespace domsec::pki
