// The scope of a list: its issuer and issuing distribution point against the certificate's distribution points,
// RFC 5280 5.2.5 and 6.3.3 (b).
#include <algorithm>

#include "crl_body.h"

namespace domsec::pki {
namespace {

constexpr int most_points = 256;  // each is compared with each name of the list
constexpr int most_names = 256;

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
  for (int i = 0; i < std::min(sk_GENERAL_NAME_num(names), most_names); ++i) {
    if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(names, i), wanted) == 0) return true;
  }
  return false;
}

bool holds(const GENERAL_NAMES* names, const X509_NAME* wanted) {
  for (int i = 0; i < std::min(sk_GENERAL_NAME_num(names), most_names); ++i) {
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
  for (int i = 0; i < std::min(sk_GENERAL_NAME_num(one.name.fullname), most_names); ++i) {
    if (holds(other.name.fullname, sk_GENERAL_NAME_value(one.name.fullname, i))) return true;
  }
  return false;
}

/// RFC 5280 6.3.3 (b) (1): may the issuer of the list speak at this distribution point?
bool issuer_fits(const Crl::Body& list, const DIST_POINT& point, bool own_issuer) {
  if (point.CRLissuer == nullptr) return own_issuer;
  return holds(point.CRLissuer, list.issuer_name()) && (list.indirect() || own_issuer);
}

/// A relative name is completed with cRLIssuer's, or with that of the certificate's issuer (RFC 5280 4.2.1.13).
bool name_fits(const DIST_POINT_NAME& of_list, DIST_POINT& point, const X509_NAME* issuer) {
  if (point.distpoint == nullptr)
    return point.CRLissuer != nullptr && meet(of_list, DIST_POINT_NAME{0, {point.CRLissuer}, nullptr});
  const X509_NAME* base = issuer;
  for (int i = 0; i < sk_GENERAL_NAME_num(point.CRLissuer); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(point.CRLissuer, i);
    if (name->type == GEN_DIRNAME) base = name->d.directoryName;
  }
  DIST_POINT_set_dpname(point.distpoint, base);
  return meet(of_list, *point.distpoint);
}

bool names(const DIST_POINT_NAME& of_list, const X509_NAME* issuer) {
  if (of_list.type == 0) return holds(of_list.name.fullname, issuer);
  return of_list.dpname != nullptr && X509_NAME_cmp(of_list.dpname, issuer) == 0;
}

CrlScope other_issuer(const Crl::Body& list) {
  return {CrlProblem::wrong_issuer, "the list is of " + list.issuer, 0};
}

CrlScope outside(std::string why) { return {CrlProblem::out_of_scope, std::move(why), 0}; }

/// The certificate's distribution points at which this list may speak, and the reasons that they leave to it.
CrlScope distribution_point_scope(const Crl::Body& list, X509* x509) {
  const X509_NAME* issuer = X509_get_issuer_name(x509);
  const bool own_issuer = X509_NAME_cmp(list.issuer_name(), issuer) == 0;
  const DIST_POINT_NAME* of_list =
      list.distribution_point == nullptr ? nullptr : list.distribution_point->distpoint;
  // RFC 5280 6.3.3, last paragraph: a list of the issuer without a name of its own is for every distribution point.
  if (own_issuer && of_list == nullptr) return {};
  const CrlDistPointsOwner points(
      static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(x509, NID_crl_distribution_points, nullptr, nullptr)));
  if (sk_DIST_POINT_num(points.get()) > most_points) return outside("the certificate names too many distribution points");
  if (points == nullptr) {
    if (!own_issuer) return other_issuer(list);
    return names(*of_list, issuer)
               ? CrlScope{}
               : outside("the list is for a distribution point and the certificate names none");
  }
  bool speaks = false;
  unsigned reasons = 0;
  for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
    DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (!issuer_fits(list, *point, own_issuer)) continue;
    speaks = true;
    if (of_list == nullptr || name_fits(*of_list, *point, issuer)) reasons |= reasons_of(point->reasons);
  }
  if (!speaks && !own_issuer) return other_issuer(list);
  if (reasons == 0) return outside("the list is for another distribution point");
  return {CrlProblem::none, {}, reasons};
}

}  // namespace

CrlScope scope_of(const Crl::Body& body, const Certificate& certificate) {
  const ErrorQueueMark mark;
  CrlScope scope = distribution_point_scope(body, certificate.x509.get());
  if (scope.problem != CrlProblem::none || body.distribution_point == nullptr) return scope;
  const ISSUING_DIST_POINT& point = *body.distribution_point;
  const bool ca = (X509_get_extension_flags(certificate.x509.get()) & EXFLAG_CA) != 0U;
  if (point.onlyattr > 0) return outside("the list is for attribute certificates only");
  if (point.onlyuser > 0 && ca) return outside("the list is for end-entity certificates only");
  if (point.onlyCA > 0 && !ca) return outside("the list is for CA certificates only");
  scope.reasons &= reasons_of(point.onlysomereasons);
  return scope;
}

}  // namespace domsec::pki
