// One function for each extension or field, each rule with its clause. X509_V_FLAG_X509_STRICT has key
// identifiers, basicConstraints against keyCertSign, empty names, empty subjectAltName, versions and inner
// against outer algorithm; those are not repeated here.
#include "certificate_profile.h"

#include <algorithm>
#include <set>
#include <string>

#include "der.h"
#include "distinguished_name.h"

namespace domsec::pki {
namespace {

using PolicyConstraintsOwner = Owned<POLICY_CONSTRAINTS, POLICY_CONSTRAINTS_free>;

constexpr int longest_serial = 20;  // octets
constexpr int deepest_nesting = 32;

/// One certificate on its way through the rules.
struct Profiled {
  X509* x509 = nullptr;
  int depth = 0;
  bool is_top = false;
  std::vector<ChainProblem>& problems;

  void tell(std::string_view words) const { problems.push_back({X509_V_OK, depth, PathFault::other, words}); }
  void tell(int error) const { problems.push_back({error, depth}); }
  [[nodiscard]] bool has(int nid) const { return X509_get_ext_by_NID(x509, nid, -1) >= 0; }
  [[nodiscard]] bool is_critical(int nid) const {
    const int at = X509_get_ext_by_NID(x509, nid, -1);
    return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x509, at)) != 0;
  }
  /// Null when it is not there, there twice or unreadable: those are told elsewhere.
  template <class Owner>
  [[nodiscard]] Owner read(int nid) const {
    return Owner(static_cast<typename Owner::pointer>(X509_get_ext_d2i(x509, nid, nullptr, nullptr)));
  }
};

/// 4.2: "MUST NOT include more than one instance of a particular extension". Which one is meant, nobody can
/// say.
void look_for_twins(const Profiled& of) {
  std::set<std::string_view> seen;  // object identifiers, encoded
  for (int i = 0; i < X509_get_ext_count(of.x509); ++i) {
    const ASN1_OBJECT* kind = X509_EXTENSION_get_object(X509_get_ext(of.x509, i));
    const auto* octets = reinterpret_cast<const char*>(OBJ_get0_data(kind));
    const bool is_new = seen.emplace(octets, OBJ_length(kind)).second;
    if (!is_new) return of.tell("an extension is there twice");
  }
}

/// 4.2.1.4: critical, its qualifiers must be understood too.
void look_at_policy_qualifiers(const Profiled& of) {
  if (!of.is_critical(NID_certificate_policies)) return;
  const auto policies = of.read<CertificatePoliciesOwner>(NID_certificate_policies);
  for (int i = 0; i < sk_POLICYINFO_num(policies.get()); ++i) {
    const auto* qualifiers = sk_POLICYINFO_value(policies.get(), i)->qualifiers;
    for (int j = 0; j < sk_POLICYQUALINFO_num(qualifiers); ++j) {
      const int nid = OBJ_obj2nid(sk_POLICYQUALINFO_value(qualifiers, j)->pqualid);
      if (nid != NID_id_qt_cps && nid != NID_id_qt_unotice)
        return of.tell(X509_V_ERR_INVALID_POLICY_EXTENSION);
    }
  }
}

/// X.690 10.1: definite lengths in their shortest form, through every value that is made of values.
bool has_der_lengths(std::string_view octets, int nesting = 0) {
  while (!octets.empty()) {
    const auto value = take_der(octets);
    if (!value || nesting > deepest_nesting) return false;
    const bool constructed = (value->tag & 0x20U) != 0;
    if (constructed && !has_der_lengths(value->content, nesting + 1)) return false;
  }
  return true;
}

/// 4.1: the certificate is DER. A second reading of the same octets could be another certificate.
void look_at_encoding(const Profiled& of) {
  unsigned char* octets = nullptr;
  const int length = i2d_X509(of.x509, &octets);
  if (length < 0) return;
  const OpensslBuffer<unsigned char> owner(octets);
  if (!has_der_lengths({reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)}))
    of.tell("the encoding is not DER");
}

/// 4.1.2.2: positive, at most 20 octets with the sign.
void look_at_serial(const Profiled& of) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(of.x509);
  const std::string octets = bytes_of(serial);
  const bool zero = std::all_of(octets.begin(), octets.end(), [](char octet) { return octet == 0; });
  if (zero || ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
    return of.tell("the serial number is not positive");
  const int sign = (static_cast<unsigned char>(octets.front()) & 0x80U) != 0 ? 1 : 0;
  if (ASN1_STRING_length(serial) + sign > longest_serial)
    of.tell("the serial number is longer than 20 octets");
}

/// 4.1.2.5: UTCTime through the year 2049, GeneralizedTime from 2050 on, in whole seconds and GMT.
bool has_profiled_form(const ASN1_TIME* time) {
  const std::string text = bytes_of(time);
  const bool utc = ASN1_STRING_type(time) == V_ASN1_UTCTIME;
  const std::size_t digits = utc ? 12 : 14;
  if (text.size() != digits + 1 || text.back() != 'Z') return false;
  if (!std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; })) return false;
  return utc || text.substr(0, 4) >= "2050";
}

