// Timelines of real sessions: the catalogue's faults played over sockets, and what the two ends then hold
// against each other. A fault whose ends agree has no disagreement, however bad it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domsec/lab/trial.h"
#include "domsec/report/timeline.h"
#include "support/both_engines.h"
#include "support/pki.h"

namespace domsec::report {
namespace {

using policy::Role;
using ::testing::HasSubstr;
using testing::TemporaryDirectory;

std::string subjects(const Timeline& timeline) {
  std::string subjects;
  for (const Disagreement& one : timeline.disagreements)
    subjects += (subjects.empty() ? "" : "; ") + one.subject;
  return subjects.empty() ? "none" : subjects;
}

class RealTimeline : public ::testing::Test {
 protected:
  static lab::LabSettings settings(const std::string& directory) {
    lab::LabSettings settings;
    settings.directory = directory;
    settings.recipe = lab::read_recipe(lab::built_in_recipe(), "lab.toml");
    settings.smtp_port = settings.dns_port = settings.http_port = 0;
    settings.now = [] { return testing::test_instant; };
    settings.clock = [] { return transcript::Time(testing::test_instant); };
    settings.timeouts = session::Timeouts::capped(net::Milliseconds(1500));
    settings.crl_timeout = net::Milliseconds(500);
    settings.keep = [](const exchange::Organisation&) -> session::Keep {
      return [](const session::ReceivedMessage&, const transcript::Transcript&) {
        return session::Kept{"kept"};
      };
    };
    return settings;
  }

  Timeline meet(const std::string& fault, Role role) {
    const lab::Trial trial =
        net::run(loop_, trials_.meet(lab::fault_named(fault), role, "woodgrove", "contoso"));
    return of(trial.seen, role == Role::send);
  }
  Timeline of(const lab::Seen& seen, bool broken_sends) {
    if (!seen.partners || !seen.brokens) {
      ADD_FAILURE() << "a transcript is missing";
      return {};
    }
    return broken_sends ? timeline(*seen.brokens, *seen.partners) : timeline(*seen.partners, *seen.brokens);
  }

  ~RealTimeline() override { trials_.lab().stop(); }

  TemporaryDirectory directory_;
  net::Loop loop_;
  lab::Trials trials_{loop_, settings(directory_.path() + "/lab")};
};

TEST_F(RealTimeline, OfASoundSessionHasNoDisagreement) {
  session::Message mail = trials_.mail("woodgrove", "contoso");
  const lab::Meeting meeting = net::run(loop_, trials_.deliver("woodgrove", std::move(mail)));
  ASSERT_TRUE(meeting.sent.delivered && meeting.received);
  const Timeline sound = timeline(meeting.sending(), *meeting.received);
  EXPECT_EQ(subjects(sound), "none") << timeline_text(sound);
  EXPECT_EQ(sound.joined, JoinedBy::exporter);
  EXPECT_EQ(sound.ahead.count(), 0);
}

TEST_F(RealTimeline, OfAFaultNamesWhatItsTwoEndsHold) {
  const struct {
    const char* fault;
    Role role;  // the broken end's
    const char* subjects;
    const char* says;  // in the first one, of either end or the meaning
  } rows[] = {
      {"tls1.2-only", Role::receive, "none", ""},
      {"tickets", Role::receive, "none", ""},
      {"trickle", Role::receive, "none", ""},
      {"no-certificate-request", Role::receive, "none", ""},
      {"rcpt-close", Role::receive, "none", ""},
      {"end-of-data-421", Role::receive, "none", ""},
      {"alert-43-after-handshake", Role::receive, "none", ""},
      {"alert-at-client-hello", Role::receive, "none", ""},
      {"reset-behind-own-certificate", Role::send, "none", ""},
      {"key-mismatch", Role::send, "TLS", "sent alert 51 (decrypt_error)"},
      {"alert-behind-finished", Role::receive, "TLS", "TLS stands: TLSv1.3"},
      {"close-behind-finished", Role::receive, "TLS", "reaches the sender late"},
      {"no-client-cert", Role::send, "verdict", "fail, DS130 client-cert-missing"},
      {"expired", Role::send, "verdict", "woodgrovebank.com on its TLSReceiveDomainSecureList"},
      {"expired", Role::receive, "verdict", "woodgrovebank.com on its TLSSendDomainSecureList"},
      {"wrong-name", Role::receive, "verdict", "fail, DS110 certificate-host-mismatch"},
      {"wrong-name", Role::send, "verdict", "fail, DS110 certificate-host-mismatch"},
      {"crl-stale", Role::send, "verdict", "DS151 crl-stale"},
      {"mail-454-revoked", Role::receive, "verdict", "is not what refused"},
      {"no-starttls", Role::receive, "verdict", "DS011 starttls-not-supported"},
      {"no-tls", Role::send, "verdict", "DS014 policy-no-tls"},
      {"starttls-stripped", Role::receive, "STARTTLS", "saw greeting or keywords rewritten"},
      {"banner-of-stars", Role::receive, "STARTTLS", "inspects SMTP"},
      {"long-line", Role::receive, "greeting", "no line end within 4096 octets"},
      {"commands-behind-starttls", Role::send, "command EHLO", "EHLO injected.example"},
      {"null-sender", Role::send, "treatment", "secured for the sender alone"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE((row.role == Role::receive ? "server/" : "client/") + std::string(row.fault));
    const Timeline told = meet(row.fault, row.role);
    EXPECT_EQ(subjects(told), row.subjects) << timeline_text(told);
    EXPECT_NE(told.joined, JoinedBy::nothing);
    if (told.disagreements.empty()) continue;
    const Disagreement& first = told.disagreements.front();
    EXPECT_THAT(first.sender + "|" + first.receiver + "|" + first.meaning, HasSubstr(row.says));
  }
}

/// Some servers refuse a certificate in the handshake. TLS 1.2 tells the client in time, TLS 1.3 late (RFC
/// 8446 4.4.2.4).
std::vector<testing::Pair> refused_in_the_handshake() {
  const testing::Partners partners;
  static const testing::ThreeLevels strangers("Strangers");
  const pki::Credentials untrusted = strangers.leaf("mail.contoso.com");
  std::vector<testing::Pair> pairs;
  for (const net::TlsVersion version : {net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
    testing::Pair pair{"", partners.send_plan(), partners.receive_plan()};
    net::TlsSettings client;
    client.identity = untrusted;
    client.maximum = version;
    pair.send.tls = net::TlsContext::client(client);
    pair.send.own.certificate = untrusted.chain.front();
    pair.receive->client_certificate = session::ClientCertificateMode::require_alert;
    pairs.push_back(std::move(pair));
  }
  testing::run_all(pairs);
  return pairs;
}

TEST(RealRefusal, InTheHandshakeComesInTimeUnderTls12AndLateUnderTls13) {
  const std::vector<testing::Pair> pairs = refused_in_the_handshake();
  ASSERT_TRUE(pairs[0].receiver && pairs[1].receiver);
  const Timeline in_time = timeline(pairs[0].sender, *pairs[0].receiver);
  EXPECT_EQ(subjects(in_time), "none") << timeline_text(in_time);
  const Timeline late = timeline(pairs[1].sender, *pairs[1].receiver);
  EXPECT_EQ(subjects(late), "TLS") << timeline_text(late);
  ASSERT_FALSE(late.disagreements.empty());
  EXPECT_THAT(late.disagreements[0].meaning, HasSubstr("the refusal arrives late"));
}

}  // namespace
}  // namespace domsec::report
