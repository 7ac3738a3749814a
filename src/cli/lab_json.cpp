// `domsec lab ls --json`: faults and what runs, schema domsec.lab-list/1.
#include <boost/json.hpp>

#include "domsec/cli/lab.h"
#include "domsec/finding/catalogue.h"
#include "domsec/lab/fault.h"
#include "domsec/lab/state_file.h"
#include "json_values.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::value expectation(const std::optional<lab::Expectation>& expected) {
  if (!expected) return nullptr;
  json::object object{{"code", finding::name(expected->code)}, {"slug", finding::slug(expected->code)}, {"refused", expected->refused}};
  if (!expected->reply.empty()) object["reply"] = expected->reply;
  return object;
}

json::value what_runs(const std::string& directory) {
  const auto state = lab::running(directory);
  if (!state) return nullptr;
  json::array organisations;
  for (const lab::StateOrganisation& organisation : state->organisations) {
    json::array hosts;
    for (const lab::StateHost& host : organisation.hosts) {
      hosts.push_back({{"name", host.name}, {"address", host.address},
                       {"ipv6_address", text_or_null(host.ipv6_address)},
                       {"configuration", host.configuration},
                       {"broken", text_or_null(host.broken)}});
    }
    organisations.push_back({{"name", organisation.name},
                             {"domains", json::value_from(organisation.domains)},
                             {"broken", text_or_null(organisation.broken)},
                             {"hosts", hosts}});
  }
  return json::object{{"process", state->process}, {"dns", state->dns}, {"http", state->http}, {"smtp_port", state->smtp_port},
                      {"organisations", organisations}};
}

}  // namespace

std::string lab_list_json(const std::string& directory) {
  json::array faults;
  for (const lab::Fault& fault : lab::faults()) {
    faults.push_back({{"name", fault.name},
                      {"summary", fault.summary},
                      {"as_server", expectation(fault.as_server)},
                      {"as_client", expectation(fault.as_client)}});
  }
  return json::serialize(json::object{
      {"schema", "domsec.lab-list/1"}, {"directory", directory}, {"faults", faults}, {"running", what_runs(directory)}});
}

}  // namespace domsec::cli
