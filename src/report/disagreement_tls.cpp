// Disagreements about TLS. Each end signs what it saw of the handshake (RFC 8446 4.4, RFC 5246 7.4.9): where
// both ends finished and hold different things, they finished with somebody else.
#include "disagreement.h"
#include "session_events.h"

namespace domsec::report {

namespace {

const char* const in_between =
    "Something in between ends the TLS of one side and begins another: it reads the mail, and no client "
    "certificate passes it.";

std::string failure_text(const policy::TlsEvidence& tls) {
  if (!tls.started) return "no TLS was begun";
  std::string text = "TLS failed";
  if (!tls.failure.empty()) text += ": " + tls.failure;
  if (tls.alert_sent) text += "; sent " + alert_text(*tls.alert_sent);
  if (tls.alert_received) text += "; got " + alert_text(*tls.alert_received);
  return text;
}

std::string standing_text(const policy::TlsEvidence& tls) {
  return "TLS stands: " + tls.version + ", " + tls.cipher;
}

/// Alerts that speak of the peer's certificate, RFC 8446 6.2.
bool about_certificates(const pki::Alert& alert) {
  return (alert.number >= 42 && alert.number <= 46) || alert.number == 48 || alert.number == 49 ||
         alert.number == 116;
}

std::string meaning_of_failure_at_receiver(const policy::TlsEvidence& sender,
                                           const policy::TlsEvidence& receiver) {
  if (!receiver.started)
    return "Something in between took the sender's TLS and did not begin any with the receiver.";
  if (sender.version != "TLSv1.3")
    return "Only a sender whose TLS ends elsewhere can be done before its receiver: something in between "
           "answers in the receiver's place.";
  const std::string late =
      "In TLS 1.3 the client's handshake is over before the server has looked at its certificate";
  if (receiver.alert_sent && about_certificates(*receiver.alert_sent))
    return late + ": the receiver refused it with " + alert_text(*receiver.alert_sent) +
           ", and the refusal arrives late. The sender's certificate, or the receiver's trust in it, is to "
           "be mended.";
  return late +
         ": what ended the receiver's handshake reaches the sender late. The receiver's log tells why.";
}

std::string meaning_of_failure_at_sender(const policy::TlsEvidence& sender) {
  if (!sender.started) return "Something in between spoke TLS with the receiver in the sender's place.";
  if (sender.alert_sent)
    return "The receiver was done when the sender refused with " + alert_text(*sender.alert_sent) +
           ": the sender's log tells why.";
  return "The last message of the receiver's handshake did not reach the sender.";
}

template <typename First, typename Second>
std::chrono::milliseconds time_of(const BothEnds& ends) {
  if (const auto at = ends.sender.last<First>()) return ends.senders_time(*at);
  if (const auto at = ends.receiver.last<Second>()) return ends.receivers_time(*at);
  return std::chrono::milliseconds(0);
}

std::string exporter_text(const transcript::TlsEstablished& tls) {
  if (!tls.bindings.exporter) return "";
  return ", exporter " + pki::hex(*tls.bindings.exporter).substr(0, 16);
}

std::string parameters_text(const transcript::TlsEstablished& tls) {
  return tls.version + ", " + tls.cipher + exporter_text(tls);
}

std::string certificate_text(const pki::Certificate& certificate) {
  const std::string& sum =
      certificate.thumbprint.empty() ? certificate.thumbprint_sha256 : certificate.thumbprint;
  return certificate.subject + " (" + sum.substr(0, 16) + "…)";
}

bool same(const pki::Certificate& one, const pki::Certificate& other) {
  return one.thumbprint == other.thumbprint && one.thumbprint_sha256 == other.thumbprint_sha256;
}

/// What one presented and the other was shown.
struct Presented {
  const OneEnd& presenter;
  bool sent = false;
  const OneEnd& seer;
};

MaybeDisagreement presented_and_shown(const Presented& presented, std::string subject,
                                      std::chrono::milliseconds at, End presenter) {
  const pki::Chain& shown = presented.seer.evidence.peer.presented;
  const pki::CertificatePtr& own = presented.presenter.evidence.own.certificate;
  // What failed may not have come so far.
  if (shown.empty() && !presented.seer.evidence.tls.established) return {};
  if (!presented.sent && !presented.presenter.evidence.tls.established) return {};
  Disagreement found;
  std::string holds;
  std::string sees;
  if (presented.sent && shown.empty()) {
    holds = own ? "sent " + certificate_text(*own) : "sent one";
    sees = "was shown none";
  } else if (!presented.sent && !shown.empty()) {
    holds = "sent none";
    sees = "was shown " + certificate_text(*shown.front());
  } else if (presented.sent && own && !same(*own, *shown.front())) {
    holds = "sent " + certificate_text(*own);
    sees = "was shown " + certificate_text(*shown.front());
  } else {
    return {};
  }
  found.at = at;
  found.subject = std::move(subject);
  found.sender = presenter == End::sender ? holds : sees;
  found.receiver = presenter == End::sender ? sees : holds;
  found.meaning = in_between;
  return found;
}

MaybeDisagreement alert_on_its_way(const OneEnd& from, const OneEnd& to, End sayer,
                                   std::chrono::milliseconds at) {
  const std::optional<pki::Alert>& sent = from.evidence.tls.alert_sent;
  const std::optional<pki::Alert>& got = to.evidence.tls.alert_received;
  if (sent.has_value() == got.has_value() && (!sent || sent->number == got->number)) return {};
  const std::string said = sent ? "sent " + alert_text(*sent) : "sent no alert";
  std::string heard = got ? "got " + alert_text(*got) : "got no alert";
  if (!got && to.evidence.broken && !to.evidence.broken->what.empty())
    heard += ": " + to.evidence.broken->what;
  Disagreement found;
  found.at = at;
  found.subject = "TLS alert";
  found.sender = sayer == End::sender ? said : heard;
  found.receiver = sayer == End::sender ? heard : said;
  if (!sent) {
    found.meaning = "The alert is not in the " + std::string(text(sayer)) +
                    "'s record: its TLS library sent it by itself, or something in between did.";
  } else if (!got) {
    found.meaning = "The reason was lost on its way: the " + std::string(text(sayer)) +
                    "'s log has it, the other end sees a broken connection.";
  } else {
    found.meaning = "Something in between changed the alert, or ends TLS itself.";
  }
  return found;
}

}  // namespace

MaybeDisagreement tls_stands_at_one_end(const BothEnds& ends) {
  const policy::TlsEvidence& sender = ends.sender.evidence.tls;
  const policy::TlsEvidence& receiver = ends.receiver.evidence.tls;
  if (sender.established == receiver.established) return {};
  Disagreement found;
  found.subject = "TLS";
  found.sender = sender.established ? standing_text(sender) : failure_text(sender);
  found.receiver = receiver.established ? standing_text(receiver) : failure_text(receiver);
  if (sender.established) {
    found.at = time_of<transcript::TlsEstablished, transcript::TlsFailed>(ends);
    found.meaning = meaning_of_failure_at_receiver(sender, receiver);
  } else {
    found.at = time_of<transcript::TlsFailed, transcript::TlsEstablished>(ends);
    found.meaning = meaning_of_failure_at_sender(sender);
  }
  return found;
}

MaybeDisagreement tls_is_not_the_same(const BothEnds& ends) {
  const auto* sender = ends.sender.last_facts<transcript::TlsEstablished>();
  const auto* receiver = ends.receiver.last_facts<transcript::TlsEstablished>();
  if (sender == nullptr || receiver == nullptr) return {};
  const bool both_exported = sender->bindings.exporter && receiver->bindings.exporter;
  const bool differs = sender->version != receiver->version || sender->cipher != receiver->cipher ||
                       (both_exported && *sender->bindings.exporter != *receiver->bindings.exporter);
  if (!differs) return {};
  return Disagreement{time_of<transcript::TlsEstablished, transcript::TlsEstablished>(ends), "TLS session",
                      parameters_text(*sender), parameters_text(*receiver), in_between};
}

MaybeDisagreement certificate_was_asked_for(const BothEnds& ends) {
  const policy::TlsEvidence& sender = ends.sender.evidence.tls;
  const policy::TlsEvidence& receiver = ends.receiver.evidence.tls;
  if (!sender.established || !receiver.established) return {};
  if (sender.client_certificate_requested == receiver.client_certificate_requested) return {};
  return Disagreement{
      time_of<transcript::TlsEstablished, transcript::TlsEstablished>(ends), "certificate request",
      sender.client_certificate_requested ? "was asked for a certificate" : "was not asked for a certificate",
      receiver.client_certificate_requested ? "asked for a certificate" : "asked for no certificate",
      in_between};
}

MaybeDisagreement senders_certificate(const BothEnds& ends) {
  const Presented presented{ends.sender, ends.sender.evidence.tls.own_certificate_sent, ends.receiver};
  return presented_and_shown(presented, "sender's certificate",
                             time_of<transcript::TlsEstablished, transcript::PeerCertificatesSeen>(ends),
                             End::sender);
}

MaybeDisagreement receivers_certificate(const BothEnds& ends) {
  const Presented presented{ends.receiver, ends.receiver.evidence.own.certificate != nullptr, ends.sender};
  return presented_and_shown(
      presented, "receiver's certificate",
      time_of<transcript::PeerCertificatesSeen, transcript::OwnCertificateChosen>(ends), End::receiver);
}

MaybeDisagreement senders_alert(const BothEnds& ends) {
  return alert_on_its_way(ends.sender, ends.receiver, End::sender,
                          time_of<transcript::AlertSeen, transcript::AlertSeen>(ends));
}

MaybeDisagreement receivers_alert(const BothEnds& ends) {
  return alert_on_its_way(ends.receiver, ends.sender, End::receiver,
                          time_of<transcript::AlertSeen, transcript::AlertSeen>(ends));
}

}  // namespace domsec::report
