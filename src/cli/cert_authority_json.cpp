// domsec.authority/1, domsec.signing/1, domsec.crl-issue/1
#include "cert_authority_json.h"

#include <boost/json.hpp>

#include "json_values.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::object issued_json(const lab::IssuedCertificate& one) {
  return {{"serial", one.serial},
          {"authority", text_or_null(one.authority)},
          {"subject", one.subject},
          {"thumbprint", one.thumbprint},
          {"not_after", pki::rfc3339(one.not_after)},
          {"faults", json::value_from(one.faults)},
          {"revoked_at", one.revoked_at ? json::value(pki::rfc3339(*one.revoked_at)) : json::value(nullptr)},
          {"reason", text_or_null(one.reason)}};
}

}  // namespace

std::string authority_json(const std::string& directory, const lab::AuthorityIndex& index) {
  json::array authorities;
  for (const std::string& name : index.authorities) {
    authorities.push_back(json::object{{"name", name}, {"certificate", directory + "/" + name + ".pem"}});
  }
  return json::serialize(json::object{{"schema", "domsec.authority/1"},
                                      {"directory", directory},
                                      {"crl_base", text_or_null(index.crl_base)},
                                      {"authorities", std::move(authorities)},
                                      {"public", directory + "/public"},
                                      {"exit_code", 0}});
}

std::string signing_json(const lab::SignedCertificate& made, const std::string& file) {
  return json::serialize(json::object{{"schema", "domsec.signing/1"},
                                      {"certificate", issued_json(made.record)},
                                      {"dns_names", json::value_from(made.chain.front()->dns_names)},
                                      {"chain", made.chain.size()},
                                      {"file", text_or_null(file)},
                                      {"pem", pki::pem_of(made.chain)},
                                      {"notes", json::value_from(made.notes)},
                                      {"exit_code", 0}});
}

std::string issued_lists_json(const std::string& directory, const lab::AuthorityIndex& index,
                              const std::vector<lab::IssuedList>& lists) {
  json::array all;
  for (const lab::IssuedList& list : lists) {
    all.push_back(json::object{{"authority", list.authority},
                               {"file", directory + "/public/" + list.file},
                               {"revoked", list.revoked},
                               {"next_update", pki::rfc3339(list.next_update)}});
  }
  json::array revoked;
  for (const lab::IssuedCertificate& one : index.issued) {
    if (one.revoked_at) revoked.push_back(issued_json(one));
  }
  return json::serialize(json::object{{"schema", "domsec.crl-issue/1"},
                                      {"number", index.crl_number},
                                      {"lists", std::move(all)},
                                      {"revoked", std::move(revoked)},
                                      {"exit_code", 0}});
}

}  // namespace domsec::cli
