// Any octets as an OCSP response: reading must end, and nothing counts but what is signed in the seeds. Issuer
// and certificate are those for which the seeds were made (openssl ocsp), so that a mutation comes far.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domsec/pki/bundle.h"
#include "domsec/pki/ocsp.h"
#include "fuzz/property.h"

namespace {

using domsec::pki::RevocationState;

constexpr domsec::pki::Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}};

constexpr const char* certificates =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBHjCBxQIGGis8TV5vMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDENvbnRvc28g\n"
    "Um9vdDAeFw0yNjExMjIxMTA0NTJaFw0zNTAyMDgxMTA0NTJaMBsxGTAXBgNVBAMM\n"
    "EG1haWwuY29udG9zby5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR1Q2Y1\n"
    "Ck6xaqjsnGWPaMYQlwJyT4E/kswlRv7cFbLCnJrOBWV7IC3HGwMns8ESkwOjIiAC\n"
    "Dlv+jreYGSu38d0pMAoGCCqGSM49BAMCA0gAMEUCIAqbHKNE2BUjFD//dkdL3Xw9\n"
    "GgeUM53/hd9Pni9lKC3KAiEA1AXHnJIfu/bAj624E/LedxGY81nuK9MdwYC7DmVp\n"
    "MJ0=\n"
    "-----END CERTIFICATE-----\n"
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBhDCCASmgAwIBAgIUTv3TqGq0Q3aSp7UxIcl1paM09D4wCgYIKoZIzj0EAwIw\n"
    "FzEVMBMGA1UEAwwMQ29udG9zbyBSb290MB4XDTI2MTEyMjExMDQ1MloXDTM2MTEx\n"
    "OTExMDQ1MlowFzEVMBMGA1UEAwwMQ29udG9zbyBSb290MFkwEwYHKoZIzj0CAQYI\n"
    "KoZIzj0DAQcDQgAEjudDHsAgBld6e7DGogGGnHNHc440pDjPQRCy7NHmMRDwVjor\n"
    "tmYcLZH3FhElBH36DuINakzoDvWUtMKPmFSEDKNTMFEwHQYDVR0OBBYEFPNehnhw\n"
    "UwyCuoBaqtbewo4VQXl0MB8GA1UdIwQYMBaAFPNehnhwUwyCuoBaqtbewo4VQXl0\n"
    "MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAJYoOqjMbzXERTW/\n"
    "rAr+Y686/NAXlgwi5J+P9UkBZk9VAiEAvniiKEzGWU/Kv0vC8I/6zQ/HygFz0M8l\n"
    "YOJZ8yUyDDY=\n"
    "-----END CERTIFICATE-----\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The leaf, then its issuer.
  static const domsec::pki::Chain path = domsec::pki::read_certificates(certificates, "certificates");
  const std::string_view der(reinterpret_cast<const char*>(data), size);
  const auto answer = domsec::pki::examine_ocsp(der, *path[0], path[1].get(), now);
  property(answer.state != RevocationState::good || answer.responder == "CN=Contoso Root",
           "only the issuer called the certificate good");
  property(answer.state != RevocationState::revoked ||
               (answer.responder == "CN=Contoso OCSP" && answer.reason == "keyCompromise"),
           "only the responder called it revoked");
  property(answer.state == RevocationState::good || !answer.detail.empty(), "all else has its clause");
  property(answer.problem == domsec::pki::OcspProblem::none || answer.state == RevocationState::unknown,
           "what does not count says nothing");
  (void)domsec::pki::is_ocsp_response(der);
  return 0;
}
