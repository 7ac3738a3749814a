// Any octets as a revocation list: reading must end, and what was read must answer without touching anything
// outside it.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "domsec/pki/authority.h"
#include "domsec/pki/crl_facts.h"
#include "domsec/pki/crl_listing.h"
#include "domsec/pki/revocation.h"
#include "fuzz/property.h"

namespace {

using domsec::pki::Authority;
using domsec::pki::CertificatePtr;
using domsec::pki::Instant;

constexpr Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

domsec::pki::CertificateRecipe recipe(const char* subject) {
  domsec::pki::CertificateRecipe made;
  made.subject = subject;
  made.not_before = now - std::chrono::days{1};
  made.not_after = now + std::chrono::days{1};
  made.crl_distribution_points = {"http://crl.contoso.com/ca.crl"};
  return made;
}

const Authority& authority() {
  static const Authority made = [] {
    domsec::pki::CertificateRecipe root = recipe("CN=Contoso Root");
    root.ca = true;
    return Authority::root(root);
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const CertificatePtr leaf = authority().issue(recipe("CN=mail.contoso.com")).chain.front();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& list : domsec::pki::Crl::read_all(bytes)) {
    const std::vector<domsec::pki::CrlCandidate> candidates{
        {list, domsec::pki::CrlOrigin::file, "fuzz", {}, {}}};
    const auto answer = examine_revocation({{leaf, authority().certificate()}}, candidates, {.at = now});
    property(answer.state == domsec::pki::RevocationState::unknown,
             "a list that the authority did not sign says nothing");
    (void)list->number();
    (void)is_listed(*list, *leaf);
    const domsec::pki::CrlFacts facts = crl_facts(*list);
    property(facts.octets <= size, "a list is no longer than its file");
  }
  return 0;
}
