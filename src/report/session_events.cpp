// The words of the timeline. A peer's text stands in quotation marks and on one line, whatever octets it has.
#include "session_events.h"

#include "domsec/finding/catalogue.h"
#include "domsec/transcript/check.h"
#include "domsec/transcript/protocol_log.h"
#include "staple.h"

namespace domsec::report {

namespace {

using policy::Role;
using transcript::Direction;

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

std::string names_text(std::size_t more) {
  return more == 0 ? std::string() : ", with " + std::to_string(more) + " more";
}

std::string dns_text(const transcript::HostsResolved& event) {
  if (event.outcome != policy::DnsOutcome::ok)
    return "finds no host of " + event.domain + (event.detail.empty() ? "" : ": " + event.detail);
  std::string hosts;
  for (const transcript::HostFound& host : event.hosts) {
    hosts += (hosts.empty() ? "" : ", ") + host.host;
    if (!event.implicit_mx) hosts += " (" + std::to_string(host.preference) + ")";
  }
  return "looks up " + event.domain + ": " + (hosts.empty() ? "an address" : hosts);
}

std::string path_text(const transcript::ChainExamined& event) {
  const std::string status = transcript::chain_status(event);
  std::string text = "examines the path of the certificate: " + status;
  if (status == "Valid" && !event.path.anchor.empty()) return text + ", up to " + event.path.anchor;
  if (event.path.problems.empty()) return text;
  const pki::PathProblem& first = event.path.problems.front();
  const std::string why = first.text.empty() ? std::string(pki::text(first.fault)) : first.text;
  return text + " (" + why + ")" + names_text(event.path.problems.size() - 1);
}

std::string revocation_text(const transcript::RevocationExamined& event) {
  if (event.certificates.empty()) return "finds nothing to check for revocation";
  for (const pki::Revocation& one : event.certificates) {
    if (one.state == pki::RevocationState::revoked) return "finds " + one.subject + " revoked";
    if (one.state == pki::RevocationState::unknown)
      return "cannot tell whether the certificate is revoked: CRL " + std::string(pki::text(one.problem)) +
             (one.detail.empty() ? "" : ", " + one.detail);
  }
  return "finds no certificate of the path revoked";
}

std::string name_text(const pki::NameMatch& match) {
  const std::string reference = (match.reference.with_subdomains ? "*." : "") + match.reference.text;
  if (!match.matches) return "finds no name for " + reference + " in the certificate";
  return "finds " + reference + " in the certificate" +
         (match.only_by_common_name ? ", in the common name alone" : "");
}

std::string disconnect_text(transcript::DisconnectReason reason) {
  switch (reason) {
    case transcript::DisconnectReason::local:
      return "closes the connection";
    case transcript::DisconnectReason::remote:
      return "finds the connection closed by the other end";
    case transcript::DisconnectReason::remote_socket_error:
      return "finds the connection reset";
    case transcript::DisconnectReason::timeout:
      return "has waited too long and closes the connection";
  }
  return "closes the connection";
}

struct Words {
  Role role;

