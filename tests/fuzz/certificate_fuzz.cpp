// Any octets as certificate, bundle or key: nothing may crash, and a certificate that parses keeps its
// bounds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "domsec/pki/bundle.h"
#include "domsec/pki/certificate.h"
#include "domsec/pki/channel_binding.h"

namespace {

void touch(const domsec::pki::CertificatePtr& certificate) {
  if (certificate == nullptr) return;
  const bool bounded = certificate->subject.size() <= 8192 && certificate->issuer.size() <= 8192;
  if (!bounded || certificate->thumbprint.size() != 40) std::abort();
  (void)certificate->der();
  (void)certificate->pem();
  (void)domsec::pki::tls_server_end_point(*certificate);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  touch(domsec::pki::read_certificate_der(bytes));
  try {
    for (const auto& certificate : domsec::pki::read_certificates(bytes, "input")) touch(certificate);
  } catch (const domsec::pki::BundleError&) {
    // the one exception that bad operator input may raise
  }
  // Without a pass-phrase: what it costs to derive a key is the file's choice, and the file is its owner's.
  try {
    (void)domsec::pki::read_private_key(bytes, "input");
  } catch (const domsec::pki::BundleError&) {
    // as above
  }
  return 0;
}
