#include "ocsp_signer.h"

#include <algorithm>

#include "distinguished_name.h"
#include "octets.h"

namespace domsec::pki {
namespace {

constexpr int most_responders = 8;   // whose key is tried on one response
constexpr int smallest_digest = 20;  // octets; below SHA-1 (MD5 and its kin) a signature can be forged

struct ResponderId {
  const X509_NAME* name = nullptr;         // byName
  const ASN1_OCTET_STRING* key = nullptr;  // byKey: SHA-1 of the public key's bits
};

ResponderId responder_of(const OCSP_BASICRESP* response) {
  ResponderId id;
  OCSP_resp_get0_id(response, &id.key, &id.name);
  return id;
}

std::string shown(const ResponderId& id) {
  if (id.name != nullptr) return distinguished_name(id.name);
  return id.key != nullptr ? "key " + hex_upper(bytes_of(id.key)) : std::string();
}

bool is_named(const ResponderId& id, X509* certificate) {
  if (id.name != nullptr) return X509_NAME_cmp(X509_get_subject_name(certificate), id.name) == 0;
  std::string octets(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  if (id.key == nullptr ||
      X509_pubkey_digest(certificate, EVP_sha1(), reinterpret_cast<unsigned char*>(octets.data()), &length) !=
          1) {
    return false;
  }
  octets.resize(length);
  return octets == bytes_of(id.key);
}

/// A signature whose digest can be forged is none. Algorithms without a digest of their own (Ed25519) pass.
bool is_forgeable(int signature_algorithm) {
  int digest = NID_undef;
  if (OBJ_find_sigid_algs(signature_algorithm, &digest, nullptr) != 1) return true;
  if (digest == NID_undef) return false;
  const EVP_MD* const made = EVP_get_digestbynid(digest);
  return made == nullptr || EVP_MD_get_size(made) < smallest_digest;
}

bool is_signed_by(OCSP_BASICRESP* response, X509* certificate) {
  const X509_ALGOR* const algorithm = OCSP_resp_get0_tbs_sigalg(response);
  EVP_PKEY* const key = X509_get0_pubkey(certificate);
  if (key == nullptr || is_forgeable(OBJ_obj2nid(algorithm->algorithm))) return false;
  // The content is encoded anew: what is verified is what was read.
  return ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), algorithm, OCSP_resp_get0_signature(response),
                          OCSP_resp_get0_respdata(response), key) == 1;
}

/// RFC 6960 4.2.2.2: issued directly by the CA that issued the certificate in question, and with
/// id-kp-OCSPSigning: anyExtendedKeyUsage, or no usage at all, is no such permission. Whether the responder's
/// own certificate is revoked is not asked (4.2.2.2.1 leaves it to the client).
std::string lacks_permission(const Certificate& responder, const Certificate& issuer, Instant at) {
  X509* const x509 = responder.x509.get();
  EVP_PKEY* const issuer_key = X509_get0_pubkey(issuer.x509.get());
  const bool issued = X509_check_issued(issuer.x509.get(), x509) == X509_V_OK && issuer_key != nullptr &&
                      !is_forgeable(X509_get_signature_nid(x509)) && X509_verify(x509, issuer_key) == 1;
  if (!issued) return "was not certified by " + issuer.subject;
  if ((X509_get_extension_flags(x509) & (EXFLAG_INVALID | EXFLAG_CRITICAL)) != 0)
    return "has a certificate with an extension that is not understood";
  if (!responder.extended_key_usage || (X509_get_extended_key_usage(x509) & XKU_OCSP_SIGN) == 0)
    return "has a certificate without OCSPSigning";
  // All bits are set when there is no key usage.
  if ((X509_get_key_usage(x509) & KU_DIGITAL_SIGNATURE) == 0)
    return "has a key usage without digitalSignature";
  if (at < responder.not_before)
    return "has a certificate that is in force from " + rfc3339(responder.not_before);
  if (at > responder.not_after) return "has a certificate that expired on " + rfc3339(responder.not_after);
  return {};
}

}  // namespace

OcspSigner check_ocsp_signer(OCSP_BASICRESP* response, const Certificate& issuer, Instant at) {
  const ResponderId id = responder_of(response);
  const std::string named = shown(id);
  const bool issuer_named = is_named(id, issuer.x509.get());
  if (issuer_named && is_signed_by(response, issuer.x509.get()))
    return {OcspProblem::none, {}, issuer.subject};

  OcspSigner answer{OcspProblem::untrusted_signer,
                    "it is signed by '" + named + "', neither the issuer nor a responder of his", named};
  if (issuer_named) {
    answer = {OcspProblem::bad_signature, "its signature does not verify with the issuer's key",
              issuer.subject};
  }
  const STACK_OF(X509)* const sent = OCSP_resp_get0_certs(response);
  int tried = 0;
  for (int i = 0; i < sk_X509_num(sent) && tried < most_responders; ++i) {
    X509* const x509 = sk_X509_value(sent, i);
    if (!is_named(id, x509)) continue;
    ++tried;
    const CertificatePtr responder = read_certificate(x509);
    const std::string lack = lacks_permission(*responder, issuer, at);
    if (!lack.empty()) {
      if (!issuer_named)
        answer = {OcspProblem::untrusted_signer, "its signer " + responder->subject + " " + lack,
                  responder->subject};
    } else if (is_signed_by(response, x509)) {
      return {OcspProblem::none, {}, responder->subject};
    } else {
      answer = {OcspProblem::bad_signature,
                "its signature does not verify with the key of " + responder->subject, responder->subject};
    }
  }
  return answer;
}

}  // namespace domsec::pki
