#include "distinguished_name.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

constexpr std::size_t most_rdns = 32;  // a real name has fewer than ten

std::string escape(const char* form, unsigned value) {
  std::array<char, 16> text{};
  const int length = std::snprintf(text.data(), text.size(), form, value);
  return {text.data(), static_cast<std::size_t>(length)};
}

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t size = 0;  // 0 = the byte here begins no character
};

/// RFC 3629 4: no overlong form, no surrogate, nothing past U+10FFFF.
CodePoint code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  std::uint32_t value = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least[size] || surrogate || value > 0x10FFFF) return {};
  return {value, size};
}

/// C1 controls, zero-width and direction marks, line separators, the byte-order mark: they make a name look
/// like another.
bool deceptive(std::uint32_t c) {
  return (c >= 0x80 && c <= 0x9F) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xE0000 && c <= 0xE007F);
}

std::string utf8_or_raw(const ASN1_STRING* value) {
  const ErrorQueueMark mark;
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, value);
  if (length < 0) return bytes_of(value);
  const OpensslBuffer<unsigned char> owner(utf8);
  return {reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)};
}

std::string attribute_name(const ASN1_OBJECT* oid) {
  const int nid = OBJ_obj2nid(oid);
  switch (nid) {
    // RFC 4514 3, and what CryptoAPI and OpenSSL users read every day.
    case NID_commonName: return "CN";
    case NID_organizationName: return "O";
    case NID_organizationalUnitName: return "OU";
    case NID_countryName: return "C";
    case NID_localityName: return "L";
    case NID_stateOrProvinceName: return "ST";
    case NID_streetAddress: return "STREET";
    case NID_domainComponent: return "DC";
    case NID_userId: return "UID";
    case NID_surname: return "SN";
    case NID_givenName: return "GN";
    case NID_title: return "T";
    case NID_serialNumber: return "SERIALNUMBER";
    case NID_pkcs9_emailAddress: return "emailAddress";
    default: return dotted(oid);  // object identifiers are an open set
  }
}

std::string quoted_where_needed(const std::string& value) {
  const bool bare = value.find_first_of(",+=<>;#\"") == std::string::npos && !value.starts_with(' ') &&
                    !value.ends_with(' ');
  if (bare) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

struct Rdn {
  int set = 0;
  bool with_common_name = false;
  std::string text;
};

/// In the order of the encoding; entries of one set (RFC 5280 4.1.2.4 RelativeDistinguishedName) joined.
std::vector<Rdn> rdns_of(const X509_NAME* name) {
  std::vector<Rdn> rdns;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const ASN1_OBJECT* oid = X509_NAME_ENTRY_get_object(entry);
    const int set = X509_NAME_ENTRY_set(entry);
    const bool joins = !rdns.empty() && rdns.back().set == set;
    if (!joins && rdns.size() == most_rdns) break;
    if (!joins) rdns.push_back({set, false, {}});
    Rdn& rdn = rdns.back();
    if (rdn.text.size() > 1024) continue;
    if (!rdn.text.empty()) rdn.text += '+';
    rdn.text += attribute_name(oid) + '=' +
                quoted_where_needed(harmless(utf8_or_raw(X509_NAME_ENTRY_get_data(entry))));
    rdn.with_common_name |= OBJ_obj2nid(oid) == NID_commonName;
  }
  return rdns;
}

}  // namespace

std::string distinguished_name(const X509_NAME* name) {
  std::vector<Rdn> rdns = rdns_of(name);
  // RFC 4514 2.1 starts with the last RDN. Some authorities encode the CN first; then the encoding is already
  // that order.
  const bool encoded_cn_first =
      !rdns.empty() && rdns.front().with_common_name && !rdns.back().with_common_name;
  if (!encoded_cn_first) std::reverse(rdns.begin(), rdns.end());
  const auto cn = std::find_if(rdns.begin(), rdns.end(), [](const Rdn& rdn) { return rdn.with_common_name; });
  if (cn != rdns.end()) std::rotate(rdns.begin(), cn, std::next(cn));
  std::string text;
  for (const Rdn& rdn : rdns) {
    if (!text.empty()) text += ", ";
    text += rdn.text;
    if (text.size() > 4096) break;
  }
  return text;
}

std::vector<std::string> common_names_of(const X509_NAME* name) {
  std::vector<std::string> names;
  for (int i = X509_NAME_get_index_by_NID(name, NID_commonName, -1); i >= 0;
       i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) {
    names.push_back(utf8_or_raw(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i))));
  }
  return names;
}

std::string harmless(std::string_view text, std::size_t limit) {
  std::string safe;
  for (std::size_t i = 0; i < text.size();) {
    if (safe.size() >= limit) return safe + "...(" + std::to_string(text.size()) + " bytes)";
    const auto byte = static_cast<unsigned char>(text[i]);
    const CodePoint point = code_point(text.substr(i));
    if (point.size == 0 || byte < 0x20 || byte == 0x7F || byte == '\\') {
      safe += escape("\\x%02X", byte);
    } else if (deceptive(point.value)) {
      safe += escape("\\u%04X", point.value);
    } else {
      safe += text.substr(i, point.size);
    }
    i += std::max<std::size_t>(point.size, 1);
  }
  return safe;
}

std::string dotted(const ASN1_OBJECT* oid) {
  std::array<char, 128> text{};
  const int length = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), oid, 1);
  if (length <= 0) return "unreadable-oid";
  return {text.data(), std::min<std::size_t>(static_cast<std::size_t>(length), text.size() - 1)};
}

std::string bytes_of(const ASN1_STRING* text) {
  if (text == nullptr || ASN1_STRING_length(text) <= 0) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

}  // namespace domsec::pki
