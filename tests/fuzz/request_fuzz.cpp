// Any octets as a PKCS#10 request: one clear sentence, or a request that means the same when it is written
// and read again.
#include <cstdint>
#include <string>
#include <string_view>

#include "domsec/pki/request.h"
#include "fuzz/property.h"

namespace {

using namespace domsec::pki;

void check(const Request& read) {
  const Request again = read_request(read.pem(), "again");
  property(again.der() == read.der(), "PEM holds the same request");
  property(again.subject == read.subject && again.dns_names == read.dns_names,
           "a request reads the same again");
  property(read.key_sha256.size() == 64 && read.thumbprint.size() == 40, "key and request have their hashes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    check(read_request(bytes, "input"));
  } catch (const BundleError& error) {
    const std::string_view sentence = error.what();
    property(sentence.size() > 10 && sentence.size() < 1000, "a fault is one sentence");
    property(sentence.find_first_of(std::string_view("\r\n\0\x1B", 4)) == std::string_view::npos,
             "a fault is one line that can be shown");
  }
  return 0;
}
