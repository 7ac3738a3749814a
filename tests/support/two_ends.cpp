#include "support/two_ends.h"

namespace domsec::tests {

using namespace transcript;
using policy::Role;
using policy::Step;

namespace {

const char* const senders_address = "192.0.2.10:41832";
const char* const receivers_address = "198.51.100.25:25";
const char* const sender_host = "mail.contoso.com";
const char* const receiver_host = "mail.woodgrovebank.com";

smtp::Reply ehlo_reply(bool starttls) {
  std::vector<std::string> lines{"mail.woodgrovebank.com Hello [192.0.2.10]", "SIZE 37748736", "PIPELINING"};
  if (starttls) lines.emplace_back("STARTTLS");
  lines.emplace_back("8BITMIME");
  return {250, std::move(lines)};
}

}  // namespace

TwoEnds::TwoEnds(std::chrono::milliseconds ahead)
    : now_(std::make_shared<Time>(*pki::read_rfc3339("2026-11-22T09:15:02Z"))),
      sender(Role::send, "Internet", 0x08DF4879147F5EFA, [now = now_] { return *now; }),
      receiver(Role::receive, "EDGE1\\Internet", 0x08DF4879147F5EFB,
               [now = now_, ahead] { return *now + ahead; }) {}

void TwoEnds::tick() {
  *now_ += std::chrono::milliseconds(1);
}

void TwoEnds::command(const std::string& said) {
  command(said, said);
}
void TwoEnds::command(const std::string& said, const std::optional<std::string>& heard) {
  sender.append(CommandLine{Direction::sent, said});
  tick();
  if (heard) receiver.append(CommandLine{Direction::received, *heard});
}

void TwoEnds::reply(const smtp::Reply& said) {
  reply(said, said);
}
void TwoEnds::reply(const smtp::Reply& said, const std::optional<smtp::Reply>& heard) {
  receiver.append(ReplyGiven{Direction::sent, said});
  tick();
  if (heard) sender.append(ReplyGiven{Direction::received, *heard});
}

void TwoEnds::connect() {
  connect(senders_address, senders_address);
}
void TwoEnds::connect(const std::string& senders_local, const std::string& receivers_remote) {
  sender.append(Connecting{receiver_host, receivers_address});
  tick();
  sender.append(Connected{senders_local, receivers_address});
  receiver.append(Connected{receivers_address, receivers_remote});
}

void TwoEnds::open() {
  connect();
  reply({220, "mail.woodgrovebank.com ESMTP ready"});
  command("EHLO mail.contoso.com");
  receiver.append(StarttlsOffer{true, false});
  reply(ehlo_reply(true));
  sender.append(StarttlsOffer{true, false});
}

void TwoEnds::ask_for_tls() {
  command("STARTTLS");
  reply({220, "2.0.0 SMTP server ready"});
  sender.append(StepBegun{Step::handshake});
  sender.append(OwnCertificateChosen{certificate(sender_host), policy::OwnTrouble::none, ""});
  receiver.append(StepBegun{Step::handshake});
  receiver.append(OwnCertificateChosen{certificate(receiver_host), policy::OwnTrouble::none, ""});
  tick();
}

void TwoEnds::tls_stands_at_sender(const TlsEstablished& with) {
  sender.append(with);
  sender.append(PeerCertificatesSeen{{certificate(receiver_host)}});
}
void TwoEnds::tls_stands_at_receiver(const TlsEstablished& with) {
  receiver.append(with);
  receiver.append(PeerCertificatesSeen{{certificate(sender_host)}});
}

void TwoEnds::start_tls() {
  ask_for_tls();
  tls_stands_at_sender(tls());
  tick();
  tls_stands_at_receiver(tls());
}

void TwoEnds::greet_again() {
  command("EHLO mail.contoso.com");
  receiver.append(TlsConfirmed{});
  reply(ehlo_reply(false));
  sender.append(TlsConfirmed{});
}

void TwoEnds::mail() {
  using finding::Code;
  sender.append(judged(policy::Result::pass, Code::mutual_tls_ok, policy::Who::note, "woodgrovebank.com",
                       "TLSSendDomainSecureList"));
  command("MAIL FROM:<alice@contoso.com>");
  receiver.append(judged(policy::Result::pass, Code::mutual_tls_ok, policy::Who::note, "contoso.com",
                         "TLSReceiveDomainSecureList"));
  reply({250, "2.1.0 Sender OK"});
  command("RCPT TO:<bob@woodgrovebank.com>");
  reply({250, "2.1.5 Recipient OK"});
  command("DATA");
  reply({354, "Start mail input; end with <CRLF>.<CRLF>"});
  sender.append(DataPassed{Direction::sent, 123});
  tick();
  receiver.append(DataPassed{Direction::received, 118});
  receiver.append(MessageAccepted{"<1@mail.woodgrovebank.com>", 118, "contoso.com", true});
  const smtp::Reply taken(
      250, "2.6.0 <1@mail.woodgrovebank.com> [InternalId=" + session_id_text(receiver.session_id()) +
               ", Hostname=mail.woodgrovebank.com] 118 bytes Queued mail for delivery");
  reply(taken);
  sender.append(MessageAccepted{taken.text(), 118, "woodgrovebank.com", true});
}

void TwoEnds::quit() {
  command("QUIT");
  reply({221, "2.0.0 Service closing transmission channel"});
  sender.append(Disconnected{DisconnectReason::local});
  receiver.append(Disconnected{DisconnectReason::local});
}

TlsEstablished TwoEnds::tls(const std::string& version) {
  TlsEstablished tls;
  tls.version = version;
  tls.cipher = version == "TLSv1.3" ? "TLS_AES_256_GCM_SHA384" : "ECDHE-RSA-AES256-GCM-SHA384";
  tls.client_certificate_requested = true;
  tls.own_certificate_sent = true;
  tls.bindings.exporter = pki::Bytes{1, 2, 3, 4, 5, 6, 7, 8};
  return tls;
}

pki::CertificatePtr TwoEnds::certificate(const std::string& name) {
  auto certificate = std::make_shared<pki::Certificate>();
  certificate->subject = "CN=" + name;
  certificate->thumbprint = name == sender_host ? "8F2E1C0B6A9D4E7F8C1B2A3D4E5F60718293A4B5"
                                                : "1C2D3E4F5061728394A5B6C7D8E9FA0B1C2D3E4F";
  if (name != sender_host && name != receiver_host) certificate->thumbprint[0] = 'A';
  return certificate;
}

PolicyDecided TwoEnds::judged(policy::Result result, finding::Code code, policy::Who who,
                              const std::string& domain, const std::string& list) {
  policy::Verdict verdict;
  verdict.result = result;
  verdict.treatment =
      result == policy::Result::pass ? policy::Treatment::domain_secured : policy::Treatment::refuse;
  verdict.headline.code = code;
  verdict.headline.who = who;
  verdict.findings = {verdict.headline};
  return {domain, list, verdict};
}

TwoEnds sound_session() {
  TwoEnds ends;
  ends.open();
  ends.start_tls();
  ends.greet_again();
  ends.mail();
  ends.quit();
  return ends;
}

TwoEnds refused_session() {
  using finding::Code;
  TwoEnds ends;
  ends.open();
  ends.start_tls();
  ends.greet_again();
  ends.sender.append(TwoEnds::judged(policy::Result::pass, Code::mutual_tls_ok, policy::Who::note,
                                     "woodgrovebank.com", "TLSSendDomainSecureList"));
  ends.command("MAIL FROM:<alice@contoso.com>");
  ends.receiver.append(TwoEnds::judged(policy::Result::fail, Code::certificate_expired, policy::Who::we,
                                       "contoso.com", "TLSReceiveDomainSecureList"));
  ends.reply({454, "4.7.0 Failed to establish appropriate TLS channel: CertificateExpired: Access Denied"});
  ends.sender.append(TwoEnds::judged(policy::Result::fail, Code::refused_expired, policy::Who::they,
                                     "woodgrovebank.com", "TLSSendDomainSecureList"));
  ends.quit();
  return ends;
}

}  // namespace domsec::tests
