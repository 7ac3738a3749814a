// The protocol log: worked sessions word by word, every event's record, and the form that no peer's octets
// may break.
#include "domsec/transcript/protocol_log.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "domsec/policy/domain_security.h"
#include "support/sample_transcripts.h"

namespace domsec::transcript {
namespace {

using policy::Role;

Transcript made(Role role) {
  return {role, role == Role::send ? "Internet" : "EDGE1\\Internet", 1, [] { return Time{}; }};
}

// ---- An independent reader of the form ----------------------------------------------------------

using Fields = std::vector<std::string>;

/// RFC 4180 with one physical line per record: nothing when the text is not that.
std::optional<std::vector<Fields>> read_csv(std::string_view text) {
  std::vector<Fields> records;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return {};
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    Fields fields(1);
    bool in_quotes = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto octet = static_cast<unsigned char>(line[i]);
      if (octet < 0x20 || octet == 0x7F) return {};
      if (in_quotes && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"') {
        fields.back() += line[i++];
      } else if (line[i] == '"') {
        if (!in_quotes && !fields.back().empty()) return {};
        in_quotes = !in_quotes;
      } else if (line[i] == ',' && !in_quotes) {
        fields.emplace_back();
      } else {
        fields.back() += line[i];
      }
    }
    if (in_quotes) return {};
    records.push_back(fields);
  }
  return records;
}

/// 9.1: nine fields, contiguous sequence numbers, one session id, known marks.
void expect_whole(const std::string& log) {
  const auto records = read_csv(log);
  ASSERT_TRUE(records) << log;
  for (std::size_t i = 0; i < records->size(); ++i) {
    const Fields& fields = (*records)[i];
    ASSERT_EQ(fields.size(), 9U) << log;
    EXPECT_EQ(fields[0].size(), std::string_view("2026-11-22T09:15:02.118Z").size());
    EXPECT_EQ(fields[2].size(), 16U);
    EXPECT_EQ(fields[3], std::to_string(i));
    EXPECT_EQ(fields[6].size(), 1U);
    EXPECT_NE(std::string("+-<>*").find(fields[6]), std::string::npos);
  }
}

std::string without_header(std::string log) {
  for (int line = 0; line < 5; ++line) log.erase(0, log.find("\r\n") + 2);
  return log;
}

// ---- Worked sessions ----------------------------------------------------------------------------

TEST(ProtocolLog, WritesTheWorkedSendSession) {
  const Transcript transcript = tests::sent_well();
  const std::string log = protocol_log_header(Role::send, transcript.events().front().at, "domsec 0.1.0") +
                          protocol_log(transcript);
  EXPECT_EQ(log, tests::fixture("fixtures/protocol-log/send-tls13-success/expected.LOG"));
}

TEST(ProtocolLog, WritesTheWorkedReceiveSession) {
  const Transcript transcript = tests::received_with_wrong_name();
  const std::string log = protocol_log_header(Role::receive, transcript.events().front().at, "domsec 0.1.0") +
                          protocol_log(transcript);
  EXPECT_EQ(log, tests::fixture("fixtures/protocol-log/receive-name-mismatch/expected.LOG"));
}

TEST(ProtocolLog, SurvivesACsvRoundTrip) {
  for (const char* name : {"send-tls13-success", "receive-name-mismatch"}) {
    SCOPED_TRACE(name);
    const std::string log = tests::fixture(std::string("fixtures/protocol-log/") + name + "/expected.LOG");
    expect_whole(without_header(log));
    EXPECT_EQ(log.find('#', log.find("#Fields") + 1), std::string::npos)
        << "no comment line behind the header";
  }
}

