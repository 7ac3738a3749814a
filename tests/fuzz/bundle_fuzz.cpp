// Any octets as a file of certificates and keys: in PEM, DER, PKCS#7 and PKCS#12, as a bundle, a key and a
// chain file. One clear sentence or what the file holds; never anything else.
#include <cstdint>
#include <string>
#include <string_view>

#include "domsec/pki/bundle.h"
#include "domsec/pki/chain_file.h"
#include "fuzz/property.h"

namespace {

using namespace domsec::pki;

/// True when `read` came to its end.
template <class Read>
bool tried(Read read) {
  try {
    read();
    return true;
  } catch (const BundleError& error) {  // the one exception that bad operator input may raise
    const std::string_view sentence = error.what();
    property(sentence.size() > 10 && sentence.size() < 1000, "a fault is one sentence");
    property(sentence.find_first_of(std::string_view("\r\n\0\x1B", 4)) == std::string_view::npos,
             "a fault is one line that can be shown");
    return false;
  }
}

void check(const Credentials& credentials) {
  property(credentials.key.key != nullptr && !credentials.chain.empty(),
           "an identity is a key and a certificate");
  property(!credentials.key.pem().empty(), "a key that was read can be written");
  for (const CertificatePtr& certificate : credentials.chain)
    property(certificate != nullptr, "a chain has no gaps");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string pass_phrase = "secret";
  tried([&] {
    for (const CertificatePtr& certificate : read_certificates(bytes, "input"))
      property(certificate != nullptr, "a chain has no gaps");
  });
  const bool open = tried([&] { (void)read_private_key(bytes, "input"); });
  const bool opened = tried([&] { (void)read_private_key(bytes, "input", pass_phrase); });
  property(opened || !open, "a pass-phrase that is not needed does not hurt");
  tried([&] {
    for (const Credentials& credentials : read_chain_file(bytes, "input", pass_phrase)) check(credentials);
  });
  const bool parsed = is_pkcs12(bytes);
  const bool read = tried([&] { check(read_pkcs12(bytes, "input", pass_phrase)); });
  property(parsed || !read, "what opens as PKCS#12 is PKCS#12");
  return 0;
}
