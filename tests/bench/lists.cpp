#include "bench/lists.h"

#include <malloc.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/measure.h"
#include "domsec/pki/crl_listing.h"
#include "domsec/pki/revocation.h"
#include "support/large_crl.h"
#include "support/pki.h"

namespace domsec::bench {
namespace {

constexpr std::size_t asked = 2000;  // certificates, each asked for once: serials in no order

double timed(const auto& work) {
  const double begin = thread_cpu();
  work();
  return thread_cpu() - begin;
}

/// Leaves of `issuer`; the serial is that of an entry, or of none.
std::vector<pki::CertificatePtr> leaves(const pki::Authority& issuer, std::size_t entries, bool listed) {
  std::vector<pki::CertificatePtr> made;
  const pki::PrivateKey key = pki::make_key(pki::KeyKind::ec_p256);
  std::size_t index = 0;
  for (std::size_t i = 0; i < asked; ++i) {
    index = (index + 7919 * 104729) % entries;
    pki::CertificateRecipe recipe = testing::leaf_recipe({"mail.contoso.com"});
    recipe.serial = testing::large_crl_serial(listed ? index : entries + i);
    made.push_back(issuer.certify(recipe, key));
  }
  return made;
}

/// Nanoseconds each; libcrypto reads extensions at the first look, which is not timed.
double each(const std::vector<pki::CertificatePtr>& certificates, const auto& ask) {
  for (const auto& certificate : certificates) ask(certificate);
  return timed([&] {
           for (const auto& certificate : certificates) ask(certificate);
         }) *
         1000 / static_cast<double>(certificates.size());
}

double look_up(const pki::Crl& list, const std::vector<pki::CertificatePtr>& certificates, bool listed) {
  return each(certificates, [&](const pki::CertificatePtr& certificate) {
    if (pki::is_listed(list, *certificate) != listed) throw std::logic_error("a look-up is wrong");
  });
}

double whole_answer(const pki::CrlCandidate& list, const pki::Authority& issuer,
                    const std::vector<pki::CertificatePtr>& certificates) {
  return each(certificates, [&](const pki::CertificatePtr& certificate) {
    const auto answer = pki::examine_revocation({{certificate, issuer.certificate()}}, {&list, 1},
                                                {.at = testing::test_instant});
    if (answer.state != pki::RevocationState::good) throw std::logic_error("an answer is wrong");
  });
}

void measure_libcrypto(const std::string& der, X509* issuer, X509* leaf, ListCost& cost) {
  malloc_trim(0);
  const Memory before = memory();
  X509_CRL* list = nullptr;
  X509_REVOKED* found = nullptr;
  EVP_PKEY* const key = X509_get0_pubkey(issuer);
  cost.libcrypto = timed([&] {
                     const auto* next = reinterpret_cast<const unsigned char*>(der.data());
                     list = d2i_X509_CRL(nullptr, &next, static_cast<long>(der.size()));
                     (void)X509_CRL_get0_by_cert(list, &found, leaf);
                     if (X509_CRL_verify(list, key) != 1) throw std::logic_error("libcrypto: signature");
                   }) /
                   1000;
  cost.libcrypto_memory = memory().allocated - before.allocated;
  cost.libcrypto_again = timed([&] { (void)X509_CRL_verify(list, key); }) / 1000;
  X509_CRL_free(list);
}

}  // namespace

ListCost measure_list(std::size_t entries) {
  const testing::ThreeLevels& pki = testing::three_levels();
  const pki::Authority& issuer = pki.issuing;
  const std::string der = testing::large_crl(issuer, testing::crl_recipe(), entries);
  const std::vector<pki::CertificatePtr> listed = leaves(issuer, entries, true);
  const std::vector<pki::CertificatePtr> others = leaves(issuer, entries, false);
  ListCost cost;
  {
    malloc_trim(0);
    const Memory before = memory();
    pki::CrlCandidate list;
    list.origin = pki::CrlOrigin::file;
    cost.ours = timed([&] {
                  list.crl = pki::Crl::read(der);
                  (void)pki::examine_revocation({{others.front(), issuer.certificate()}}, {&list, 1},
                                                {.at = testing::test_instant});
                }) /
                1000;
    cost.ours_memory = memory().allocated - before.allocated;
    cost.hit = look_up(*list.crl, listed, true);
    cost.miss = look_up(*list.crl, others, false);
    cost.state = whole_answer(list, issuer, others);
  }
  measure_libcrypto(der, issuer.certificate()->x509.get(), others.front()->x509.get(), cost);
  return cost;
}

}  // namespace domsec::bench
