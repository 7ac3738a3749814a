// The scope of a list: issuing distribution point against the certificate's distribution points, RFC
// 5280 5.2.5 and 6.3.3 (b) (2).
#include "crl_body.h"

namespace domsec::pki {
namespace {

unsigned reasons_of(const ASN1_BIT_STRING* flags) {
  if (flags == nullptr) return all_reasons;
  const unsigned char* octets = ASN1_STRING_get0_data(flags);
  const int length = ASN1_STRING_length(flags);
  unsigned reasons = 0;
  if (length > 0) reasons = octets[0];
  if (length > 1) reasons |= static_cast<unsigned>(octets[1]) << 8U;
  return reasons & all_reasons;
}

bool holds(const GENERAL_NAMES* names, GENERAL_NAME* wanted) {
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(names, i), wanted) == 0) return true;
  }
  return false;
}

bool holds(const GENERAL_NAMES* names, const X509_NAME* wanted) {
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DIRNAME && X509_NAME_cmp(name->d.directoryName, wanted) == 0) return true;
  }
  return false;
}

/// One common name is enough (RFC 5280 6.3.3). A relative name was completed to a directory name before.
bool meet(const DIST_POINT_NAME& one, const DIST_POINT_NAME& other) {
  if (one.type == 1 && other.type == 1) {
    return one.dpname != nullptr && other.dpname != nullptr && X509_NAME_cmp(one.dpname, other.dpname) == 0;
  }
  if (one.type == 1) return one.dpname != nullptr && holds(other.name.fullname, one.dpname);
  if (other.type == 1) return meet(other, one);
  for (int i = 0; i < sk_GENERAL_NAME_num(one.name.fullname); ++i) {
    if (holds(other.name.fullname, sk_GENERAL_NAME_value(one.name.fullname, i))) return true;
  }
  return false;
}

/// The certificate's distribution points that the list's own name meets. Without any, RFC 5280 6.3.3 takes
/// the issuer's name.
CrlScope distribution_point_scope(const DIST_POINT_NAME& of_list, X509* x509) {
  const CrlDistPointsOwner points(
      static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(x509, NID_crl_distribution_points, nullptr, nullptr)));
  const X509_NAME* issuer = X509_get_issuer_name(x509);
  if (points == nullptr) {
    const bool named = of_list.type == 0
                           ? holds(of_list.name.fullname, issuer)
                           : of_list.dpname != nullptr && X509_NAME_cmp(of_list.dpname, issuer) == 0;
    return named ? CrlScope{}
                 : CrlScope{"the list is for a distribution point and the certificate names none", 0};
  }
  unsigned reasons = 0;
  for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (point->CRLissuer != nullptr && !holds(point->CRLissuer, issuer)) continue;  // another issuer's list
    if (point->distpoint == nullptr) {
      if (meet(of_list, DIST_POINT_NAME{0, {point->CRLissuer}, nullptr}))
        reasons |= reasons_of(point->reasons);
      continue;
    }
    DIST_POINT_set_dpname(point->distpoint, issuer);
    if (meet(of_list, *point->distpoint)) reasons |= reasons_of(point->reasons);
  }
  if (reasons == 0) return {"the list is for another distribution point", 0};
  return {{}, reasons};
}

}  // namespace

CrlScope scope_of(const Crl::Body& body, const Certificate& certificate) {
  if (body.distribution_point == nullptr) return {};
  const ErrorQueueMark mark;
  const ISSUING_DIST_POINT& point = *body.distribution_point;
  const bool ca = (X509_get_extension_flags(certificate.x509.get()) & EXFLAG_CA) != 0U;
  if (point.onlyattr > 0) return {"the list is for attribute certificates only", 0};
  if (point.onlyuser > 0 && ca) return {"the list is for end-entity certificates only", 0};
  if (point.onlyCA > 0 && !ca) return {"the list is for CA certificates only", 0};
  CrlScope scope;
  if (point.distpoint != nullptr) scope = distribution_point_scope(*point.distpoint, certificate.x509.get());
  scope.reasons &= reasons_of(point.onlysomereasons);
  return scope;
}

}  // namespace domsec::pki
