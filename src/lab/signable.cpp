#include "domsec/lab/signable.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "domsec/pki/harmless.h"
#include "domsec/smtp/domain.h"

namespace domsec::lab {
namespace {

constexpr int least_rsa_bits = 2048;
constexpr std::size_t most_names = 100;
constexpr std::size_t longest_common_name = 64;  // RFC 5280 A.1, ub-common-name

std::string key_refusal(const std::string& algorithm) {
  constexpr std::array<std::string_view, 5> sound{"EC P-256", "EC P-384", "EC P-521", "ED25519", "ED448"};
  if (std::find(sound.begin(), sound.end(), algorithm) != sound.end()) return {};
  if (!algorithm.starts_with("RSA ")) {
    return "the request has the key " + algorithm +
           ", which mail servers do not take; make it again with RSA 2048";
  }
  int bits = 0;
  std::from_chars(algorithm.data() + 4, algorithm.data() + algorithm.size(), bits);
  if (bits >= least_rsa_bits) return {};
  return "the key of the request has " + std::to_string(bits) +
         " bits, which is too weak; make the request again with 2048 or more";
}

/// RFC 5280 4.2.1.6, and a wildcard as the whole first label (D-7).
bool is_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  return smtp::is_host_name(name);
}

bool has_controls(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::string refusal(const pki::Request& request) {
  if (std::string why = key_refusal(request.key_algorithm); !why.empty()) return why;
  for (const std::string& name : request.common_names) {
    if (has_controls(name)) {
      return "the CN '" + pki::harmless(name) +
             "' has control characters; make the request again without them";
    }
    if (name.size() > longest_common_name) {
      return "the CN '" + pki::harmless(name, 80) +
             "' is longer than 64 characters; make the request again with a shorter one";
    }
  }
  for (const std::string& name : request.dns_names) {
    if (is_name(name)) continue;
    return "the request asks for the name '" + pki::harmless(name) +
           "', which is no host name; make it again with names such as mail.contoso.com or *.contoso.com";
  }
  if (request.dns_names.size() > most_names) {
    return "the request asks for " + std::to_string(request.dns_names.size()) +
           " names; make it again with at most 100";
  }
  if (request.subject.empty() && request.dns_names.empty()) {
    return "the request has neither a subject nor a name; make it again with a CN";
  }
  return {};
}

std::vector<std::string> names_for(const pki::Request& request) {
  if (!request.dns_names.empty()) return request.dns_names;
  std::vector<std::string> names;
  for (const std::string& name : request.common_names) {
    if (is_name(name) && name.find('.') != std::string::npos) names.push_back(name);
  }
  return names;
}

}  // namespace domsec::lab
