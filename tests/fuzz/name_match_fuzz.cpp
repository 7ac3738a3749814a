// Any octets as presented names and reference: matching must end, and must agree with itself.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "domsec/pki/name_match.h"
#include "fuzz/property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace domsec::pki;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = bytes.find('\n');  // the reference, then one presented name
  const std::string reference(bytes.substr(0, end));
  const std::string presented(end == std::string_view::npos ? std::string_view() : bytes.substr(end + 1));

  Certificate leaf;
  leaf.dns_names = {presented};
  NameRule exact;
  exact.mode = NameMatchMode::exact;
  const NameMatch strict = match_name(leaf, {reference}, exact);
  const NameMatch wide = match_name(leaf, {reference});
  property(!strict.matches || wide.matches, "what matches exactly matches in the wider mode");
  property(strict.matches == covers_host(presented, reference), "covers_host is the exact mode");
  property(strict.other_mode_matches == wide.matches && wide.other_mode_matches == strict.matches,
           "each mode knows the other");
  property(!wide.matches || presented.find('\0') == std::string::npos, "a NUL never matches");
  return 0;
}
