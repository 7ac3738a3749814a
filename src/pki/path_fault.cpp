// OpenSSL's verify numbers by class of fault (spec findings 3.1), and the words of path.h.
#include "path_fault.h"

#include "openssl_ptr.h"

namespace domsec::pki {

PathFault path_fault(int x509_error, PresentedAuthority presented) {
  switch (x509_error) {
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return PathFault::untrusted_root;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return PathFault::self_signed;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return presented == PresentedAuthority::some ? PathFault::untrusted_root
                                                   : PathFault::issuer_not_found;  // D-18
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return PathFault::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return PathFault::not_yet_valid;
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return PathFault::bad_signature;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_INVALID_NON_CA:
      return PathFault::not_a_ca;
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
      return PathFault::path_too_long;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
      return PathFault::name_constraint;
    case X509_V_ERR_INVALID_PURPOSE:
      return PathFault::wrong_purpose;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return PathFault::weak;
    case X509_V_ERR_CERT_REJECTED:
      return PathFault::rejected;
    default:
      return PathFault::other;  // libcrypto's numbers are plain ints
  }
}

std::string_view text(PathFault fault) {
  switch (fault) {
    case PathFault::untrusted_root:
      return "untrusted-root";
    case PathFault::self_signed:
      return "self-signed";
    case PathFault::issuer_not_found:
      return "issuer-not-found";
    case PathFault::expired:
      return "expired";
    case PathFault::not_yet_valid:
      return "not-yet-valid";
    case PathFault::bad_signature:
      return "bad-signature";
    case PathFault::not_a_ca:
      return "not-a-ca";
    case PathFault::path_too_long:
      return "path-too-long";
    case PathFault::name_constraint:
      return "name-constraint";
    case PathFault::wrong_purpose:
      return "wrong-purpose";
    case PathFault::weak:
      return "weak";
    case PathFault::rejected:
      return "rejected";
    case PathFault::other:
      return "other";
  }
  return "";
}

std::string_view text(Purpose purpose) {
  switch (purpose) {
    case Purpose::server:
      return "serverAuth";
    case Purpose::client:
      return "clientAuth";
    case Purpose::any:
      return "any";
  }
  return "";
}

std::string_view text(UsageFit fit) {
  switch (fit) {
    case UsageFit::fits:
      return "serverAuth and clientAuth";
    case UsageFit::absent_any:
      return "any purpose";
    case UsageFit::only_server_auth:
      return "serverAuth only";
    case UsageFit::only_client_auth:
      return "clientAuth only";
    case UsageFit::neither:
      return "neither serverAuth nor clientAuth";
  }
  return "";
}

}  // namespace domsec::pki
