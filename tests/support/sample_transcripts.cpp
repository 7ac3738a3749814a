#include "support/sample_transcripts.h"

#include <fstream>
#include <iterator>
#include <memory>

namespace domsec::tests {

namespace {

using namespace transcript;
using std::chrono::milliseconds;

pki::Instant instant(const char* text) { return *pki::read_rfc3339(text); }

/// A clock that is set by hand: `at(118)` is 118 ms behind the whole second.
struct HandClock {
  std::shared_ptr<Time> now;
  explicit HandClock(const char* second) : now(std::make_shared<Time>(instant(second))), start(*now) {}
  Clock clock() const { return [now = now] { return *now; }; }
  void at(int value) const { *now = start + milliseconds(value); }
  Time start;
};

pki::CertificatePtr contoso() {
  auto certificate = std::make_shared<pki::Certificate>();
  certificate->subject = "CN=mail.contoso.com, O=Contoso";
  certificate->issuer = "CN=Contoso Issuing CA 1, O=Contoso";
  certificate->serial = "4A0C1D7E55B2903A6F21C8D40E9B7733";
  certificate->thumbprint = "8F2E1C0B6A9D4E7F8C1B2A3D4E5F60718293A4B5";
  certificate->not_before = instant("2026-09-01T00:00:00Z");
  certificate->not_after = instant("2027-08-31T23:59:59Z");
  certificate->common_names = {"mail.contoso.com"};
  certificate->dns_names = {"mail.contoso.com", "mail1.contoso.com"};
  certificate->extended_key_usage = std::vector<std::string>{"serverAuth"};
  return certificate;
}

pki::CertificatePtr woodgrove() {
  auto certificate = std::make_shared<pki::Certificate>();
  certificate->subject = "CN=mail.woodgrovebank.com, O=\"Woodgrove Bank, N.A.\"";
  certificate->issuer = "CN=Example Partner CA G2, O=Example Trust";
  certificate->serial = "0B91F3A2C4D5E6F708192A3B4C5D6E7F";
  certificate->thumbprint = "1C2D3E4F5061728394A5B6C7D8E9FA0B1C2D3E4F";
  certificate->not_before = instant("2026-06-10T08:00:00Z");
  certificate->not_after = instant("2027-06-10T08:00:00Z");
  certificate->common_names = {"mail.woodgrovebank.com"};
  certificate->dns_names = {"mail.woodgrovebank.com", "woodgrovebank.com"};
  return certificate;
}

pki::CertificatePtr hosting() {
  auto certificate = std::make_shared<pki::Certificate>();
  certificate->subject = "CN=smtp-out.hosting.example";
  certificate->issuer = "CN=Example Public CA R7, O=Example Trust";
  certificate->serial = "03C7A1B2D3E4F5061728394A5B6C7D8E";
  certificate->thumbprint = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334";
  certificate->not_before = instant("2026-10-02T00:00:00Z");
  certificate->not_after = instant("2027-01-02T00:00:00Z");
  certificate->common_names = {"smtp-out.hosting.example"};
  certificate->dns_names = {"smtp-out.hosting.example"};
  certificate->extended_key_usage = std::vector<std::string>{"serverAuth"};
  return certificate;
}

pki::Revocation good(const char* uri, const char* this_update, const char* next_update) {
  pki::Revocation revocation;
  revocation.state = pki::RevocationState::good;
  revocation.origin = pki::CrlOrigin::cache;
  revocation.uri = uri;
  revocation.this_update = instant(this_update);
  revocation.next_update = instant(next_update);
  return revocation;
}

pki::PathExamination good_path(const pki::CertificatePtr& leaf) {
  auto root = std::make_shared<pki::Certificate>();
  root->subject = leaf->issuer;
  root->self_signed = true;
  pki::PathExamination path;
  path.path = {leaf, root};
  path.anchored = true;
  path.anchor = root->subject;
  return path;
}

smtp::Reply ehlo_reply(std::string first, bool starttls) {
  std::vector<std::string> lines{std::move(first), "SIZE 37748736", "PIPELINING", "DSN",
                                 "ENHANCEDSTATUSCODES"};
  if (starttls) lines.push_back("STARTTLS");
  lines.insert(lines.end(), {"8BITMIME", "CHUNKING"});
  return {250, std::move(lines)};
}

}  // namespace

Transcript sent_well() {
  const HandClock hand("2026-11-22T09:15:02Z");
  Transcript transcript(policy::Role::send, "Internet", 0x08DF4879147F5EFA, hand.clock());
  const auto say = [&](int at, const char* line) {
    hand.at(at);
    transcript.append(CommandLine{Direction::sent, line});
  };
  const auto hear = [&](int at, smtp::Reply reply) {
    hand.at(at);
    transcript.append(ReplyGiven{Direction::received, std::move(reply)});
  };
  const std::string host = "mail.woodgrovebank.com Hello [192.0.2.10]";

  hand.at(118);
  transcript.append(StepBegun{policy::Step::connect});
  transcript.append(Connecting{"mail.woodgrovebank.com", "198.51.100.25:25"});
  hand.at(149);
  transcript.append(Connected{"192.0.2.10:41832", "198.51.100.25:25"});
  hear(166, smtp::Reply(220, "mail.woodgrovebank.com ESMTP ready at Sun, 22 Nov 2026 09:15:02 +0000"));
  say(167, "EHLO mail.contoso.com");
  hear(181, ehlo_reply(host, true));
  transcript.append(StarttlsOffer{true, false});
  say(181, "STARTTLS");
  hear(196, smtp::Reply(220, "2.0.0 SMTP server ready"));
  hand.at(197);
  transcript.append(StepBegun{policy::Step::handshake});
  transcript.append(OwnCertificateChosen{contoso(), policy::OwnTrouble::none, "SAN[0]"});
  hand.at(258);
  transcript.append(TlsEstablished{
      "TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519", "mail.woodgrovebank.com", true, true, {}, {}});
  transcript.append(PeerCertificatesSeen{{woodgrove()}});
  hand.at(259);
  transcript.append(StepBegun{policy::Step::examination});
  pki::NameMatch name;
  name.reference.text = "woodgrovebank.com";
  name.matches = name.other_mode_matches = true;
  name.by = pki::PresentedId{pki::PresentedId::Source::san, "woodgrovebank.com"};
  name.attempts = {{{pki::PresentedId::Source::san, "mail.woodgrovebank.com"}, false, "a host below it"},
                   {*name.by, true, "equal"}};
  transcript.append(NameCompared{name});
  transcript.append(ChainExamined{good_path(woodgrove()), pki::UsageFit::fits, pki::Purpose::server});
  hand.at(290);
  transcript.append(RevocationExamined{
      {good("http://crl.example.test/g2.crl", "2026-11-21T00:00:00Z", "2026-11-28T00:00:00Z")}});
  transcript.append(StepBegun{policy::Step::ehlo_inside_tls});
  say(291, "EHLO mail.contoso.com");
  hear(306, ehlo_reply(host, false));
  transcript.append(TlsConfirmed{});
  policy::Verdict verdict;
  verdict.result = policy::Result::pass;
  verdict.treatment = policy::Treatment::domain_secured;
  verdict.exchange_status = "Valid";
  transcript.append(PolicyDecided{"woodgrovebank.com", "TLSSendDomainSecureList", verdict});
  say(307, "QUIT");
  hear(321, smtp::Reply(221, "2.0.0 Service closing transmission channel"));
  transcript.append(Disconnected{DisconnectReason::local});
  return transcript;
}

Transcript received_with_wrong_name() {
  const HandClock hand("2026-11-22T10:02:41Z");
  Transcript transcript(policy::Role::receive, "EDGE1\\Internet", 0x08DF4879147F5EFB, hand.clock());
  const auto hear = [&](int at, const char* line) {
    hand.at(at);
    transcript.append(CommandLine{Direction::received, line});
  };
  const auto say = [&](int at, smtp::Reply reply) {
    hand.at(at);
    transcript.append(ReplyGiven{Direction::sent, std::move(reply)});
  };
  const std::string host = "mail.contoso.com Hello [203.0.113.7]";

  hand.at(902);
  transcript.append(Connected{"192.0.2.10:25", "203.0.113.7:50412"});
  transcript.append(PermissionsSet{
      "SMTPSubmit SMTPAcceptAnySender SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders"});
  say(903, smtp::Reply(220, "mail.contoso.com domsec ESMTP ready at Sun, 22 Nov 2026 10:02:41 +0000"));
  hear(917, "EHLO smtp-out.hosting.example");
  transcript.append(StarttlsOffer{true, false});
  say(917, ehlo_reply(host, true));
  hear(931, "STARTTLS");
  say(931, smtp::Reply(220, "2.0.0 SMTP server ready"));
  hand.at(932);
  transcript.append(OwnCertificateChosen{contoso(), policy::OwnTrouble::none, "SAN[0]"});
  hand.at(998);
  transcript.append(
      TlsEstablished{"TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "P-256", "", true, true, {}, {}});
  transcript.append(PeerCertificatesSeen{{hosting()}});
  hear(1012, "EHLO smtp-out.hosting.example");
  transcript.append(TlsConfirmed{});
  hand.at(1013);
  transcript.append(
      ChainExamined{good_path(hosting()), pki::UsageFit::only_server_auth, pki::Purpose::client});
  transcript.append(RevocationExamined{
      {good("http://crl.example.test/r7.crl", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z")}});
  say(1013, ehlo_reply(host, false));
  hear(1028, "MAIL FROM:<alice@woodgrovebank.com> SIZE=1423");
  hand.at(1029);
  pki::NameMatch name;
  name.reference.text = "woodgrovebank.com";
  name.attempts = {
      {{pki::PresentedId::Source::san, "smtp-out.hosting.example"}, false, "another domain"},
      {{pki::PresentedId::Source::common_name, "smtp-out.hosting.example"}, false, "another domain"}};
  transcript.append(NameCompared{name});
  const smtp::Reply refusal(
      454, "4.7.0 Failed to establish appropriate TLS channel: SubjectMismatch: Access Denied");
  policy::Verdict verdict;
  verdict.result = policy::Result::fail;
  verdict.headline.code = finding::Code::certificate_host_mismatch;
  verdict.headline.who = policy::Who::we;
  verdict.headline.severity = finding::Severity::fails;
  verdict.headline.detail = "no name of the certificate covers woodgrovebank.com";
  verdict.exchange_status = "SubjectMismatch";
  verdict.exchange_event = "11015";
  verdict.reply = refusal;
  policy::Finding remark;
  remark.code = finding::Code::client_cert_eku;
  remark.severity = finding::Severity::warning;
  remark.detail = "the certificate is for serverAuth only";
  verdict.findings = {verdict.headline, remark};
  transcript.append(PolicyDecided{"woodgrovebank.com", "TLSReceiveDomainSecureList", verdict});
  say(1029, refusal);
  hear(1043, "QUIT");
  say(1043, smtp::Reply(221, "2.0.0 Service closing transmission channel"));
  transcript.append(Disconnected{DisconnectReason::local});
  return transcript;
}

std::string fixture(const std::string& path) {
  std::ifstream file(std::string(DOMSEC_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace domsec::tests
