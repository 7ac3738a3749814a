// domsec.authority-register/1
#include <algorithm>
#include <boost/json.hpp>

#include "domsec/lab/authority_index.h"
#include "domsec/pki/bundle.h"
#include "domsec/pki/thumbprint.h"

namespace domsec::lab {
namespace {

namespace json = boost::json;

constexpr const char* schema = "domsec.authority-register/1";
constexpr std::size_t largest_index = 64U << 20;

json::object to_json(const IssuedCertificate& one) {
  return {{"serial", one.serial},
          {"authority", one.authority},
          {"subject", one.subject},
          {"thumbprint", one.thumbprint},
          {"at", pki::rfc3339(one.at)},
          {"not_after", pki::rfc3339(one.not_after)},
          {"faults", json::value_from(one.faults)},
          {"revoked_at", one.revoked_at ? json::value(pki::rfc3339(*one.revoked_at)) : json::value(nullptr)},
          {"reason", one.reason}};
}

std::string text(const json::object& object, const char* key) {
  return json::value_to<std::string>(object.at(key));
}

pki::Instant instant(const json::object& object, const char* key) {
  const std::optional<pki::Instant> at = pki::read_rfc3339(text(object, key));
  if (!at) throw std::invalid_argument(std::string("'") + key + "' is no time");
  return *at;
}

IssuedCertificate read_issued(const json::object& object) {
  IssuedCertificate one;
  one.serial = text(object, "serial");
  one.authority = text(object, "authority");
  one.subject = text(object, "subject");
  one.thumbprint = text(object, "thumbprint");
  one.at = instant(object, "at");
  one.not_after = instant(object, "not_after");
  one.faults = json::value_to<std::vector<std::string>>(object.at("faults"));
  if (!object.at("revoked_at").is_null()) one.revoked_at = instant(object, "revoked_at");
  one.reason = text(object, "reason");
  return one;
}

AuthorityIndex index_of(const json::object& object) {
  if (text(object, "schema") != schema) throw std::invalid_argument("the schema is another one");
  AuthorityIndex index;
  index.crl_base = text(object, "crl_base");
  index.key = text(object, "key");
  index.crl_number = object.at("crl_number").to_number<std::uint64_t>();
  index.authorities = json::value_to<std::vector<std::string>>(object.at("authorities"));
  for (const json::value& one : object.at("issued").as_array())
    index.issued.push_back(read_issued(one.as_object()));
  if (!index.has("root")) throw std::invalid_argument("there is no root");
  return index;
}

}  // namespace

bool AuthorityIndex::has(const std::string& authority) const {
  return std::find(authorities.begin(), authorities.end(), authority) != authorities.end();
}

IssuedCertificate* AuthorityIndex::find(const std::string& serial_or_thumbprint) {
  const std::string plain =
      pki::plain_thumbprint(serial_or_thumbprint);  // serial numbers are spelled in as many ways
  const auto found = std::find_if(issued.begin(), issued.end(), [&](const IssuedCertificate& one) {
    return one.serial == plain || one.thumbprint == plain;
  });
  return found == issued.end() ? nullptr : &*found;
}

AuthorityIndex read_authority_index(const std::string& file) {
  const std::string octets = pki::read_file(file, largest_index);
  try {
    return index_of(json::parse(octets).as_object());
  } catch (const std::exception& error) {
    throw pki::BundleError(pki::BundleError::Kind::garbage,
                           file + " is damaged (" + error.what() + "): put a copy of it in its place");
  }
}

void write_authority_index(const std::string& file, const AuthorityIndex& index) {
  json::array issued;
  for (const IssuedCertificate& one : index.issued) issued.push_back(to_json(one));
  const json::object object{{"schema", schema},
                            {"crl_base", index.crl_base},
                            {"key", index.key},
                            {"crl_number", index.crl_number},
                            {"authorities", json::value_from(index.authorities)},
                            {"issued", std::move(issued)}};
  pki::write_private_file(file, json::serialize(object) + "\n");
}

}  // namespace domsec::lab
