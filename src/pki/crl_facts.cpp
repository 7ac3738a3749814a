#include "domsec/pki/crl_facts.h"

#include "crl_body.h"
#include "distinguished_name.h"
#include "octets.h"

namespace domsec::pki {
namespace {

constexpr std::size_t longest_number = 64;
constexpr std::size_t longest_uri = 2048;
constexpr int most_names = 32;

std::string signature_algorithm(const X509_CRL* crl) {
  const X509_ALGOR* algorithm = nullptr;
  X509_CRL_get0_signature(crl, nullptr, &algorithm);
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, algorithm);
  const int nid = OBJ_obj2nid(oid);
  return nid == NID_undef ? dotted(oid) : OBJ_nid2ln(nid);
}

std::string authority_key_id(const X509_CRL* crl) {
  const AuthorityKeyIdOwner id(static_cast<AUTHORITY_KEYID*>(
      X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, nullptr, nullptr)));
  if (id == nullptr || id->keyid == nullptr) return {};
  return hex_upper(bytes_of(id->keyid).substr(0, longest_number));
}

void add_names(const DIST_POINT_NAME* name, std::vector<std::string>& scope) {
  if (name == nullptr) return;
  if (name->type != 0) {
    scope.emplace_back("certificates that name this list relative to its issuer");
    return;
  }
  for (int i = 0; i < sk_GENERAL_NAME_num(name->name.fullname) && i < most_names; ++i) {
    const GENERAL_NAME* full = sk_GENERAL_NAME_value(name->name.fullname, i);
    if (full->type == GEN_URI) {
      scope.push_back("distribution point " +
                      harmless(bytes_of(full->d.uniformResourceIdentifier), longest_uri));
    } else if (full->type == GEN_DIRNAME) {
      scope.push_back("distribution point " + distinguished_name(full->d.directoryName));
    }
  }
}

/// RFC 5280 5.2.5.
std::vector<std::string> scope_of(const ISSUING_DIST_POINT* point) {
  std::vector<std::string> scope;
  if (point == nullptr) return scope;
  add_names(point->distpoint, scope);
  if (point->onlyuser > 0) scope.emplace_back("only end entities");
  if (point->onlyCA > 0) scope.emplace_back("only authorities");
  if (point->onlyattr > 0) scope.emplace_back("only attribute certificates");
  if (point->onlysomereasons != nullptr) scope.emplace_back("only some reasons");
  if (point->indirectCRL > 0) scope.emplace_back("indirect, certificates of other issuers too");
  return scope;
}

}  // namespace

CrlFacts crl_facts(const Crl& crl) {
  const ErrorQueueMark mark;
  const Crl::Body& body = crl.body();
  CrlFacts facts;
  facts.octets = body.octets;
  facts.signature_algorithm = signature_algorithm(body.head.get());
  facts.authority_key_id = authority_key_id(body.head.get());
  if (body.base_number != nullptr)
    facts.base_number = hex_upper(bytes_of(body.base_number.get()).substr(0, longest_number));
  facts.scope = scope_of(body.distribution_point.get());
  facts.fault = body.fault;
  return facts;
}

}  // namespace domsec::pki