/// What a reader of form C does (protocol-log 2.1): from the right names, dates, thumbprint, serial; what is
/// left is subject and issuer, parted by the first blank before an attribute that no comma precedes.
TEST(ProtocolLog, LetsTheCertificateColumnsBeRecovered) {
  const auto records =
      read_csv(without_header(tests::fixture("fixtures/protocol-log/send-tls13-success/expected.LOG")));
  ASSERT_TRUE(records);
  std::string data = (*records)[10][7];
  ASSERT_EQ(data.front(), ' ');
  Fields columns;
  for (int column = 0; column < 5; ++column) {
    const std::size_t blank = data.rfind(' ');
    columns.push_back(data.substr(blank + 1));
    data.resize(blank);
  }
  EXPECT_EQ(columns, (Fields{"mail.woodgrovebank.com;woodgrovebank.com", "2027-06-10T08:00:00.000Z",
                             "2026-06-10T08:00:00.000Z", "1C2D3E4F5061728394A5B6C7D8E9FA0B1C2D3E4F",
                             "0B91F3A2C4D5E6F708192A3B4C5D6E7F"}));
  EXPECT_EQ(
      data,
      " CN=mail.woodgrovebank.com, O=\"Woodgrove Bank, N.A.\" CN=Example Partner CA G2, O=Example Trust");
}

// ---- Every event --------------------------------------------------------------------------------

/// Marks, data and contexts of all records, one line each, as `mark|data|context`.
std::string lines_of(const Transcript& transcript) {
  ProtocolLog log(transcript.role());
  std::string lines;
  for (const Event& event : transcript.events()) {
    for (const Record& record : log.records(transcript, event)) {
      lines += record.mark + "|" + record.data + "|" + record.context + "\n";
    }
  }
  return lines;
}

struct Row {
  const char* name;
  Role role;
  std::function<void(Transcript&)> events;
  std::string lines;
};

void run(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Transcript transcript = made(row.role);
    row.events(transcript);
    EXPECT_EQ(lines_of(transcript), row.lines);
    expect_whole(protocol_log(transcript));
  }
}

pki::CertificatePtr certificate(std::string subject, std::vector<std::string> names) {
  auto made_up = std::make_shared<pki::Certificate>();
  made_up->subject = std::move(subject);
  made_up->issuer = "CN=CA";
  made_up->serial = "0A";
  made_up->thumbprint = "FF";
  made_up->dns_names = std::move(names);
  return made_up;
}

#define COLUMNS \
  " certificate Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names\n"
#define EPOCH "1970-01-01T00:00:00.000Z 1970-01-01T00:00:00.000Z"

TEST(ProtocolLog, SaysOnlyOnceThatASessionEnds) {
  run({
      {"a connection that was never made has no end", Role::send,
       [](Transcript& t) {
         t.append(Connecting{"mx.test", "192.0.2.1:25"});
         t.append(Disconnected{DisconnectReason::local});
       },
       "*|SendRoutingHeaders|Set Session Permissions\n*||attempting to connect\n"},
      {"local", Role::receive,
       [](Transcript& t) {
         t.append(Connected{});
         t.append(Disconnected{DisconnectReason::local});
       },
       "+||\n-||Local\n"},
      {"remote", Role::receive,
       [](Transcript& t) {
         t.append(Connected{});
         t.append(Disconnected{DisconnectReason::remote});
       },
       "+||\n-||Remote\n"},
      {"reset", Role::receive,
       [](Transcript& t) {
         t.append(Connected{});
         t.append(Disconnected{DisconnectReason::remote_socket_error});
       },
       "+||\n-||Remote(SocketError)\n"},
      {"twice", Role::receive,
       [](Transcript& t) {
         t.append(Connected{});
         t.append(Disconnected{DisconnectReason::timeout});
         t.append(Disconnected{DisconnectReason::local});
       },
       "+||\n-||Timeout\n"},
  });
}

