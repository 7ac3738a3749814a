// The session document domsec.session/1 (spec protocol-log 9.2): one object, keys always there, null where
// nothing was seen. Message content and credentials are in no transcript and so in no document.
#include <optional>

#include "domsec/transcript/ndjson.h"
#include "domsec/transcript/protocol_log.h"
#include "json_values.h"

namespace domsec::transcript {

namespace json = boost::json;

namespace {

/// `ECDHE P-256`, `DHE ffdhe2048`, `RSA`: how the key was agreed on.
json::value key_exchange(const policy::TlsEvidence& tls) {
  if (!tls.established) return nullptr;
  const bool finite_field = tls.group.starts_with("ffdhe") || tls.cipher.starts_with("DHE-");
  if (finite_field) return json_text(tls.group.empty() ? "DHE" : "DHE " + tls.group);
  if (tls.cipher.starts_with("ECDHE-") || tls.version == "TLSv1.3") {
    return json_text(tls.group.empty() ? "ECDHE" : "ECDHE " + tls.group);
  }
  return json_text(tls.group.empty() ? "RSA" : tls.group);
}

json::value alert_json(const policy::TlsEvidence& tls) {
  const std::optional<pki::Alert>& alert = tls.alert_received ? tls.alert_received : tls.alert_sent;
  if (!alert) return nullptr;
  return json::object{{"direction", tls.alert_received ? "received" : "sent"},
                      {"number", alert->number},
                      {"name", json_text(pki::alert_name(alert->number))},
                      {"after_handshake", tls.alert_received && tls.alert_after_handshake}};
}

json::object tls_json(const policy::TlsEvidence& tls) {
  json::object object{{"offered", tls.offered},
                      {"started", tls.started},
                      {"negotiated", tls.established},
                      {"version", text_or_null(tls.version)},
                      {"cipher", text_or_null(tls.cipher)}};
  object["kex"] = key_exchange(tls);
  object["alert"] = alert_json(tls);
  object["confirmed"] = tls.confirmed;
  object["masked"] = tls.masked;
  object["client_cert_requested"] = tls.client_certificate_requested;
  object["own_cert_sent"] = tls.own_certificate_sent;
  object["requested_ca_names"] = json_texts(tls.requested_ca_names);
  object["failure"] = text_or_null(tls.failure);
  return object;
}

json::object peer_certificate_json(const pki::Chain& presented) {
  json::object object{{"presented", !presented.empty()}};
  if (presented.empty()) return object;
  for (auto& [key, value] : certificate_json(*presented.front())) object[key] = value;
  json::array chain;
  for (const pki::CertificatePtr& certificate : presented) {
    chain.emplace_back(json::object{{"subject", json_text(certificate->subject)},
                                    {"issuer", json_text(certificate->issuer)},
                                    {"thumbprint_sha1", json_text(certificate->thumbprint)}});
  }
  object["chain"] = std::move(chain);
  return object;
}

json::array attempts_json(const pki::NameMatch& match) {
  json::array attempts;
  for (const pki::NameAttempt& attempt : match.attempts) {
    attempts.emplace_back(json::object{{"by", json_text(pki::text(attempt.presented.source))},
                                       {"presented", json_text(attempt.presented.text)},
                                       {"matches", attempt.matches},
                                       {"why", text_or_null(attempt.why)}});
  }
  return attempts;
}

/// What is gathered in one walk over the events.
struct Walk {
  json::array checks;
  json::array events;
  json::array messages;
  json::value verdict;
  std::string helo;
};

void walk_event(const Transcript& transcript, const Event& event, Checks& checks, ProtocolLog& log,
                Walk& walk) {
  for (const Check& check : checks.add(event)) {
    json::object object = check_json(check);
    const auto* compared = event.body.as<NameCompared>();
    if (compared != nullptr && check.step == "name") object["attempts"] = attempts_json(compared->match);
    walk.checks.emplace_back(std::move(object));
  }
  for (const Record& record : log.records(transcript, event)) {
    walk.events.emplace_back(json::object{{"t", json_text(log_time(event.at))},
                                          {"seq", walk.events.size()},
                                          {"dir", json_text(record.mark)},
                                          {"data", json_text(record.data)},
                                          {"context", json_text(record.context)}});
  }
  if (const auto* command = event.body.as<CommandLine>()) {
    const std::string_view line = command->line;
    if (line.starts_with("EHLO ") || line.starts_with("HELO ")) walk.helo = line.substr(5);
  } else if (const auto* decided = event.body.as<PolicyDecided>()) {
    walk.verdict = verdict_json(decided->verdict);
  } else if (const auto* accepted = event.body.as<MessageAccepted>()) {
    walk.messages.emplace_back(json::object{{"id", json_text(accepted->id)},
                                            {"octets", accepted->octets},
                                            {"partner", text_or_null(accepted->partner)},
                                            {"domain_secured", accepted->domain_secured}});
  }
}

}  // namespace

std::string session_json(const Transcript& transcript) {
  const policy::Evidence evidence = evidence_of(transcript);
  Checks checks(transcript.role());
  ProtocolLog log(transcript.role());
  Walk walk;
  for (const Event& event : transcript.events()) walk_event(transcript, event, checks, log, walk);

  const std::vector<Event>& events = transcript.events();
  json::object object{{"schema", "domsec.session/1"},
                      {"session_id", json_text(session_id_text(transcript.session_id()))},
                      {"role", json_text(policy::text(transcript.role()))},
                      {"connector", json_text(transcript.connector())}};
  object["start"] = events.empty() ? json::value() : json::value(json_text(log_time(events.front().at)));
  object["duration_ms"] = events.empty() ? 0 : (events.back().at - events.front().at).count();
  object["local"] = text_or_null(transcript.local());
  object["remote"] = text_or_null(transcript.remote());
  object["helo"] = text_or_null(walk.helo);
  object["tls"] = tls_json(evidence.tls);
  object["local_cert"] =
      evidence.own.certificate ? json::value(certificate_json(*evidence.own.certificate)) : json::value();
  object["peer_cert"] = peer_certificate_json(evidence.peer.presented);
  // Null also where a server stapled nothing and its certificate does not demand it; nobody staples to a server.
  object["stapled_status"] =
      evidence.peer.stapled ? json::value(stapled_json(*evidence.peer.stapled)) : json::value();
  object["checks"] = std::move(walk.checks);
  object["verdict"] = std::move(walk.verdict);
  object["messages"] = std::move(walk.messages);
  object["events"] = std::move(walk.events);
  return json::serialize(object);
}

}  // namespace domsec::transcript
