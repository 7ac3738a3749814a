// From events to evidence: each observation into its own place, in the order in which it was made. Nothing is
// concluded here. A new connection attempt forgets what the one before it showed; a new MAIL FROM forgets the
// name that was compared for the last one (one connection may carry several senders, spec exchange 1.4-4).
#include <deque>
#include <string>
#include <string_view>

#include "domsec/transcript/transcript.h"

namespace domsec::transcript {

namespace {

using policy::Evidence;
using policy::Role;
using policy::Step;

/// Verbs whose refusal ends nothing that was wanted.
bool beside_the_transaction(std::string_view verb) {
  return verb == "VRFY" || verb == "EXPN" || verb == "HELP" || verb == "NOOP" || verb == "RSET" ||
         verb == "QUIT";
}

/// RFC 5321 2.4: verbs are case-insensitive.
std::string verb_of(std::string_view line) {
  std::string verb;
  for (const char octet : line.substr(0, line.find(' ')).substr(0, 12)) {
    verb += octet >= 'a' && octet <= 'z' ? static_cast<char>(octet - 'a' + 'A') : octet;
  }
  return verb;
}

class Collection {
 public:
  explicit Collection(Role role) { evidence_.role = role; }

  void operator()(const HostsResolved& event) {
    evidence_.dns = event.outcome;
    evidence_.dns_detail = event.detail;
  }
  void operator()(const StepBegun& event) {
    evidence_.reached = event.step;
    if (event.step == Step::handshake) evidence_.tls.started = true;
  }
  void operator()(const Connecting&) {
    Evidence fresh;
    fresh.role = evidence_.role;
    fresh.reached = Step::connect;
    fresh.dns = evidence_.dns;
    fresh.dns_detail = std::move(evidence_.dns_detail);
    fresh.own = std::move(evidence_.own);
    evidence_ = std::move(fresh);
    unanswered_.clear();
    refused_verb_.clear();
  }
  void operator()(const Connected&) { evidence_.connected = true; }
  void operator()(const PermissionsSet&) {}
  void operator()(const CommandLine& event) {
    std::string verb = verb_of(event.line);
    if (event.direction == Direction::received && verb == "MAIL") evidence_.peer.name.reset();
    // RFC 5321 4.1.1.1: a server that refuses EHLO is greeted with HELO; the refusal ended nothing.
    if (verb == "HELO" && refused_verb_ == "EHLO") {
      evidence_.refusal.reset();
      refused_verb_.clear();
    }
    unanswered_.push_back(std::move(verb));
  }
  void operator()(const ReplyGiven& event) {
    std::string verb;
    if (!unanswered_.empty()) {
      verb = std::move(unanswered_.front());
      unanswered_.pop_front();
    }
    if (verb == "STARTTLS") {
      answered_starttls(event.reply);
    } else if (event.direction == Direction::received && evidence_.role == Role::send && !evidence_.refusal &&
               (event.reply.transient_failure() || event.reply.permanent_failure()) &&
               !beside_the_transaction(verb)) {
      evidence_.refusal = event.reply;
      evidence_.refused_at = evidence_.reached;
      refused_verb_ = std::move(verb);
    }
  }
  void operator()(const DataPassed&) {}
  void operator()(const StarttlsOffer& event) {
    // The first EHLO reply counts; inside TLS the keyword must be gone (RFC 3207 4.2).
    if (evidence_.tls.established) return;
    evidence_.tls.offered = event.offered;
    evidence_.tls.masked = evidence_.tls.masked || event.masked;
  }
  void operator()(const OwnCertificateChosen& event) {
    evidence_.own.certificate = event.certificate;
    evidence_.own.trouble = event.trouble;
    evidence_.own.detail = event.reason;
    evidence_.own.chain = event.chain;
    evidence_.own.issuer = event.issuer;
  }
  void operator()(const TlsEstablished& event) {
    policy::TlsEvidence& tls = evidence_.tls;
    tls.started = true;
    tls.established = true;
    tls.version = event.version;
    tls.cipher = event.cipher;
    tls.group = event.group;
    tls.client_certificate_requested = event.client_certificate_requested;
    tls.own_certificate_sent = event.own_certificate_sent;
    tls.requested_ca_names = event.requested_ca_names;
    unanswered_.clear();
  }
  void operator()(const TlsFailed& event) {
    evidence_.tls.started = true;
    evidence_.tls.failure = event.reason;
    evidence_.tls.clear_text = event.clear_text;
    evidence_.tls.version = event.version;
    evidence_.tls.client_certificate_requested = event.client_certificate_requested;
    evidence_.tls.own_certificate_sent = event.own_certificate_sent;
    evidence_.tls.requested_ca_names = event.requested_ca_names;
    if (!evidence_.broken) evidence_.broken = policy::Break{Step::handshake, event.kind, event.reason};
  }
  void operator()(const AlertSeen& event) {
    if (event.alert.number == 0) return;  // close_notify is an orderly end, RFC 8446 6.1
    auto& place =
        event.direction == Direction::sent ? evidence_.tls.alert_sent : evidence_.tls.alert_received;
    if (place) return;
    place = event.alert;
    if (event.direction == Direction::received) evidence_.tls.alert_after_handshake = event.after_handshake;
  }
  void operator()(const PeerCertificatesSeen& event) { evidence_.peer.presented = event.presented; }
  void operator()(const ChainExamined& event) {
    evidence_.peer.path = event.path;
    evidence_.peer.usage = event.usage;
  }
  void operator()(const StapledStatusExamined& event) { evidence_.peer.stapled = event.status; }
  void operator()(const RevocationExamined& event) {
    evidence_.peer.revocations = event.certificates;
    evidence_.peer.revocation_checked = true;
  }
  void operator()(const NameCompared& event) { evidence_.peer.name = event.match; }
  void operator()(const TlsConfirmed&) { evidence_.tls.confirmed = true; }
  void operator()(const PolicyDecided&) {}
  void operator()(const MessageAccepted&) {}
  void operator()(const Irregularity&) {}
  void operator()(const Tarpitted&) {}
  void operator()(const CapabilitiesDecided&) {}
  void operator()(const Broken& event) {
    evidence_.broken = policy::Break{event.step, event.kind, event.what};
  }
  void operator()(const Disconnected&) {}

  Evidence take() { return std::move(evidence_); }

 private:
  /// RFC 3207 4: 220 begins the handshake, all else refuses it.
  void answered_starttls(const smtp::Reply& reply) {
    if (reply.code() == 220) {
      evidence_.tls.started = true;
    } else {
      evidence_.tls.refused = reply;
    }
  }

  Evidence evidence_;
  /// Commands whose reply is still to come: pipelined replies arrive in the order of their commands (RFC
  /// 2920 3.1).
  std::deque<std::string> unanswered_;
  std::string refused_verb_;
};

}  // namespace

policy::Evidence evidence_of(const Transcript& transcript) {
  Collection collection(transcript.role());
  for (const Event& event : transcript.events()) event.body.visit(collection);
  return collection.take();
}

}  // namespace domsec::transcript