TEST(ProtocolLog, ShowsLinesAndRepliesAsOneRecordEach) {
  run({
      {"a reply of several lines", Role::send,
       [](Transcript& t) {
         t.append(ReplyGiven{Direction::received,
                             smtp::Reply(250, std::vector<std::string>{"host Hello", "SIZE"})});
       },
       "<|250  host Hello SIZE|\n"},
      {"a reply without text", Role::send,
       [](Transcript& t) {
         t.append(ReplyGiven{Direction::received, smtp::Reply(250, "")});
       },
       "<|250 |\n"},
      {"credentials are never shown", Role::receive,
       [](Transcript& t) {
         t.append(CommandLine{Direction::received, "AUTH PLAIN AGEAc2VjcmV0"});
       },
       "<|AUTH <authentication, 18 octets>|\n"},
      {"message content is never shown", Role::receive,
       [](Transcript& t) {
         t.append(DataPassed{Direction::received, 42});
       },
       ""},
      {"an accepted message", Role::receive,
       [](Transcript& t) {
         t.append(MessageAccepted{"20261122-1", 42, "b.test", true});
       },
       "*||domsec: step=message result=accepted id=20261122-1 octets=42 partner=b.test domain-secured=yes\n"},
      {"no secrets, no steps, no offers", Role::send,
       [](Transcript& t) {
         t.append(StepBegun{policy::Step::ehlo});
         t.append(StarttlsOffer{true, false});
         t.append(HostsResolved{});
       },
       ""},
      {"a masked offer", Role::send,
       [](Transcript& t) {
         t.append(StarttlsOffer{false, true});
       },
       "*||domsec: step=starttls result=masked code=DS013\n"},
      {"a reply held back", Role::receive,
       [](Transcript& t) { t.append(Tarpitted{std::chrono::seconds(65), "550 5.7.1 Unable to relay"}); },
       "*|Tarpit for '0.00:01:05' due to '550 5.7.1 Unable to relay'|\n"},
      {"an irregularity, its quote escaped", Role::receive,
       [](Transcript& t) { t.append(Irregularity{"the peer's text"}); },
       "*||domsec: step=irregularity result=noted detail='the peer\\x27s text'\n"},
  });
}

TEST(ProtocolLog, DescribesCertificatesInFormC) {
  run({
      {"names joined without blanks", Role::send,
       [](Transcript& t) {
         t.append(
             OwnCertificateChosen{certificate("CN=a", {"a.test", "b c;d"}), policy::OwnTrouble::none, ""});
       },
       "*| CN=a CN=CA 0A FF " EPOCH " a.test;b\\x20c\\x3Bd|Sending" COLUMNS},
      {"an empty subject still has its column", Role::receive,
       [](Transcript& t) { t.append(PeerCertificatesSeen{{certificate("", {"a.test"})}}); },
       "*| CN=\"\" CN=CA 0A FF " EPOCH " a.test|Remote" COLUMNS},
      {"no name at all, no column", Role::receive,
       [](Transcript& t) { t.append(PeerCertificatesSeen{{certificate("CN=a", {})}}); },
       "*| CN=a CN=CA 0A FF " EPOCH "|Remote" COLUMNS},
      {"nothing to send", Role::send,
       [](Transcript& t) {
         t.append(
             OwnCertificateChosen{nullptr, policy::OwnTrouble::not_found, "no certificate holds a.test"});
       },
       "*||domsec: step=own-certificate result=fail code=DS212 detail='no certificate holds a.test'\n"},
  });
}

pki::PathProblem problem(pki::PathFault fault, int depth, int number, std::string text = {}) {
  return {fault, depth, number, std::move(text), {}};
}
ChainExamined examined(std::vector<pki::PathProblem> problems, pki::UsageFit usage, pki::Purpose purpose) {
  ChainExamined event;
  event.path.problems = std::move(problems);
  event.usage = usage;
  event.purpose = purpose;
  return event;
}