  std::string operator()(const transcript::HostsResolved& event) const { return dns_text(event); }
  std::string operator()(const transcript::StepBegun&) const { return {}; }
  std::string operator()(const transcript::PermissionsSet&) const { return {}; }
  std::string operator()(const transcript::Connecting& event) const {
    return "connects to " + (event.host.empty() ? event.remote : event.host + ", " + event.remote);
  }
  std::string operator()(const transcript::Connected& event) const {
    return role == Role::send ? "is connected, from " + event.local
                              : "takes a connection from " + event.remote;
  }
  std::string operator()(const transcript::CommandLine& event) const {
    return (event.direction == Direction::sent ? "says " : "hears ") + quoted(event.line);
  }
  std::string operator()(const transcript::ReplyGiven& event) const {
    return (event.direction == Direction::sent ? "answers " : "is answered ") + quoted(event.reply.text());
  }
  std::string operator()(const transcript::DataPassed& event) const {
    return (event.direction == Direction::sent ? "sends " : "gets ") + std::to_string(event.octets) +
           " octets of content";
  }
  std::string operator()(const transcript::StarttlsOffer& event) const {
    if (role == Role::receive) return event.offered ? "offers STARTTLS" : "does not offer STARTTLS";
    if (event.masked) return "sees greeting or keywords rewritten on the path";
    return event.offered ? "sees STARTTLS offered" : "sees no STARTTLS offered";
  }
  std::string operator()(const transcript::OwnCertificateChosen& event) const {
    if (event.certificate && event.trouble == policy::OwnTrouble::none)
      return "will present " + event.certificate->subject;
    return "has no certificate to present" + (event.reason.empty() ? "" : ": " + event.reason);
  }
  std::string operator()(const transcript::TlsEstablished& event) const {
    std::string text = "TLS stands: " + event.version + ", " + event.cipher;
    if (!event.client_certificate_requested)
      return text + (role == Role::send ? "; no certificate was asked for" : "; asked for no certificate");
    if (role == Role::send)
      text += event.own_certificate_sent ? "; own certificate sent" : "; sent no certificate";
    return text;
  }
  std::string operator()(const transcript::TlsFailed& event) const {
    return "TLS fails: " + (event.reason.empty() ? std::string(policy::text(event.kind)) : event.reason);
  }
  std::string operator()(const transcript::AlertSeen& event) const {
    return (event.direction == Direction::sent ? "sends TLS " : "gets TLS ") + alert_text(event.alert) +
           (event.after_handshake ? " after the handshake" : "");
  }
  std::string operator()(const transcript::PeerCertificatesSeen& event) const {
    if (event.presented.empty()) return "is shown no certificate";
    return "is shown " + event.presented.front()->subject + names_text(event.presented.size() - 1);
  }
  std::string operator()(const transcript::ChainExamined& event) const { return path_text(event); }
  std::string operator()(const transcript::StapledStatusExamined& event) const {
    return "examines the stapled OCSP response: " + staple_text(event.status);
  }
  std::string operator()(const transcript::RevocationExamined& event) const { return revocation_text(event); }
  std::string operator()(const transcript::NameCompared& event) const { return name_text(event.match); }
  std::string operator()(const transcript::TlsConfirmed&) const {
    return "knows that TLS stands at the other end too";
  }
  std::string operator()(const transcript::PolicyDecided& event) const {
    return "judges " + (event.domain.empty() ? std::string("the session") : event.domain) + ": " +
           verdict_text(event);
  }
  std::string operator()(const transcript::MessageAccepted& event) const {
    const std::string secured = event.domain_secured ? ", domain secured" : "";
    if (role == Role::send) return "has delivered the message" + secured;
    return "has taken the message as " + event.id + secured;
  }
  std::string operator()(const transcript::Irregularity& event) const { return "notes: " + event.what; }
  std::string operator()(const transcript::Tarpitted& event) const {
    return "holds its reply back for " + std::to_string(event.interval.count()) + " s";
  }
  std::string operator()(const transcript::CapabilitiesDecided& event) const {
    const policy::DomainCapabilities& decided = event.decided;
    std::string granted;
    for (const std::string& one : decided.capabilities) granted += (granted.empty() ? "" : ", ") + one;
    return "grants the capabilities of " + (decided.domain.empty() ? "nobody" : decided.domain) + ": " +
           (granted.empty() ? "none" : granted) + (decided.status.empty() ? "" : " (" + decided.status + ")");
  }
  std::string operator()(const transcript::Broken& event) const {
    return "breaks off at " + std::string(policy::text(event.step)) + ": " +
           (event.what.empty() ? std::string(policy::text(event.kind)) : event.what);
  }
  std::string operator()(const transcript::Disconnected& event) const {
    return disconnect_text(event.reason);
  }
};

}  // namespace

std::string event_text(const transcript::Event& event, Role role) {
  return transcript::one_line(event.body.visit(Words{role}));
}

std::string verdict_text(const transcript::PolicyDecided& decided) {
  const policy::Verdict& verdict = decided.verdict;
  return std::string(policy::text(verdict.result)) + ", " + code_text(verdict.headline.code) + ", " +
         std::string(policy::text(verdict.treatment)) +
         (decided.list.empty() ? "" : " (" + decided.list + ")");
}

std::string alert_text(const pki::Alert& alert) {
  return "alert " + std::to_string(alert.number) + " (" + pki::alert_name(alert.number) + ")";
}

std::string code_text(finding::Code code) {
  return std::string(finding::name(code)) + " " + std::string(finding::slug(code));
}

}  // namespace domsec::report
