#include <boost/json.hpp>

#include "domsec/cli/faults.h"
#include "domsec/finding/catalogue.h"
#include "domsec/finding/profile.h"
#include "domsec/lab/peer_record.h"
#include "json_values.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

std::string_view word(finding::Severity severity) {
  switch (severity) {
    case finding::Severity::ok:
      return "ok";
    case finding::Severity::information:
      return "information";
    case finding::Severity::warning:
      return "warning";
    case finding::Severity::fails:
      return "fails";
    case finding::Severity::silent:
      return "silent";
    case finding::Severity::inconclusive:
      return "inconclusive";
    case finding::Severity::unknown:
      return "unknown";
  }
  return "unknown";
}

json::value expectation(const FaultsOptions& options, const lab::Fault& fault, policy::Role role) {
  if (!is_asked_for(options, fault, role)) return nullptr;
  const lab::Expectation& expected = role == policy::Role::receive ? *fault.as_server : *fault.as_client;
  json::object stacks;
  for (const finding::Profile profile :
       {finding::Profile::exchange, finding::Profile::postfix, finding::Profile::exim,
        finding::Profile::opensmtpd, finding::Profile::strict}) {
    stacks[finding::text(profile)] = word(finding::severity(expected.code, profile));
  }
  return json::object{
      {"code", finding::name(expected.code)},  {"slug", finding::slug(expected.code)},
      {"level", policy::text(expected.level)}, {"mail", expected.refused ? "refused" : "passes"},
      {"reply", text_or_null(expected.reply)}, {"stacks", std::move(stacks)}};
}

bool is_wanted(const FaultsOptions& options, const lab::PeerRecord& peer) {
  return options.peer.empty() || options.peer == peer.name;
}

/// What each program did that met it.
json::array peers_of(const FaultsOptions& options, const lab::Fault& fault) {
  json::array peers;
  for (const policy::Role broken : {policy::Role::receive, policy::Role::send}) {
    if (!is_asked_for(options, fault, broken)) continue;
    for (const lab::PeerRecord& peer : lab::peer_records()) {
      const lab::PeerMet* met = is_wanted(options, peer) ? peer.find(fault.name, broken) : nullptr;
      if (met == nullptr) continue;
      peers.push_back({{"peer", peer.name},
                       {"broken", broken == policy::Role::receive ? "server" : "client"},
                       {"outcome", text(met->outcome)},
                       {"log", text_or_null(met->log)}});
    }
  }
  return peers;
}

json::array peers_json(const FaultsOptions& options) {
  json::array peers;
  for (const lab::PeerRecord& peer : lab::peer_records()) {
    if (!is_wanted(options, peer)) continue;
    peers.push_back({{"name", peer.name},
                     {"title", peer.title},
                     {"version", peer.version},
                     {"as_client", text_or_null(peer.as_client)},
                     {"as_server", text_or_null(peer.as_server)}});
  }
  return peers;
}

}  // namespace

std::string faults_json(const FaultsOptions& options) {
  json::array faults;
  for (const lab::Fault& fault : lab::faults()) {
    json::value server = expectation(options, fault, policy::Role::receive);
    json::value client = expectation(options, fault, policy::Role::send);
    if (server.is_null() && client.is_null()) continue;
    faults.push_back({{"name", fault.name},
                      {"family", text(fault.family)},
                      {"summary", fault.summary},
                      {"use", fault.use},
                      {"as_server", std::move(server)},
                      {"as_client", std::move(client)},
                      {"peers", peers_of(options, fault)}});
  }
  return json::serialize(json::object{
      {"schema", "domsec.faults/1"}, {"peers", peers_json(options)}, {"faults", std::move(faults)}});
}

}  // namespace domsec::cli