TEST(ProtocolLog, TellsTheChainInExchangesSentenceOnlyOnReceive) {
  using pki::PathFault;
  const auto tls = [](Transcript& t) {
    t.append(TlsEstablished{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519", "", true, true, {}, {}});
  };
  const auto bad = examined({problem(PathFault::expired, 0, 10),
                             problem(PathFault::untrusted_root, 1, 19, "self-signed certificate in chain")},
                            pki::UsageFit::fits, pki::Purpose::server);
  const std::string server_tls =
      "*||TLS protocol SP_PROT_TLS1_3_SERVER negotiation succeeded using bulk encryption algorithm "
      "CALG_AES_256 with strength 256 "
      "bits, MAC hash algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm CALG_ECDH_EPHEM "
      "with strength 255 bits\n";
  run({
      {"send: who vouches for it leads, what it says follows", Role::send,
       [&](Transcript& t) { t.append(bad); },
       "*||domsec: step=chain result=fail code=DS100 status=UntrustedRoot depth=1 x509-error=19 "
       "detail='self-signed certificate in chain' also=DS103\n"},
      {"send: weak is a remark", Role::send,
       [&](Transcript& t) {
         t.append(examined({problem(PathFault::weak, 0, 66)}, pki::UsageFit::fits, pki::Purpose::server));
       },
       "*||domsec: step=chain result=warn code=DS109 status=Valid\n"},
      {"receive: one sentence", Role::receive, [&](Transcript& t) { t.append(bad); },
       "*||Client certificate chain validation status: 'UntrustedRoot'\n"},
      {"receive: no certificate is told before the reply to EHLO", Role::receive,
       [&](Transcript& t) {
         tls(t);
         t.append(PeerCertificatesSeen{});
         t.append(CommandLine{Direction::received, "EHLO a"});
         t.append(ReplyGiven{Direction::sent, smtp::Reply(250, "a")});
         t.append(ReplyGiven{Direction::sent, smtp::Reply(250, "a")});
       },
       server_tls + "<|EHLO a|\n*||Client certificate chain validation status: 'EmptyCertificate'\n>|250 "
                    "a|\n>|250 a|\n"},
      {"receive: a trusted self-signed certificate", Role::receive,
       [&](Transcript& t) {
         auto own = std::make_shared<pki::Certificate>();
         own->self_signed = true;
         ChainExamined good;
         good.path.path = {own};
         t.append(good);
       },
       "*||Client certificate chain validation status: 'ValidSelfSigned'\n"},
      {"receive: serverAuth only is accepted with a remark behind the revocation (D-10)", Role::receive,
       [&](Transcript& t) {
         t.append(examined({problem(PathFault::wrong_purpose, 0, 26)}, pki::UsageFit::only_server_auth,
                           pki::Purpose::client));
         t.append(RevocationExamined{
             {pki::Revocation{0, "CN=a", "0A", pki::RevocationState::good, {}, {}, "", "", {}, {}, {}, ""}}});
         t.append(CommandLine{Direction::received, "NOOP"});
       },
       "*||Client certificate chain validation status: 'Valid'\n*||domsec: step=revocation result=good "
       "source=crl depth=0\n"
       "*||domsec: step=eku result=warn code=DS121 purpose=clientAuth eku=serverAuth\n<|NOOP|\n"},
      {"receive: the remark does not wait for a revocation that is switched off", Role::receive,
       [&](Transcript& t) {
         t.append(examined({}, pki::UsageFit::only_server_auth, pki::Purpose::client));
         t.append(CommandLine{Direction::received, "NOOP"});
       },
       "*||Client certificate chain validation status: 'Valid'\n"
       "*||domsec: step=eku result=warn code=DS121 purpose=clientAuth eku=serverAuth\n<|NOOP|\n"},
      {"receive: neither purpose is a fault", Role::receive,
       [&](Transcript& t) {
         t.append(examined({problem(PathFault::wrong_purpose, 0, 26)}, pki::UsageFit::neither,
                           pki::Purpose::client));
       },
       "*||Client certificate chain validation status: 'WrongUsage'\n"},
  });
}

const std::vector<pki::PathProblem> every_problem{
    problem(pki::PathFault::untrusted_root, 1, 19), problem(pki::PathFault::self_signed, 0, 18),
    problem(pki::PathFault::issuer_not_found, 0, 20), problem(pki::PathFault::expired, 0, 10),
    problem(pki::PathFault::not_yet_valid, 0, 9), problem(pki::PathFault::bad_signature, 0, 7),
    problem(pki::PathFault::not_a_ca, 1, 79), problem(pki::PathFault::not_a_ca, 1, 32),
    problem(pki::PathFault::path_too_long, 1, 25), problem(pki::PathFault::name_constraint, 0, 47),
    problem(pki::PathFault::wrong_purpose, 0, 26), problem(pki::PathFault::weak, 0, 66),
    problem(pki::PathFault::rejected, 0, 28), problem(pki::PathFault::other, 0, 1)};

TEST(ProtocolLog, NamesEveryChainStatus) {
  const std::vector<std::string> statuses{
      "UntrustedRoot",         "UntrustedRoot",       "InternalChainFailure",
      "CertificateExpired",    "CertificateExpired",  "SignatureFailure",
      "BasicConstraintsError", "PurposeError",        "BasicConstraintsError",
      "InternalChainFailure",  "WrongUsage",          "Valid",
      "ExplicitDistrust",      "InternalChainFailure"};
  for (std::size_t i = 0; i < every_problem.size(); ++i) {
    EXPECT_EQ(chain_status(examined({every_problem[i]}, pki::UsageFit::fits, pki::Purpose::server)),
              statuses[i])
        << i;
  }
  EXPECT_EQ(chain_status({}), "Valid");
  ChainExamined missing =
      examined({problem(pki::PathFault::untrusted_root, 1, 20)}, pki::UsageFit::fits, pki::Purpose::server);
  missing.path.completes_with_known_intermediate = true;
  EXPECT_EQ(chain_status(missing), "InternalChainFailure");
}

/// The log tells what happened, the judgement decides; of the same chain they must not say different things.
TEST(ProtocolLog, NamesTheChainStatusThatTheJudgementNames) {
  for (std::size_t a = 0; a < every_problem.size(); ++a) {
    for (std::size_t b = 0; b < every_problem.size(); ++b) {
      SCOPED_TRACE(std::to_string(a) + " and " + std::to_string(b));
      const bool purpose = every_problem[a].fault == pki::PathFault::wrong_purpose ||
                           every_problem[b].fault == pki::PathFault::wrong_purpose;
      const ChainExamined event =
          examined({every_problem[a], every_problem[b]},
                   purpose ? pki::UsageFit::neither : pki::UsageFit::fits, pki::Purpose::client);
      policy::PeerEvidence peer;
      peer.presented = {std::make_shared<pki::Certificate>()};
      peer.path = event.path;
      peer.usage = event.usage;
      std::string judged = policy::certificate_validation_status(peer, {});
      if (judged.ends_with("†")) judged.resize(judged.size() - std::string_view("†").size());
      EXPECT_EQ(chain_status(event), judged.empty() ? "Valid" : judged);
    }
  }
}

TEST(ProtocolLog, TellsRevocationNameMutualAndPolicy) {
  const auto at = [](const char* text) { return *pki::read_rfc3339(text); };
  pki::Revocation revoked;
  revoked.depth = 1;
  revoked.state = pki::RevocationState::revoked;
  revoked.uri = "http://crl.test/a.crl?x=1";
  revoked.revoked_at = at("2026-01-02T03:04:05Z");
  revoked.reason = "keyCompromise";
  pki::Revocation unreachable;
  unreachable.problem = pki::CrlProblem::unreachable;
  unreachable.detail = "connection refused";
  pki::NameMatch by_common_name;
  by_common_name.reference = {"a.test", true};
  by_common_name.matches = by_common_name.only_by_common_name = true;
  by_common_name.by = pki::PresentedId{pki::PresentedId::Source::common_name, "a.test"};
  PolicyDecided likely{"a.test", "", {}};
  likely.verdict.result = policy::Result::fail;
  likely.verdict.headline.code = finding::Code::client_cert_eku;
  likely.verdict.headline.level = policy::Level::likely;
  likely.verdict.headline.observed = finding::Code::refused_purpose;
  run({
      {"revoked", Role::send,
       [&](Transcript& t) {
         t.append(RevocationExamined{{revoked, unreachable}});
       },
       "*||domsec: step=revocation result=revoked code=DS105 source=crl depth=1 "
       "uri=http://crl.test/a.crl?x=1 "
       "revoked-at=2026-01-02T03:04:05Z reason=keyCompromise\n"
       "*||domsec: step=revocation result=unknown code=DS150 source=crl depth=0 detail='connection "
       "refused'\n"},
      {"a name by CN only, the other mode differs", Role::send,
       [&](Transcript& t) { t.append(NameCompared{by_common_name}); },
       "*||domsec: step=name result=match code=DS111 reference=*.a.test presented=a.test by=cn "
       "other-mode=mismatch\n"},
      {"no certificate requested", Role::send,
       [](Transcript& t) {
         t.append(TlsEstablished{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519", "", false, false, {}, {}});
         t.append(TlsConfirmed{});
       },
       "*||TLS protocol SP_PROT_TLS1_3_CLIENT negotiation succeeded using bulk encryption algorithm "
       "CALG_AES_256 with strength 256 "
       "bits, MAC hash algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm "
       "CALG_ECDH_EPHEM with strength 255 bits\n"
       "*||domsec: step=mutual result=warn code=DS131 client-cert-requested=no client-cert-sent=no "
       "confirmed-by=first-reply\n"},
      {"a probable cause with what was observed", Role::send, [&](Transcript& t) { t.append(likely); },
       "*||domsec: step=policy result=fail code=DS121 level=likely observed=DS203 domain=a.test\n"},
      {"close_notify is not told", Role::send,
       [](Transcript& t) {
         t.append(AlertSeen{Direction::received, {0, false}, true});
       },
       ""},
  });
}

TEST(ProtocolLog, GivesANegotiationErrorItsSchannelName) {
  using policy::BreakKind;
  struct Failure {
    const char* name;
    std::function<void(Transcript&)> before;
    TlsFailed failed;
    const char* word;
  };
  const auto nothing = [](Transcript&) {};
  const auto alert = [](int number) {
    return [number](Transcript& t) { t.append(AlertSeen{Direction::received, {number, true}, false}); };
  };
  const std::vector<Failure> rows{
      {"clear text", nothing, {BreakKind::protocol_error, "wrong version number", true}, "InvalidToken"},
      {"garbage", nothing, {BreakKind::protocol_error, "packet length too long", false}, "InvalidToken"},
      {"no common cipher",
       nothing,
       {BreakKind::protocol_error, "no shared cipher", false},
       "AlgorithmMismatch"},
      {"no common version",
       nothing,
       {BreakKind::protocol_error, "unsupported protocol", false},
       "AlgorithmMismatch"},
      {"alert 40",
       alert(40),
       {BreakKind::protocol_error, "sslv3 alert handshake failure", false},
       "IllegalMessage"},
      {"alert 43", alert(43), {BreakKind::protocol_error, "", false}, "CertUnknown"},
      {"alert 45", alert(45), {BreakKind::protocol_error, "", false}, "CertExpired"},
      {"alert 48", alert(48), {BreakKind::protocol_error, "", false}, "UntrustedRoot"},
      {"alert 51", alert(51), {BreakKind::protocol_error, "", false}, "DecryptFailure"},
      {"closed", nothing, {BreakKind::closed, "unexpected eof while reading", false}, "SocketError"},
      {"timed out", nothing, {BreakKind::timed_out, "", false}, "SocketError"},
      {"own key missing",
       [](Transcript& t) {
         t.append(OwnCertificateChosen{nullptr, policy::OwnTrouble::key_missing, ""});
       },
       {BreakKind::local_error, "", false},
       "NoCredentials"},
      {"own certificate not for SMTP",
       [](Transcript& t) {
         t.append(OwnCertificateChosen{nullptr, policy::OwnTrouble::not_for_smtp, ""});
       },
       {BreakKind::local_error, "", false},
       "UnknownCredentials"},
      {"an alert of the attempt before does not count",
       [&](Transcript& t) {
         alert(48)(t);
         t.append(Connecting{"b", "c:25"});
       },
       {BreakKind::closed, "", false},
       "SocketError"},
      {"our own trouble", nothing, {BreakKind::local_error, "", false}, "InternalError"},
  };
  for (const Failure& row : rows) {
    SCOPED_TRACE(row.name);
    Transcript transcript = made(Role::send);
    row.before(transcript);
    transcript.append(row.failed);
    const std::string lines = lines_of(transcript);
    EXPECT_NE(lines.find("*||TLS negotiation failed with error " + std::string(row.word) +
                         "\n*||domsec: step=handshake result=fail"),
              std::string::npos)
        << lines;
  }
}

// ---- The form under hostile octets --------------------------------------------------------------

TEST(CsvField, QuotesAndEscapesOnlyWhatItMust) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"plain text", "plain text"},
      {"", ""},
      {"a,b", "\"a,b\""},
      {"say \"x\"", "\"say \"\"x\"\"\""},
      {"a\r\nb\nc", "a  b c"},
      {std::string("a\0b", 3), "a\\x00b"},
      {"tab\there\x7F", "tab\\x09here\\x7F"},
      {"Gr\xC3\xBC\xC3\x9F"
       "e \xE2\x9C\x93 \xF0\x9F\x94\x92",
       "Gr\xC3\xBC\xC3\x9F"
       "e \xE2\x9C\x93 \xF0\x9F\x94\x92"},
      {"\xFF", "\\xFF"},
      {"\xC3", "\\xC3"},
      {"\xC0\xAF", "\\xC0\\xAF"},                                      // overlong
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},                             // surrogate
      {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},                    // beyond U+10FFFF
      {"\xC2\x85", "\\xC2\\x85"},                                      // NEL
      {"\xE2\x80\xA8\xE2\x80\xA9", "\\xE2\\x80\\xA8\\xE2\\x80\\xA9"},  // line and paragraph separator
  };
  for (const auto& [text, field] : rows) {
    SCOPED_TRACE(field);
    EXPECT_EQ(csv_field(text), field);
  }
}

