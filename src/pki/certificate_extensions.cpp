#include "certificate_extensions.h"

#include <arpa/inet.h>

#include <array>

#include "distinguished_name.h"
#include "octets.h"
#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

constexpr int most_distribution_points = 32;
constexpr int most_policies = 32;
constexpr std::size_t longest_uri = 2048;

enum class Presence { absent, readable, unreadable };

template <class Owner>
struct Extension {
  Presence presence = Presence::absent;
  Owner value;
};

template <class Owner>
Extension<Owner> extension(const X509* x509, int nid) {
  int critical = -1;
  Owner value(static_cast<typename Owner::pointer>(X509_get_ext_d2i(x509, nid, &critical, nullptr)));
  if (value != nullptr) return {Presence::readable, std::move(value)};
  // -1: not there. -2: there twice, which RFC 5280 4.2 forbids. Else there, but it does not parse.
  return {critical == -1 ? Presence::absent : Presence::unreadable, nullptr};
}

std::string address(const ASN1_OCTET_STRING* value) {
  const std::string octets = bytes_of(value);
  const int family = octets.size() == 4 ? AF_INET : octets.size() == 16 ? AF_INET6 : AF_UNSPEC;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family == AF_UNSPEC) return hex_upper(octets.substr(0, 32));
  return inet_ntop(family, octets.data(), text.data(), text.size()) == nullptr ? std::string() : text.data();
}

/// RFC 5280 4.2.1.6, every kind but dNSName. The prefixes are those of `openssl x509 -ext`.
std::string other_name(const GENERAL_NAME* name) {
  switch (name->type) {
    case GEN_EMAIL:
      return "email:" + harmless(bytes_of(name->d.rfc822Name));
    case GEN_URI:
      return "URI:" + harmless(bytes_of(name->d.uniformResourceIdentifier));
    case GEN_IPADD:
      return "IP:" + address(name->d.iPAddress);
    case GEN_DIRNAME:
      return "DirName:" + distinguished_name(name->d.directoryName);
    case GEN_RID:
      return "RID:" + dotted(name->d.registeredID);
    case GEN_OTHERNAME:
      return "otherName:" + dotted(name->d.otherName->type_id);
    case GEN_X400:
      return "X400Name";
    case GEN_EDIPARTY:
      return "EdiPartyName";
    default:
      return "unknown";  // libcrypto's numbers are plain ints
  }
}

void read_alternative_names(const X509* x509, Certificate& certificate) {
  const auto names = extension<GeneralNamesOwner>(x509, NID_subject_alt_name);
  if (names.presence == Presence::unreadable) {
    certificate.alternative_names_unreadable = true;
    certificate.other_names.emplace_back("unreadable subjectAltName");
  }
  for (int i = 0; i < sk_GENERAL_NAME_num(names.value.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.value.get(), i);
    if (name->type == GEN_DNS) {
      certificate.dns_names.push_back(bytes_of(name->d.dNSName));
    } else {
      certificate.other_names.push_back(other_name(name));
    }
  }
}

void read_key_usage(const X509* x509, Certificate& certificate) {
  const auto usage = extension<Asn1BitStringOwner>(x509, NID_key_usage);
  if (usage.presence == Presence::absent) return;
  std::uint32_t bits = 0;
  for (int bit = 0; usage.value != nullptr && bit < 9;
       ++bit) {  // RFC 5280 4.2.1.3: 0 digitalSignature ... 8 decipherOnly
    if (ASN1_BIT_STRING_get_bit(usage.value.get(), bit) == 1) bits |= 1U << static_cast<unsigned>(bit);
  }
  certificate.key_usage = bits;
}

void read_extended_key_usage(const X509* x509, Certificate& certificate) {
  const auto usages = extension<ExtendedKeyUsageOwner>(x509, NID_ext_key_usage);
  if (usages.presence == Presence::absent) return;
  auto& names = certificate.extended_key_usage.emplace();
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.value.get()); ++i) {
    const ASN1_OBJECT* usage = sk_ASN1_OBJECT_value(usages.value.get(), i);
    const int nid = OBJ_obj2nid(usage);
    names.push_back(nid == NID_server_auth   ? "serverAuth"
                    : nid == NID_client_auth ? "clientAuth"
                                             : dotted(usage));
  }
}

void read_distribution_points(const X509* x509, Certificate& certificate) {
  const auto points = extension<CrlDistPointsOwner>(x509, NID_crl_distribution_points);
  for (int i = 0; i < sk_DIST_POINT_num(points.value.get()) && i < most_distribution_points; ++i) {
    const DIST_POINT_NAME* name = sk_DIST_POINT_value(points.value.get(), i)->distpoint;
    if (name == nullptr || name->type != 0) continue;  // only fullName says where (RFC 5280 4.2.1.13)
    for (int j = 0; j < sk_GENERAL_NAME_num(name->name.fullname) && j < most_distribution_points; ++j) {
      const GENERAL_NAME* full = sk_GENERAL_NAME_value(name->name.fullname, j);
      if (full->type != GEN_URI) continue;
      certificate.crl_distribution_points.push_back(
          harmless(bytes_of(full->d.uniformResourceIdentifier), longest_uri));
    }
  }
}

void read_policies(const X509* x509, Certificate& certificate) {
  const auto policies = extension<CertificatePoliciesOwner>(x509, NID_certificate_policies);
  for (int i = 0; i < sk_POLICYINFO_num(policies.value.get()) && i < most_policies; ++i) {
    certificate.policies.push_back(dotted(sk_POLICYINFO_value(policies.value.get(), i)->policyid));
  }
}

}  // namespace

void read_extensions(const X509* x509, Certificate& certificate) {
  const ErrorQueueMark mark;
  read_alternative_names(x509, certificate);
  read_key_usage(x509, certificate);
  read_extended_key_usage(x509, certificate);
  read_distribution_points(x509, certificate);
  read_policies(x509, certificate);
  const auto constraints = extension<BasicConstraintsOwner>(x509, NID_basic_constraints);
  certificate.ca = constraints.value != nullptr && constraints.value->ca != 0;
}

}  // namespace domsec::pki
