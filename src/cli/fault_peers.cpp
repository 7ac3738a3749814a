#include "fault_peers.h"

#include <ostream>

#include "domsec/cli/options.h"
#include "domsec/lab/peer_record.h"

namespace domsec::cli {
namespace {

constexpr policy::Role both[] = {policy::Role::receive, policy::Role::send};
constexpr std::size_t fault_width = 42;
constexpr std::size_t peer_width = 31;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text + ' ';
}

std::string full_name(const lab::PeerMet& met) {
  return (met.broken == policy::Role::receive ? "server/" : "client/") + met.fault;
}

const lab::PeerRecord& peer_of(const FaultsOptions& options) {
  refuse_unknown_peer(options);
  return *lab::find_peer_record(options.peer);
}

}  // namespace

void refuse_unknown_peer(const FaultsOptions& options) {
  if (options.peer.empty() || lab::find_peer_record(options.peer) != nullptr) return;
  std::string known;
  for (const lab::PeerRecord& each : lab::peer_records()) known += (known.empty() ? "" : ", ") + each.name;
  throw UsageError("--peer: there is no record of '" + options.peer + "'; name one of " + known);
}

void print_peer(const FaultsOptions& options, std::ostream& out) {
  const lab::PeerRecord& peer = peer_of(options);
  out << peer.title << ' ' << peer.version << '\n';
  if (!peer.as_client.empty()) out << "sends with     " << peer.as_client << '\n';
  if (!peer.as_server.empty()) out << "receives with  " << peer.as_server << '\n';
  out << '\n';
  for (const lab::PeerMet& met : peer.met) {
    const lab::Fault& fault = lab::fault_named(met.fault);
    if (is_asked_for(options, fault, met.broken))
      out << "  " << padded(full_name(met), fault_width) << text(met.outcome) << '\n';
  }
}

void print_peer_met(const FaultsOptions& options, std::ostream& out) {
  const lab::PeerRecord& peer = peer_of(options);
  const lab::Fault& fault = lab::fault_named(options.name);
  out << fault.name << ": " << fault.summary << '\n';
  for (const policy::Role broken : both) {
    if (!is_asked_for(options, fault, broken)) continue;
    const bool sent = broken == policy::Role::receive;
    out << '\n' << peer.title << ' ' << peer.version << (sent ? " as client of " : " as server of ");
    const lab::PeerMet* met = peer.find(fault.name, broken);
    if (met == nullptr) {
      out << (sent ? "server/" : "client/") << fault.name << ": not tried\n";
      continue;
    }
    out << full_name(*met) << ": " << text(met->outcome) << '\n';
    if (!met->log.empty()) out << "  log   " << met->log << '\n';
    out << "  with  " << (sent ? peer.as_client : peer.as_server) << '\n';
  }
}

void print_peers_of(std::ostream& out, const lab::Fault& fault, policy::Role broken) {
  for (const lab::PeerRecord& peer : lab::peer_records()) {
    if (const lab::PeerMet* met = peer.find(fault.name, broken))
      out << "  seen: " << padded(peer.title + " " + peer.version, peer_width) << text(met->outcome) << '\n';
  }
}

}  // namespace domsec::cli
