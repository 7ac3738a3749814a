#include "recipe_subject.h"

#include <array>

#include "distinguished_name.h"
#include "domsec/pki/authority.h"

namespace domsec::pki {
namespace {

struct Attribute {
  std::string name;
  std::string value;
  bool joins_previous = false;  // written behind a `+`
};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Takes a value off the front of `rest`: bare up to `,` or `+`, or quoted with doubled quotes inside.
std::string take_value(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  std::string value;
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find_first_of(",+"), rest.size());
    value = trimmed(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
  }
  rest.remove_prefix(1);
  while (!rest.empty()) {
    if (rest.starts_with("\"\"")) {
      rest.remove_prefix(1);
    } else if (rest.starts_with('"')) {
      rest = trimmed(rest.substr(1));
      return value;
    }
    value += rest.front();
    rest.remove_prefix(1);
  }
  throw RecipeError("the subject has an opening quote without a closing one: " + harmless(value));
}

std::vector<Attribute> attributes_of(std::string_view text) {
  std::vector<Attribute> attributes;
  std::string_view rest = text;
  bool joins = false;
  while (!trimmed(rest).empty()) {
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) {
      throw RecipeError("the subject needs NAME=VALUE pairs such as CN=mail1.contoso.com, O=Contoso: " +
                        harmless(rest));
    }
    Attribute attribute{std::string(trimmed(rest.substr(0, equals))), {}, joins};
    rest.remove_prefix(equals + 1);
    attribute.value = take_value(rest);
    attributes.push_back(std::move(attribute));
    if (!rest.empty() && rest.front() != ',' && rest.front() != '+') {
      throw RecipeError("the subject has text behind a closing quote: " + harmless(rest));
    }
    joins = rest.starts_with('+');
    if (!rest.empty()) rest.remove_prefix(1);
  }
  return attributes;
}

/// RFC 5280 Appendix A.1: countryName and serialNumber are PrintableString, dc and emailAddress IA5String;
/// UTF8String for the rest (4.1.2.4 asks for it).
int string_type(int nid) {
  if (nid == NID_countryName || nid == NID_serialNumber) return V_ASN1_PRINTABLESTRING;
  if (nid == NID_domainComponent || nid == NID_pkcs9_emailAddress) return V_ASN1_IA5STRING;
  return V_ASN1_UTF8STRING;
}

/// RFC 4514 2.3: the case of a type does not count; Windows has spellings of its own.
int attribute_nid(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, int>, 19> spellings{{{"CN", NID_commonName},
                                                                        {"O", NID_organizationName},
                                                                        {"OU", NID_organizationalUnitName},
                                                                        {"C", NID_countryName},
                                                                        {"L", NID_localityName},
                                                                        {"ST", NID_stateOrProvinceName},
                                                                        {"S", NID_stateOrProvinceName},
                                                                        {"DC", NID_domainComponent},
                                                                        {"SERIALNUMBER", NID_serialNumber},
                                                                        {"STREET", NID_streetAddress},
                                                                        {"T", NID_title},
                                                                        {"TITLE", NID_title},
                                                                        {"E", NID_pkcs9_emailAddress},
                                                                        {"EMAIL", NID_pkcs9_emailAddress},
                                                                        {"EMAILADDRESS", NID_pkcs9_emailAddress},
                                                                        {"G", NID_givenName},
                                                                        {"GN", NID_givenName},
                                                                        {"SN", NID_surname},
                                                                        {"UID", NID_userId}}};
  std::string upper = name;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  for (const auto& [spelling, nid] : spellings) {
    if (upper == spelling) return nid;
  }
  return OBJ_txt2nid(name.c_str());
}

void add(X509_NAME* name, const Attribute& attribute) {
  const ErrorQueueMark mark;
  const int nid = attribute_nid(attribute.name);
  const Asn1ObjectOwner unnamed(nid == NID_undef ? OBJ_txt2obj(attribute.name.c_str(), 1) : nullptr);
  const ASN1_OBJECT* oid = nid == NID_undef ? unnamed.get() : OBJ_nid2obj(nid);
  if (oid == nullptr) {
    throw RecipeError("the subject has the unknown attribute '" + harmless(attribute.name) +
                      "'; known are CN, O, OU, C, L, ST, DC, emailAddress and dotted object identifiers");
  }
  const X509NameEntryOwner entry(X509_NAME_ENTRY_create_by_OBJ(
      nullptr, oid, string_type(nid), reinterpret_cast<const unsigned char*>(attribute.value.data()),
      static_cast<int>(attribute.value.size())));
  if (entry == nullptr ||
      X509_NAME_add_entry(name, entry.get(), -1, attribute.joins_previous ? -1 : 0) != 1) {
    throw RecipeError("the subject's attribute '" + harmless(attribute.name) + "' cannot be encoded");
  }
}

}  // namespace

X509NameOwner recipe_subject(std::string_view text) {
  X509NameOwner name(X509_NAME_new());
  for (const Attribute& attribute : attributes_of(text)) add(name.get(), attribute);
  const ErrorQueueMark mark;
  // libcrypto compares names by their canonical form, so it neither writes nor reads a UTF8String that is
  // none.
  if (i2d_X509_NAME(name.get(), nullptr) < 0)
    throw RecipeError("the subject is not UTF-8: " + harmless(text));
  return name;
}

}  // namespace domsec::pki
