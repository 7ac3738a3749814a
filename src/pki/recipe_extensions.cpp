#include "recipe_extensions.h"

#include <limits>

#include "distinguished_name.h"
#include "domsec/pki/key_usage.h"

namespace domsec::pki {
namespace {

enum class Criticality { critical, not_critical };

void add(X509* certificate, int nid, void* value, Criticality criticality) {
  if (X509_add1_ext_i2d(certificate, nid, value, criticality == Criticality::critical ? 1 : 0,
                        X509V3_ADD_APPEND) != 1) {
    throw RecipeError(std::string("the extension ") + OBJ_nid2sn(nid) + " cannot be encoded");
  }
}

template <class Owner>
void set_octets(Owner& value, std::string_view octets) {
  if (ASN1_STRING_set(value, octets.data(), static_cast<int>(octets.size())) != 1) throw std::bad_alloc();
}

GeneralNameOwner ia5_name(int type, std::string_view text) {
  GeneralNameOwner name(GENERAL_NAME_new());
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  GENERAL_NAME_set0_value(name.get(), type, value);
  set_octets(value, text);  // octet for octet: NUL and non-ASCII are wanted faults
  return name;
}

GeneralNameOwner address_name(const std::string& text) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(text.c_str());
  if (address == nullptr)
    throw RecipeError("'" + harmless(text) + "' is no IP address; write IP:192.0.2.1 or IP:2001:db8::1");
  GeneralNameOwner name(GENERAL_NAME_new());
  GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
  return name;
}

GeneralNameOwner other_name(const std::string& entry) {
  const std::size_t colon = entry.find(':');
  const std::string kind = entry.substr(0, colon);
  const std::string value = colon == std::string::npos ? std::string() : entry.substr(colon + 1);
  if (kind == "IP") return address_name(value);
  if (kind == "email") return ia5_name(GEN_EMAIL, value);
  if (kind == "URI") return ia5_name(GEN_URI, value);
  throw RecipeError(
      "'" + harmless(entry) +
      "' is no alternative name; write IP:, email: or URI: before it, or list it as a DNS name");
}

void add_alternative_names(X509* certificate, const CertificateRecipe& recipe) {
  if (recipe.renews) {
    X509_EXTENSION* const same = alternative_names_of(*recipe.renews);
    if (same != nullptr && X509_add_ext(certificate, same, -1) != 1) throw std::bad_alloc();
    return;
  }
  if (recipe.dns_names.empty() && recipe.other_names.empty()) return;
  const GeneralNamesOwner names(GENERAL_NAMES_new());
  for (const std::string& name : recipe.dns_names)
    sk_GENERAL_NAME_push(names.get(), ia5_name(GEN_DNS, name).release());
  for (const std::string& name : recipe.other_names)
    sk_GENERAL_NAME_push(names.get(), other_name(name).release());
  // RFC 5280 4.2.1.6: critical when the subject is empty.
  const bool nameless = X509_NAME_entry_count(X509_get_subject_name(certificate)) == 0;
  add(certificate, NID_subject_alt_name, names.get(),
      nameless ? Criticality::critical : Criticality::not_critical);
}

void add_basic_constraints(X509* certificate, const CertificateRecipe& recipe) {
  const BasicConstraintsOwner constraints(BASIC_CONSTRAINTS_new());
  constraints->ca = recipe.ca ? 0xFF : 0;
  if (recipe.path_length) {
    constraints->pathlen = ASN1_INTEGER_new();
    ASN1_INTEGER_set(constraints->pathlen, *recipe.path_length);
  }
  add(certificate, NID_basic_constraints, constraints.get(), Criticality::critical);
}

int usage_bit(const std::string& name) {
  if (const auto bit = key_usage_bit(name)) return static_cast<int>(*bit);
  throw RecipeError(
      "'" + harmless(name) +
      "' is no key usage; RFC 5280 knows digitalSignature, keyEncipherment, keyCertSign, cRLSign ...");
}

std::vector<std::string> usual_key_usage(const X509* certificate, const CertificateRecipe& recipe) {
  if (recipe.ca) return {"keyCertSign", "cRLSign"};
  const bool rsa = EVP_PKEY_get_base_id(X509_get0_pubkey(certificate)) == EVP_PKEY_RSA;
  if (rsa) return {"digitalSignature", "keyEncipherment"};
  return {"digitalSignature"};
}

void add_key_usage(X509* certificate, const CertificateRecipe& recipe) {
  const std::vector<std::string> usages = recipe.key_usage.value_or(usual_key_usage(certificate, recipe));
  if (usages.empty()) return;
  const Asn1BitStringOwner bits(ASN1_BIT_STRING_new());
  for (const std::string& usage : usages) ASN1_BIT_STRING_set_bit(bits.get(), usage_bit(usage), 1);
  add(certificate, NID_key_usage, bits.get(),
      recipe.critical_key_usage ? Criticality::critical : Criticality::not_critical);
}

void add_extended_key_usage(X509* certificate, const CertificateRecipe& recipe) {
  if (recipe.extended_key_usage.empty()) return;
  const ExtendedKeyUsageOwner usages(EXTENDED_KEY_USAGE_new());
  for (const std::string& usage : recipe.extended_key_usage) {
    ASN1_OBJECT* oid = OBJ_txt2obj(usage.c_str(), 0);
    if (oid == nullptr)
      throw RecipeError("'" + harmless(usage) +
                        "' is no extended key usage; write serverAuth, clientAuth or an OID");
    sk_ASN1_OBJECT_push(usages.get(), oid);
  }
  add(certificate, NID_ext_key_usage, usages.get(), Criticality::not_critical);
}

/// One DistributionPoint whose fullName lists every URI: they all lead to the same list (RFC 5280 4.2.1.13).
void add_distribution_points(X509* certificate, const CertificateRecipe& recipe) {
  if (recipe.crl_distribution_points.empty()) return;
  GeneralNamesOwner uris(GENERAL_NAMES_new());
  for (const std::string& uri : recipe.crl_distribution_points) {
    sk_GENERAL_NAME_push(uris.get(), ia5_name(GEN_URI, uri).release());
  }
  DistPointOwner point(DIST_POINT_new());
  point->distpoint = DIST_POINT_NAME_new();
  point->distpoint->type = 0;
  point->distpoint->name.fullname = uris.release();
  const CrlDistPointsOwner points(CRL_DIST_POINTS_new());
  sk_DIST_POINT_push(points.get(), point.release());
  add(certificate, NID_crl_distribution_points, points.get(), Criticality::not_critical);
}

/// RFC 5280 4.2.2.1: where the certificate of the issuer is.
void add_ca_issuers(X509* certificate, const CertificateRecipe& recipe) {
  if (recipe.ca_issuers.empty()) return;
  const AuthorityInfoAccessOwner access(AUTHORITY_INFO_ACCESS_new());
  for (const std::string& uri : recipe.ca_issuers) {
    ACCESS_DESCRIPTION* place = ACCESS_DESCRIPTION_new();
    ASN1_OBJECT_free(place->method);
    place->method = OBJ_nid2obj(NID_ad_ca_issuers);
    GENERAL_NAME_free(place->location);
    place->location = ia5_name(GEN_URI, uri).release();
    sk_ACCESS_DESCRIPTION_push(access.get(), place);
  }
  add(certificate, NID_info_access, access.get(), Criticality::not_critical);
}

void add_name_constraints(X509* certificate, const CertificateRecipe& recipe) {
  if (recipe.permitted_dns.empty()) return;
  const NameConstraintsOwner constraints(NAME_CONSTRAINTS_new());
  constraints->permittedSubtrees = sk_GENERAL_SUBTREE_new_null();
  for (const std::string& domain : recipe.permitted_dns) {
    GENERAL_SUBTREE* subtree = GENERAL_SUBTREE_new();
    GENERAL_NAME_free(subtree->base);
    subtree->base = ia5_name(GEN_DNS, domain).release();
    sk_GENERAL_SUBTREE_push(constraints->permittedSubtrees, subtree);
  }
  add(certificate, NID_name_constraints, constraints.get(), Criticality::critical);
}

/// RFC 7633 4.1: SEQUENCE OF INTEGER; 5 is the extension status_request.
void add_tls_features(X509* certificate, const CertificateRecipe& recipe) {
  if (!recipe.must_staple) return;
  const TlsFeatureOwner features(sk_ASN1_INTEGER_new_null());
  ASN1_INTEGER* const status_request = ASN1_INTEGER_new();
  ASN1_INTEGER_set(status_request, 5);
  sk_ASN1_INTEGER_push(features.get(), status_request);
  add(certificate, NID_tlsfeature, features.get(), Criticality::not_critical);
}

/// RFC 5280 4.2.1.2 method 1: SHA-1 of the subject public key's bits.
std::string key_identifier(const X509* certificate) {
  std::string octets(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  X509_pubkey_digest(certificate, EVP_sha1(), reinterpret_cast<unsigned char*>(octets.data()), &length);
  octets.resize(length);
  return octets;
}

void add_key_identifiers(X509* certificate, const X509* issuer) {
  const Asn1OctetStringOwner subject(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING* subject_octets = subject.get();
  set_octets(subject_octets, key_identifier(certificate));
  add(certificate, NID_subject_key_identifier, subject.get(), Criticality::not_critical);
  const AuthorityKeyIdOwner authority(AUTHORITY_KEYID_new());
  authority->keyid = ASN1_OCTET_STRING_new();
  set_octets(authority->keyid, key_identifier(issuer));
  add(certificate, NID_authority_key_identifier, authority.get(), Criticality::not_critical);
}

}  // namespace

X509_EXTENSION* alternative_names_of(const Certificate& certificate) {
  const int at = X509_get_ext_by_NID(certificate.x509.get(), NID_subject_alt_name, -1);
  return at < 0 ? nullptr : X509_get_ext(certificate.x509.get(), at);
}

void add_recipe_extensions(X509* certificate, const X509* issuer, const CertificateRecipe& recipe) {
  const ErrorQueueMark mark;
  if (recipe.basic_constraints) add_basic_constraints(certificate, recipe);
  if (recipe.key_identifiers) add_key_identifiers(certificate, issuer);
  add_key_usage(certificate, recipe);
  add_extended_key_usage(certificate, recipe);
  add_alternative_names(certificate, recipe);
  add_distribution_points(certificate, recipe);
  add_ca_issuers(certificate, recipe);
  add_name_constraints(certificate, recipe);
  add_tls_features(certificate, recipe);
}

}  // namespace domsec::pki
