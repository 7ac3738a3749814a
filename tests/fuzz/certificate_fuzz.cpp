// Any octets as a certificate: read, told, compared, and in every place of a path. A certificate of our own
// key is made of what was read, as a leaf, an authority and an anchor, so that constraints, policies and
// usages count.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "domsec/pki/authority.h"
#include "domsec/pki/certificate.h"
#include "domsec/pki/certificate_facts.h"
#include "domsec/pki/channel_binding.h"
#include "domsec/pki/name_match.h"
#include "domsec/pki/path.h"
#include "fuzz/property.h"
#include "fuzz/reissue.h"

namespace {

using namespace domsec::pki;
using domsec::fuzz::copy_of;
using domsec::fuzz::signed_again;

constexpr Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

CertificateRecipe recipe(const char* subject) {
  CertificateRecipe made;
  made.subject = subject;
  made.not_before = now - std::chrono::days{1};
  made.not_after = now + std::chrono::days{1};
  return made;
}

Authority root() {
  CertificateRecipe made = recipe("CN=Contoso Root, O=Contoso");
  made.ca = true;
  return Authority::root(made);
}

/// What stands round the certificate of the input. One key serves all places.
struct House {
  Authority top = root();
  EVP_PKEY* key = top.own().key.key.get();
  CertificatePtr authority;  // between the root and the leaf
  CertificatePtr leaf;       // of that authority, with a name of each form
  std::shared_ptr<TrustStore> anchors = std::make_shared<TrustStore>();

  House() {
    CertificateRecipe between = recipe("CN=Contoso CA, O=Contoso");
    between.ca = true;
    authority = top.certify(between, top.own().key);
    CertificateRecipe made = recipe("CN=mail.contoso.com, O=Contoso");
    made.dns_names = {"mail.contoso.com", "*.contoso.com"};
    made.other_names = {"IP:192.0.2.1", "IP:2001:db8::1", "email:bob@contoso.com",
                        "URI:https://mail.contoso.com/"};
    leaf = signed_again(copy_of(*top.certify(made, top.own().key)).get(), name_of(authority), key);
    anchors->add({top.certificate()});
  }
  static const X509_NAME* name_of(const CertificatePtr& certificate) {
    return X509_get_subject_name(certificate->x509.get());
  }
};

const House& house() {
  static const House built;
  return built;
}

void touch(const Certificate& certificate) {
  property(certificate.subject.size() <= 8192 && certificate.issuer.size() <= 8192, "names are bounded");
  property(certificate.thumbprint.size() == 40, "a thumbprint has 40 digits");
  property(!certificate.der().empty() && !certificate.pem().empty(), "what was read can be written");
  (void)tls_server_end_point(certificate);
  const CertificateFacts facts = certificate_facts(certificate);
  property(facts.extensions.size() <= 64, "the extensions that are told are bounded");
  for (const std::string& usage : certificate.extended_key_usage.value_or(std::vector<std::string>()))
    (void)usage_name(usage);
  (void)key_usage_fits(certificate, Purpose::server);
  (void)usage_fit(certificate);
  const NameMatch match = match_name(certificate, {"mail.contoso.com"});
  property(match.attempts.size() <= 200, "the names that are told are bounded");
}

PathExamination examine(const Chain& presented, const std::shared_ptr<const TrustStore>& anchors,
                        PathProfile profile = PathProfile::trust) {
  PathInput input;
  input.presented = presented;
  input.anchors = anchors;
  input.at = now;
  input.key_decoding = KeyDecoding::direct;
  input.profile = profile;
  PathExamination examination = examine_path(input);
  property(!examination.good() || examination.anchored, "a good path ends in an anchor");
  return examination;
}

void examine_both(const Chain& presented, const std::shared_ptr<const TrustStore>& anchors) {
  const bool strict = examine(presented, anchors, PathProfile::strict).good();
  property(!strict || examine(presented, anchors).good(),
           "what the strict profile accepts, the other one accepts too");
}

/// As it came: signed by nobody whom the house knows.
void as_it_came(const CertificatePtr& certificate) {
  const House& ours = house();
  property(!examine({certificate, ours.authority}, ours.anchors).good(),
           "a stranger's certificate is not ours");
  property(!examine({ours.leaf, certificate}, ours.anchors).good(),
           "a stranger's authority did not issue our leaf");
  const auto alone = std::make_shared<TrustStore>();
  alone->add({certificate});
  (void)examine({certificate}, alone);
}

/// With its subject, key and extensions, under our authority.
CertificatePtr as_leaf(const Certificate& certificate) {
  return signed_again(copy_of(certificate).get(), House::name_of(house().authority), house().key);
}

/// With its extensions and dates, in the place of our authority.
CertificatePtr as_authority(const Certificate& certificate, const X509_NAME* issuer) {
  const auto copy = copy_of(certificate);
  if (X509_set_subject_name(copy.get(), House::name_of(house().authority)) != 1) return nullptr;
  if (X509_set_pubkey(copy.get(), house().key) != 1) return nullptr;
  return signed_again(copy.get(), issuer, house().key);
}

void below_our_authority(const Certificate& certificate) {
  const CertificatePtr leaf = as_leaf(certificate);
  if (leaf != nullptr) examine_both({leaf, house().authority}, house().anchors);
}

/// Its constraints hold for our leaf, and for its own names.
void above_a_leaf(const Certificate& certificate) {
  const House& ours = house();
  const CertificatePtr authority = as_authority(certificate, House::name_of(ours.top.certificate()));
  if (authority == nullptr) return;
  examine_both({ours.leaf, authority}, ours.anchors);
  const CertificatePtr leaf = as_leaf(certificate);
  if (leaf != nullptr) (void)examine({leaf, authority, authority}, ours.anchors);
}

void as_an_anchor(const Certificate& certificate) {
  const CertificatePtr anchor = as_authority(certificate, House::name_of(house().authority));
  if (anchor == nullptr) return;
  const auto anchors = std::make_shared<TrustStore>();
  anchors->add({anchor});
  examine_both({house().leaf}, anchors);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const CertificatePtr certificate = read_certificate_der(bytes);
  if (certificate == nullptr) return 0;
  touch(*certificate);
  // One place a run: an examination takes longer than all the rest. The last octet is of the signature and
  // free.
  switch (data[size - 1] % 4) {
    case 0:
      as_it_came(certificate);
      break;
    case 1:
      below_our_authority(*certificate);
      break;
    case 2:
      above_a_leaf(*certificate);
      break;
    case 3:
      as_an_anchor(*certificate);
      break;
  }
  return 0;
}
