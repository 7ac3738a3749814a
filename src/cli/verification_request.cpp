#include "verification_request.h"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "domsec/pki/instant.h"
#include "domsec/pki/key_usage.h"

namespace domsec::cli {
namespace {

constexpr int oldest_list = 2'000'000'000;  // seconds

template <typename T>
using Choices = std::initializer_list<std::pair<std::string_view, T>>;

/// The first choice is what an empty word means.
template <typename T>
T choice(std::string_view field, const std::string& word, Choices<T> choices) {
  if (word.empty()) return choices.begin()->second;
  std::string names;
  for (const auto& [name, value] : choices) {
    if (word == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  throw BadWord(std::string(field) + ": '" + word + "' is none of " + names);
}

int number(std::string_view field, std::optional<std::int64_t> given, int otherwise, int most) {
  if (!given) return otherwise;
  if (*given >= 0 && *given <= most) return static_cast<int>(*given);
  throw BadWord(std::string(field) + ": " + std::to_string(*given) + " is no number from 0 to " +
                std::to_string(most));
}

std::uint32_t usage_bits(const std::vector<std::string>& names) {
  std::uint32_t bits = 0;
  for (const std::string& name : names) {
    const auto bit = pki::key_usage_bit(name);
    if (!bit)
      throw BadWord("key_usage: '" + name +
                    "' is no key usage of RFC 5280 4.2.1.3, such as digitalSignature");
    bits |= 1U << *bit;
  }
  return bits;
}

/// RFC 3339 5.6 time-secfrac: certificates and lists know whole seconds, and a second lasts to its end.
std::string without_fraction(const std::string& time) {
  const std::size_t point = time.find('.');
  const std::size_t end = time.find_first_not_of("0123456789", point + 1);
  if (point == std::string::npos || end == std::string::npos || end == point + 1) return time;
  return time.substr(0, point) + time.substr(end);
}

pki::Instant instant_of(const std::string& time) {
  if (const auto at = pki::read_rfc3339(without_fraction(time))) return *at;
  throw BadWord("time: '" + time + "' is no time such as 2026-11-22T09:15:02Z");
}

void read_path(const VerificationRequest& request, pki::PathInput& into) {
  into.presented.push_back(request.leaf);
  into.presented.insert(into.presented.end(), request.intermediates.begin(), request.intermediates.end());
  const auto anchors = std::make_shared<pki::TrustStore>();
  anchors->add(request.trust);
  into.anchors = anchors;
  into.at = instant_of(request.time);
  into.purpose = choice<pki::Purpose>(
      "purpose", request.purpose,
      {{"any", pki::Purpose::any}, {"server", pki::Purpose::server}, {"client", pki::Purpose::client}});
  into.profile = choice<pki::PathProfile>(
      "profile", request.profile, {{"trust", pki::PathProfile::trust}, {"strict", pki::PathProfile::strict}});
  into.security_level = number("security_level", request.security_level, 1, 5);
  into.max_intermediates = number("max_depth", request.max_depth, into.max_intermediates, 100);
  into.policy = request.policy;
}

}  // namespace

policy::VerificationInput verification_input(const VerificationRequest& request) {
  using Check = policy::RevocationCheck;
  using Kind = policy::WantedName::Kind;
  policy::VerificationInput input;
  read_path(request, input.path);
  for (const auto& [kind, value] : request.names) {
    const Kind which =
        choice<Kind>("name", kind, {{"dns", Kind::dns}, {"ip", Kind::ip}, {"email", Kind::email}});
    input.names.push_back({which, value});
  }
  input.lists = request.lists;
  input.cn_fallback = request.cn_fallback;
  input.key_usage = usage_bits(request.key_usage);
  input.revocation = choice<Check>("crl_check", request.crl_check,
                                   {{"none", Check::none}, {"leaf", Check::leaf}, {"chain", Check::chain}});
  input.unknown_is_refused =
      choice<bool>("crl_unknown", request.crl_unknown, {{"deny", true}, {"allow", false}});
  input.expiry_is_refused =
      choice<bool>("crl_expiry", request.crl_expiry, {{"enforce", true}, {"ignore", false}});
  if (request.max_crl_age)
    input.max_crl_age = std::chrono::seconds(number("max_crl_age", request.max_crl_age, 0, oldest_list));
  return input;
}

}  // namespace domsec::cli