std::string octets(std::mt19937& random) {
  std::uniform_int_distribution<int> length(0, 60);
  std::uniform_int_distribution<int> octet(0, 255);
  std::uniform_int_distribution<int> choice(0, 5);
  static const std::vector<std::string> traps{"\r\n", "\n", ",", "\"", "\xE2\x80\xA8", "; Status='"};
  std::string made_up;
  for (int left = length(random); left > 0; --left) {
    if (choice(random) == 0) {
      made_up += traps[static_cast<std::size_t>(choice(random))];
    } else {
      made_up += static_cast<char>(octet(random));
    }
  }
  return made_up;
}

TEST(ProtocolLog, IsOnePhysicalLineOfNineFieldsWhateverThePeerSays) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 300; ++round) {
    Transcript transcript(Role::receive, octets(random), 1, [] { return Time{}; });
    transcript.append(Connected{octets(random), octets(random)});
    transcript.append(CommandLine{Direction::received, octets(random)});
    transcript.append(ReplyGiven{Direction::sent,
                                 smtp::Reply(250, std::vector<std::string>{octets(random), octets(random)})});
    auto peer = std::make_shared<pki::Certificate>();
    peer->subject = octets(random);
    peer->issuer = octets(random);
    peer->dns_names = {octets(random), octets(random)};
    transcript.append(PeerCertificatesSeen{{peer}});
    transcript.append(TlsFailed{policy::BreakKind::reset, octets(random), false, {}, false, false, {}});
    transcript.append(Broken{policy::Step::ehlo, policy::BreakKind::reset, octets(random)});
    transcript.append(Irregularity{octets(random)});
    pki::NameMatch name;
    name.attempts = {{{pki::PresentedId::Source::san, octets(random)}, false, ""}};
    transcript.append(NameCompared{name});
    const std::string log = protocol_log(transcript);
    ASSERT_NO_FATAL_FAILURE(expect_whole(log));
    const auto records = read_csv(log);
    ASSERT_EQ(records->size(), 9U);
    // The sentence that a reader takes for the capability line can stand in no record of ours.
    for (const Fields& fields : *records) ASSERT_EQ(fields[8].find("; Status='"), std::string::npos);
  }
}

TEST(ProtocolLog, HasAHeaderOfFiveLinesThatNothingCanLengthen) {
  EXPECT_EQ(protocol_log_header(Role::receive, Time{}, "a\r\n#b"),
            "#Software: a  #b\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Receive Protocol Log\r\n#Date: "
            "1970-01-01T00:00:00.000Z\r\n"
            "#Fields: "
            "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,"
            "context\r\n");
}

}  // namespace
}  // namespace domsec::transcript
