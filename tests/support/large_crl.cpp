#include "support/large_crl.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string_view>

namespace domsec::testing {
namespace {

struct Value {
  unsigned char tag;
  std::string_view content;
  std::string_view whole;
};

/// The first DER value of `rest`, which is known to be well-formed.
Value take(std::string_view& rest) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  std::size_t length = octet(1);
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t count = length & 0x7FU;
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8U | octet(2 + i);
    header += count;
  }
  const Value value{octet(0), rest.substr(header, length), rest.substr(0, header + length)};
  rest.remove_prefix(header + length);
  return value;
}

std::string der(unsigned char tag, std::string_view content) {
  std::string value(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    value += static_cast<char>(content.size());
  } else {
    std::string length;
    for (std::size_t left = content.size(); left != 0; left >>= 8U)
      length.insert(length.begin(), static_cast<char>(left & 0xFFU));
    value += static_cast<char>(0x80U | length.size());
    value += length;
  }
  value.append(content);
  return value;
}

/// Sixteen octets that look like a random serial and are another one for each index.
std::string serial_octets(std::size_t index) {
  std::uint64_t mixed = (index + 1) * 0x9E3779B97F4A7C15U;
  std::string octets = "\x5A";
  for (int i = 0; i < 7; ++i, mixed = mixed << 8U | mixed >> 56U) octets += static_cast<char>(mixed & 0xFFU);
  for (int i = 7; i >= 0; --i) octets += static_cast<char>(index >> (8 * i) & 0xFFU);
  return octets;
}

std::string entries(std::size_t count) {
  using namespace std::string_view_literals;
  const std::string date = der(0x17, "261120120000Z");
  const std::string reason =
      der(0x30, der(0x30, der(0x06, "\x55\x1D\x15"sv) + der(0x04, der(0x0A, "\x01"sv))));
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += der(0x30, der(0x02, serial_octets(i)) + date + reason);
  return all;
}

std::string signature(const pki::Authority& issuer, std::string_view tbs) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* octets = reinterpret_cast<const unsigned char*>(tbs.data());
  std::size_t length = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, issuer.own().key.key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, octets, tbs.size()) != 1)
    throw std::runtime_error("the list cannot be signed");
  std::string made(length, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &length, octets, tbs.size()) != 1)
    throw std::runtime_error("the list cannot be signed");
  made.resize(length);
  return made;
}

}  // namespace

std::string large_crl(const pki::Authority& issuer, const pki::CrlRecipe& recipe, std::size_t more) {
  const std::string small = issuer.crl(recipe);
  std::string_view rest = small;
  std::string_view list = take(rest).content;
  std::string_view tbs = take(list).content;
  const std::string_view algorithm = take(list).whole;
  std::string made;
  for (int i = 0; i < 5; ++i) made += take(tbs).whole;  // version, algorithm, issuer, thisUpdate, nextUpdate
  std::string old;
  if (static_cast<unsigned char>(tbs.front()) == 0x30) old = take(tbs).content;
  made += der(0x30, old + entries(more));
  made += tbs;
  const std::string signed_part = der(0x30, made);
  return der(0x30, signed_part + std::string(algorithm) +
                       der(0x03, std::string(1, '\0') + signature(issuer, signed_part)));
}

std::string large_crl_serial(std::size_t index) {
  std::string text;
  for (const char c : serial_octets(index)) {
    text += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4U];
    text += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

}  // namespace domsec::testing