void look_at_validity(const Profiled& of) {
  if (!has_profiled_form(X509_get0_notBefore(of.x509)) || !has_profiled_form(X509_get0_notAfter(of.x509)))
    of.tell("a date is not in the form that RFC 5280 wants of it");
}

void look_at_usage(const Profiled& of) {
  // 4.2.1.12: SEQUENCE SIZE (1..MAX). OpenSSL refuses an empty key usage by itself.
  const auto usages = of.read<ExtendedKeyUsageOwner>(NID_ext_key_usage);
  if (usages != nullptr && sk_ASN1_OBJECT_num(usages.get()) == 0) of.tell("the extended key usage is empty");
}

/// 4.2.1.10: critical, not empty, in a CA only.
void look_at_name_constraints(const Profiled& of) {
  if (!of.has(NID_name_constraints)) return;
  if (!of.is_critical(NID_name_constraints)) of.tell("the name constraints are not critical");
  if ((X509_get_extension_flags(of.x509) & EXFLAG_CA) == 0U)
    of.tell("name constraints in a certificate that is no CA");
  const auto constraints = of.read<NameConstraintsOwner>(NID_name_constraints);
  if (constraints == nullptr) return;
  const int permitted = sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees);  // -1: not there
  const int excluded = sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees);
  if (permitted == 0 || excluded == 0 || (permitted < 0 && excluded < 0))
    of.tell("the name constraints are empty");
}

/// 4.2.1.11 and 4.2.1.14: critical; not empty.
void look_at_policy_constraints(const Profiled& of) {
  if (of.has(NID_policy_constraints)) {
    if (!of.is_critical(NID_policy_constraints)) of.tell("the policy constraints are not critical");
    const auto constraints = of.read<PolicyConstraintsOwner>(NID_policy_constraints);
    const bool empty = constraints != nullptr && constraints->requireExplicitPolicy == nullptr &&
                       constraints->inhibitPolicyMapping == nullptr;
    if (empty) of.tell("the policy constraints are empty");
  }
  if (of.has(NID_inhibit_any_policy) && !of.is_critical(NID_inhibit_any_policy))
    of.tell("inhibitAnyPolicy is not critical");
}

/// 4.2.1.1, 4.2.1.2: not critical. A certificate names its issuer's key unless it is self-signed; OpenSSL passes
/// over the last one.
void look_at_key_identifiers(const Profiled& of) {
  if (of.is_critical(NID_authority_key_identifier)) of.tell(X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL);
  if (of.is_critical(NID_subject_key_identifier)) of.tell(X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL);
  const auto identifier = of.read<AuthorityKeyIdOwner>(NID_authority_key_identifier);
  const bool self_issued = (X509_get_extension_flags(of.x509) & EXFLAG_SI) != 0U;
  if (of.is_top && !self_issued && (identifier == nullptr || identifier->keyid == nullptr))
    of.tell(X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER);
  if (identifier != nullptr && (identifier->issuer == nullptr) != (identifier->serial == nullptr))
    of.tell("the authority key identifier has one of issuer and serial number only");
}

/// 4.2.1.6: a dNSName of " " is forbidden, an address has 4 or 16 octets, a text form is IA5String and not
/// empty.
bool has_profiled_form(const GENERAL_NAME* name) {
  const auto is_ascii = [](const ASN1_IA5STRING* value) {
    const std::string text = bytes_of(value);
    return !text.empty() && text != " " &&
           std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  };
  switch (name->type) {
    case GEN_DNS:
      return is_ascii(name->d.dNSName);
    case GEN_EMAIL:
      return is_ascii(name->d.rfc822Name);
    case GEN_URI:
      return is_ascii(name->d.uniformResourceIdentifier);
    case GEN_IPADD: {
      const int length = ASN1_STRING_length(name->d.iPAddress);
      return length == 4 || length == 16;
    }
    default:
      return true;  // libcrypto's numbers are plain ints
  }
}

void look_at_alternative_names(const Profiled& of) {
  const auto names = of.read<GeneralNamesOwner>(NID_subject_alt_name);
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    if (!has_profiled_form(sk_GENERAL_NAME_value(names.get(), i)))
      return of.tell("an alternative name is not in the form that RFC 5280 wants of it");
  }
}

}  // namespace

std::vector<ChainProblem> certificate_profile_problems(std::span<X509* const> chain, PathProfile profile) {
  const ErrorQueueMark mark;
  std::vector<ChainProblem> problems;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Profiled one{chain[i], static_cast<int>(i), i + 1 == chain.size(), problems};
    look_for_twins(one);
    look_at_policy_qualifiers(one);
    look_at_encoding(one);
    if (profile == PathProfile::trust) continue;
    look_at_serial(one);
    look_at_validity(one);
    look_at_usage(one);
    look_at_name_constraints(one);
    look_at_policy_constraints(one);
    look_at_key_identifiers(one);
    look_at_alternative_names(one);
  }
  return problems;
}

}  // namespace domsec::pki
