#include "bench/verification.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "bench/measure.h"
#include "domsec/net/crl_source.h"
#include "domsec/net/loop.h"
#include "domsec/pki/examination_cache.h"
#include "domsec/policy/verification.h"
#include "support/large_crl.h"

namespace domsec::bench {
namespace {

std::string der_of(const pki::Certificate& certificate) {
  const pki::Bytes der = certificate.der();
  return {der.begin(), der.end()};
}

struct X509Freed {
  void operator()(X509* x509) const { X509_free(x509); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
using X509Owner = std::unique_ptr<X509, X509Freed>;

X509Owner read(const std::string& der) {
  const auto* next = reinterpret_cast<const unsigned char*>(der.data());
  return X509Owner(d2i_X509(nullptr, &next, static_cast<long>(der.size())));
}

double each(int count, const auto& work) {
  const double begin = thread_cpu();
  for (int i = 0; i < count; ++i) work();
  return (thread_cpu() - begin) / count;
}

void verify_by_libcrypto(X509_STORE* store, const std::string& leaf_der, const std::string& ca_der) {
  const X509Owner leaf = read(leaf_der);
  const X509Owner ca = read(ca_der);
  STACK_OF(X509)* untrusted = sk_X509_new_null();
  sk_X509_push(untrusted, ca.get());
  const std::unique_ptr<X509_STORE_CTX, X509Freed> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store, leaf.get(), untrusted);
  X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(instant));
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set1_host(parameters, "mail.woodgrovebank.com", 0);
  const bool good = X509_verify_cert(context.get()) == 1;
  sk_X509_free(untrusted);
  if (!good) throw std::logic_error("libcrypto refuses the bench's chain");
}

/// As a session asks: the lists that may speak of each certificate below the anchor, then what they say.
net::task<void> ask_lists(net::CrlSource& source, const pki::Chain& path, int times) {
  for (int i = 0; i < times; ++i) {
    for (std::size_t depth = 0; depth + 1 < path.size(); ++depth) {
      const pki::RevocationQuestion question{path, depth};
      const auto found = co_await source.candidates(path[depth], path[depth + 1], instant);
      const auto answer = pki::examine_revocation(question, found, {.at = instant});
      if (answer.state != pki::RevocationState::good) throw std::logic_error("the bench's list is refused");
    }
  }
}

pki::CertificatePtr certificate(const std::string& der) { return pki::read_certificate_der(der); }

}  // namespace

VerificationCost measure_verification(const Partners& partners, int verifications) {
  const std::string leaf = der_of(*partners.woodgrove.chain.at(0));
  const std::string ca = der_of(*partners.woodgrove.chain.at(1));
  const std::unique_ptr<X509_STORE, X509Freed> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), partners.root.certificate()->x509.get());
  const auto anchors = std::make_shared<pki::TrustStore>();
  anchors->add({partners.root.certificate()});

  VerificationCost cost;
  cost.libcrypto = each(verifications, [&] { verify_by_libcrypto(store.get(), leaf, ca); });
  cost.ours = each(verifications, [&] {
    policy::VerificationInput input;
    input.path.presented = {certificate(leaf), certificate(ca)};
    input.path.anchors = anchors;
    input.path.at = instant;
    input.path.key_decoding = partners.decoding;
    input.names = {{policy::WantedName::Kind::dns, "mail.woodgrovebank.com"}};
    if (!policy::verify(input).problems.empty()) throw std::logic_error("the bench's chain is refused");
  });

  pki::ExaminationCache cache;
  pki::PathInput input;
  input.presented = {certificate(leaf), certificate(ca)};
  input.anchors = anchors;
  input.at = instant;
  (void)cache.path(input);
  cost.hit = each(verifications, [&] {
    if (!cache.path(input).remembered) throw std::logic_error("the verdict cache forgot");
  });

  const pki::Chain path{input.presented[0], input.presented[1], partners.root.certificate()};
  net::CrlSettings lists;
  lists.mode = net::CrlMode::cached;
  for (const pki::Authority* issuer : {&partners.issuing, &partners.root})
    lists.files.push_back(pki::Crl::read(testing::large_crl(*issuer, testing::crl_recipe(), 100'000)));
  net::Loop loop;
  net::CrlSource source(std::make_shared<net::Resolver>(loop, net::ResolverSettings()), lists);
  net::run(loop, ask_lists(source, path, 1));  // the signatures, once
  const double begin = thread_cpu();
  net::run(loop, ask_lists(source, path, verifications));
  cost.revocation = (thread_cpu() - begin) / verifications;
  return cost;
}

}  // namespace domsec::bench
