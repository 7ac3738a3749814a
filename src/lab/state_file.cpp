#include "domsec/lab/state_file.h"

#include <signal.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>

#include "domsec/net/channel.h"
#include "domsec/pki/bundle.h"

namespace domsec::lab {
namespace {

namespace json = boost::json;

constexpr std::size_t state_limit = 1U << 20;

std::optional<json::value> read_json(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  json::error_code bad;
  json::value value;
  try {
    value = json::parse(pki::read_file(file, state_limit), bad);
  } catch (const pki::BundleError&) {
    return std::nullopt;
  }
  if (bad || !value.is_object()) return std::nullopt;
  return value;
}

std::string text(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::int64_t number(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_int64() ? value->as_int64() : 0;
}

std::vector<json::object> objects(const json::object& object, const char* key) {
  std::vector<json::object> result;
  const json::value* value = object.if_contains(key);
  if (!value || !value->is_array()) return result;
  for (const json::value& each : value->as_array()) {
    if (each.is_object()) result.push_back(each.as_object());
  }
  return result;
}

json::object to_json(const StateOrganisation& organisation) {
  json::array hosts;
  for (const StateHost& host : organisation.hosts) {
    hosts.push_back({{"name", host.name},
                     {"address", host.address},
                     {"ipv6_address", host.ipv6_address},
                     {"configuration", host.configuration},
                     {"broken", host.broken}});
  }
  return {{"name", organisation.name},
          {"title", organisation.title},
          {"domains", json::value_from(organisation.domains)},
          {"broken", organisation.broken},
          {"hosts", hosts}};
}

StateOrganisation read_organisation(const json::object& source) {
  StateOrganisation organisation;
  organisation.name = text(source, "name");
  organisation.title = text(source, "title");
  organisation.broken = text(source, "broken");
  if (const json::value* domains = source.if_contains("domains"); domains && domains->is_array()) {
    for (const json::value& domain : domains->as_array()) {
      if (domain.is_string()) organisation.domains.emplace_back(domain.as_string());
    }
  }
  for (const json::object& host : objects(source, "hosts")) {
    organisation.hosts.push_back(StateHost{text(host, "name"), text(host, "address"),
                                           text(host, "ipv6_address"), text(host, "configuration"),
                                           text(host, "broken")});
  }
  return organisation;
}

}  // namespace

std::string default_directory() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return std::string(state) + "/domsec/lab";
  const char* home = std::getenv("HOME");
  return std::string(home && *home ? home : "/tmp") + "/.local/state/domsec/lab";
}

void write_state(const std::string& directory, const State& state) {
  json::array organisations;
  for (const StateOrganisation& organisation : state.organisations)
    organisations.push_back(to_json(organisation));
  const json::object document{
      {"schema", "domsec.lab/1"}, {"process", state.process},     {"dns", state.dns},
      {"http", state.http},       {"smtp_port", state.smtp_port}, {"organisations", organisations}};
  pki::write_private_file(directory + "/lab.json", json::serialize(document) + "\n");
}

std::optional<State> read_state(const std::string& directory) {
  const std::optional<json::value> document = read_json(directory + "/lab.json");
  if (!document || text(document->as_object(), "schema") != "domsec.lab/1") return std::nullopt;
  const json::object& object = document->as_object();
  State state;
  state.process = number(object, "process");
  state.dns = text(object, "dns");
  state.http = text(object, "http");
  state.smtp_port = static_cast<std::uint16_t>(number(object, "smtp_port"));
  for (const json::object& organisation : objects(object, "organisations")) {
    state.organisations.push_back(read_organisation(organisation));
  }
  return state;
}

std::optional<State> running(const std::string& directory) {
  std::optional<State> state = read_state(directory);
  if (!state || state->process <= 0 || ::kill(static_cast<pid_t>(state->process), 0) != 0)
    return std::nullopt;
  return state;
}

void remove_state(const std::string& directory) {
  std::error_code ignored;
  std::filesystem::remove(directory + "/lab.json", ignored);
  std::filesystem::remove(directory + "/wanted.json", ignored);
}

void write_wanted(const std::string& directory, const Wanted& wanted) {
  json::object document;
  for (const auto& [organisation, fault] : wanted) document[organisation] = fault;
  pki::write_private_file(directory + "/wanted.json", json::serialize(document) + "\n");
}

Wanted read_wanted(const std::string& directory) {
  Wanted wanted;
  const std::optional<json::value> document = read_json(directory + "/wanted.json");
  if (!document) return wanted;
  for (const auto& [organisation, fault] : document->as_object()) {
    if (fault.is_string()) wanted[organisation] = std::string(fault.as_string());
  }
  return wanted;
}

bool has_ipv6(const State& state) {
  for (const StateOrganisation& organisation : state.organisations) {
    for (const StateHost& host : organisation.hosts) {
      if (!host.ipv6_address.empty()) return true;
    }
  }
  return false;
}

std::string ipv6_text(const State& state) {
  std::string hosts;
  for (const StateOrganisation& organisation : state.organisations) {
    for (const StateHost& host : organisation.hosts) {
      if (host.ipv6_address.empty()) continue;
      hosts += (hosts.empty() ? "IPv6 " : ", ") + host.name + " at " +
               net::Endpoint{host.ipv6_address, state.smtp_port}.text();
    }
  }
  return hosts.empty() ? "IPv4 only: no host has an IPv6 address on this machine" : hosts;
}

const StateOrganisation* owner_of(const State& state, const std::string& domain) {
  for (const StateOrganisation& organisation : state.organisations) {
    if (std::find(organisation.domains.begin(), organisation.domains.end(), domain) !=
        organisation.domains.end()) {
      return &organisation;
    }
  }
  return nullptr;
}

}  // namespace domsec::lab
