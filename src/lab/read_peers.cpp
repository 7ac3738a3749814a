// faults/peers/*.toml: one [peer] table, then a [[met]] table for each fault.
#include "domsec/lab/fault.h"
#include "domsec/lab/peer_record.h"
#include "toml_table.h"

namespace domsec::lab {
namespace {

constexpr std::pair<std::string_view, PeerOutcome> outcomes[] = {
    {"delivered", PeerOutcome::delivered}, {"delivered-in-clear", PeerOutcome::delivered_in_clear},
    {"deferred", PeerOutcome::deferred},   {"bounced", PeerOutcome::bounced},
    {"refused", PeerOutcome::refused},     {"left", PeerOutcome::left},
    {"hangs", PeerOutcome::hangs},         {"crashes", PeerOutcome::crashes},
    {"varies", PeerOutcome::varies}};

PeerMet read_met(const toml::table& source, const std::string& file) {
  const Table table(source, file, {"fault", "outcome", "log"});
  const std::string written = table.text("fault");
  const bool server = written.starts_with("server/");
  if (!server && !written.starts_with("client/")) {
    throw LabError(table.where("fault") + "'" + written +
                   "' says no role; write server/NAME for a broken server, client/NAME for a broken client");
  }
  const Fault* fault = find_fault(written);
  if (fault == nullptr) {
    throw LabError(table.where("fault") + "the catalogue has no fault '" + written +
                   "' in that role; tests/oracle/run --write records anew");
  }
  PeerMet met;
  met.fault = fault->name;
  met.broken = server ? policy::Role::receive : policy::Role::send;
  (void)table.text("outcome");
  met.outcome = table.word_if("outcome", outcomes).value_or(PeerOutcome::delivered);
  met.log = table.text_or("log", "");
  return met;
}

}  // namespace

std::string_view text(PeerOutcome outcome) {
  for (const auto& [word, value] : outcomes) {
    if (value == outcome) return word;
  }
  return "delivered";
}

const PeerMet* PeerRecord::find(std::string_view fault, policy::Role broken) const {
  for (const PeerMet& each : met) {
    if (each.fault == fault && each.broken == broken) return &each;
  }
  return nullptr;
}

PeerRecord read_peer_record(std::string_view text, const std::string& file, std::string name) {
  PeerRecord record;
  record.name = std::move(name);
  try {
    const toml::table root = toml::parse(text, file);
    const Table table(root, file, {"peer", "met"});
    const toml::table* about = table.table_if("peer");
    if (about == nullptr) throw LabError(file + ":1: 'peer' is missing; write [peer] with title and version");
    const Table peer(*about, file, {"title", "version", "as_client", "as_server"});
    record.title = peer.text("title");
    record.version = peer.text("version");
    record.as_client = peer.text_or("as_client", "");
    record.as_server = peer.text_or("as_server", "");
    for (const toml::table* source : table.tables("met")) {
      PeerMet met = read_met(*source, file);
      if (record.find(met.fault, met.broken) != nullptr)
        throw LabError(place(file, *source) + "'" + met.fault + "' was met in this role already; keep one");
      const bool sent = met.broken == policy::Role::receive;
      if ((sent ? record.as_client : record.as_server).empty()) {
        throw LabError(place(file, *source) + "'" + met.fault + "' was met, and [peer] has no " +
                       (sent ? "as_client" : "as_server") + "; say with which configuration");
      }
      record.met.push_back(std::move(met));
    }
  } catch (const toml::parse_error& error) {
    throw no_toml(file, error);
  }
  return record;
}

}  // namespace domsec::lab
