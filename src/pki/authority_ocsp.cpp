// OCSP responses of the lab's authority, RFC 6960 4.2: signed by itself or by whom the recipe says.
#include "distinguished_name.h"
#include "domsec/pki/authority.h"
#include "openssl_ptr.h"
#include "revocation_reason.h"

namespace domsec::pki {
namespace {

void require(bool done, const char* step) {
  if (!done) throw std::runtime_error(std::string("libcrypto refused to ") + step);
}

Asn1TimeOwner time_of(Instant instant) {
  // RFC 6960 4.2.2.1: GeneralizedTime in every year.
  Asn1TimeOwner time(ASN1_GENERALIZEDTIME_set(nullptr, instant.time_since_epoch().count()));
  if (time == nullptr) throw RecipeError("the date " + rfc3339(instant) + " cannot be encoded");
  return time;
}

const EVP_MD* digest_named(const std::string& name) {
  const EVP_MD* digest = EVP_get_digestbyname(name.c_str());
  if (digest == nullptr) throw RecipeError("'" + harmless(name) + "' is no digest; write SHA1 or SHA256");
  return digest;
}

int status_of(RevocationState state) {
  switch (state) {
    case RevocationState::good:
      return V_OCSP_CERTSTATUS_GOOD;
    case RevocationState::revoked:
      return V_OCSP_CERTSTATUS_REVOKED;
    case RevocationState::unknown:
      return V_OCSP_CERTSTATUS_UNKNOWN;
  }
  return V_OCSP_CERTSTATUS_UNKNOWN;
}

void add_answer(OCSP_BASICRESP* response, const OcspRecipe& recipe, const X509* issuer) {
  OcspCertIdOwner id(
      OCSP_cert_to_id(digest_named(recipe.certificate_digest), recipe.certificate->x509.get(), issuer));
  require(id != nullptr, "name the certificate");
  const Asn1TimeOwner revoked = time_of(recipe.revoked_at.value_or(recipe.this_update));
  const Asn1TimeOwner from = time_of(recipe.this_update);
  const Asn1TimeOwner until = recipe.next_update ? time_of(*recipe.next_update) : nullptr;
  const int reason = recipe.reason.empty() ? -1 : static_cast<int>(revocation_reason(recipe.reason));
  require(OCSP_basic_add1_status(response, id.get(), status_of(recipe.state), reason,
                                 recipe.state == RevocationState::revoked ? revoked.get() : nullptr,
                                 from.get(), until.get()) != nullptr,
          "add the answer");
}

}  // namespace

std::string Authority::ocsp_response(const OcspRecipe& recipe) const {
  const ErrorQueueMark mark;
  const OcspBasicOwner basic(OCSP_BASICRESP_new());
  add_answer(basic.get(), recipe, certificate()->x509.get());
  const Credentials& signer = recipe.responder ? *recipe.responder : own_;
  X509* const signing = signer.chain.front()->x509.get();
  EVP_PKEY* const key = signer.key.key.get();
  const EVP_MD* const digest =
      EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : digest_named(recipe.digest);
  // OCSP_NOTIME: libcrypto would take producedAt from the clock, and has no other way to set it.
  unsigned long flags = OCSP_NOTIME;
  if (recipe.responder_by_key) flags |= OCSP_RESPID_KEY;
  if (!recipe.responder) flags |= OCSP_NOCERTS;
  ASN1_GENERALIZEDTIME* const produced =
      const_cast<ASN1_GENERALIZEDTIME*>(OCSP_resp_get0_produced_at(basic.get()));
  require(ASN1_GENERALIZEDTIME_set(produced, recipe.this_update.time_since_epoch().count()) != nullptr,
          "set producedAt");
  require(OCSP_basic_sign(basic.get(), signing, key, digest, nullptr, flags) == 1, "sign the response");
  const bool successful = recipe.response_status == OCSP_RESPONSE_STATUS_SUCCESSFUL;
  const OcspResponseOwner response(
      OCSP_response_create(recipe.response_status, successful ? basic.get() : nullptr));
  require(response != nullptr, "wrap the response");
  unsigned char* octets = nullptr;
  const int length = i2d_OCSP_RESPONSE(response.get(), &octets);
  require(length > 0, "encode the response");
  const OpensslBuffer<unsigned char> der(octets);
  return {reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)};
}

}  // namespace domsec::pki
