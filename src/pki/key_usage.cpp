#include "domsec/pki/key_usage.h"

#include <algorithm>
#include <array>

namespace domsec::pki {
namespace {

constexpr std::array<std::string_view, 9> names{"digitalSignature", "nonRepudiation", "keyEncipherment",
                                                "dataEncipherment", "keyAgreement",   "keyCertSign",
                                                "cRLSign",          "encipherOnly",   "decipherOnly"};

}  // namespace

std::optional<unsigned> key_usage_bit(std::string_view name) {
  if (name == "contentCommitment") name = "nonRepudiation";  // X.509's newer name of the same bit
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<unsigned>(found - names.begin());
}

std::vector<std::string_view> key_usage_names(std::uint32_t bits) {
  std::vector<std::string_view> set;
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((bits >> bit & 1U) != 0) set.push_back(names[bit]);
  }
  return set;
}

}  // namespace domsec::pki
