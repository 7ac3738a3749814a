#include "../../src/cli/doctor_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "domsec/net/listener.h"

namespace domsec::cli {
namespace {

using testing::HasSubstr;

const pki::Instant now = pki::read_rfc3339("2026-11-22T09:00:00Z").value();

class DoctorFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "domsec-doctor-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, mode_t mode) const {
    const std::string path = directory_ / name;
    std::ofstream(path) << "key";
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }

  std::filesystem::path directory_;
};

TEST_F(DoctorFiles, AKeyIsForItsOwnerAlone) {
  struct Row {
    const char* name;
    mode_t mode;
    DoctorResult result;
  };
  for (const Row& row : {Row{"owner reads and writes", 0600, DoctorResult::ok}, Row{"owner reads", 0400, DoctorResult::ok},
                         Row{"group reads", 0640, DoctorResult::warn}, Row{"everybody reads", 0644, DoctorResult::fail},
                         Row{"everybody writes", 0602, DoctorResult::fail}}) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(check_key_file(file("key.pem", row.mode)).result, row.result);
  }
}

TEST_F(DoctorFiles, AKeyThatIsNotThereFails) {
  const DoctorCheck check = check_key_file(directory_ / "none.pem");
  EXPECT_EQ(check.result, DoctorResult::fail);
  EXPECT_EQ(check.fault, DoctorFault::own);
}

TEST_F(DoctorFiles, ADirectoryMayBeMadeLaterWhereItsParentCanBeWritten) {
  EXPECT_EQ(check_directory("Spool", directory_).result, DoctorResult::ok);
  EXPECT_EQ(check_directory("Spool", directory_ / "not" / "yet").result, DoctorResult::ok);
  EXPECT_EQ(check_directory("Spool", file("plain", 0600)).result, DoctorResult::fail);
}

TEST(DoctorClock, IsWrongBeforeTheProgramWasWritten) {
  const DoctorCheck check = check_clock(pki::read_rfc3339("1970-01-01T00:00:10Z").value(), ClockDiscipline::kept);
  EXPECT_EQ(check.result, DoctorResult::fail);
  EXPECT_EQ(check.fault, DoctorFault::environment);
}

TEST(DoctorClock, IsWarnedOfWhenNothingKeepsItInStep) {
  EXPECT_EQ(check_clock(now, ClockDiscipline::kept).result, DoctorResult::ok);
  EXPECT_EQ(check_clock(now, ClockDiscipline::unknown).result, DoctorResult::ok);
  EXPECT_EQ(check_clock(now, ClockDiscipline::free_running).result, DoctorResult::warn);
}

session::OwnChoice choice_of(pki::Instant not_before, pki::Instant not_after) {
  auto certificate = std::make_shared<pki::Certificate>();
  certificate->subject = "CN=mail.contoso.com";
  certificate->not_before = not_before;
  certificate->not_after = not_after;
  session::OwnChoice choice;
  choice.event.certificate = certificate;
  return choice;
}

TEST(DoctorCertificate, IsJudgedByItsDates) {
  using std::chrono::days;
  struct Row {
    const char* name;
    pki::Instant not_before;
    pki::Instant not_after;
    DoctorResult result;
  };
  for (const Row& row : {Row{"a year left", now - days(1), now + days(365), DoctorResult::ok},
                         Row{"thirty days left", now - days(1), now + days(30), DoctorResult::ok},
                         Row{"a week left", now - days(1), now + days(7), DoctorResult::warn},
                         Row{"over this second", now - days(1), now, DoctorResult::fail},
                         Row{"from tomorrow on", now + days(1), now + days(365), DoctorResult::fail}}) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(check_certificate("send connector Internet", choice_of(row.not_before, row.not_after), now).result, row.result);
  }
}

TEST(DoctorCertificate, FailsWhenThereIsNoneToPresent) {
  session::OwnChoice choice;
  choice.event.trouble = policy::OwnTrouble::not_found;
  choice.event.reason = "no certificate has the name mail.contoso.com";
  const DoctorCheck check = check_certificate("send connector Internet", choice, now);
  EXPECT_EQ(check.result, DoctorResult::fail);
  EXPECT_THAT(check.detail, HasSubstr("mail.contoso.com"));
}

TEST(DoctorDns, WantsOneHostWithAnAddress) {
  net::MxAnswer answer;
  EXPECT_EQ(check_dns("woodgrovebank.com", answer).result, DoctorResult::fail);
  answer.hosts.push_back(net::MxHost{});
  answer.hosts.front().host = "mail1.woodgrovebank.com";
  EXPECT_EQ(check_dns("woodgrovebank.com", answer).result, DoctorResult::fail);
  answer.hosts.front().addresses = {"192.0.2.1"};
  EXPECT_EQ(check_dns("woodgrovebank.com", answer).result, DoctorResult::ok);
  net::MxAnswer silence;
  silence.status = net::DnsStatus::timed_out;
  const DoctorCheck check = check_dns("woodgrovebank.com", silence);
  EXPECT_EQ(check.fault, DoctorFault::environment);
  EXPECT_THAT(check.remedy, HasSubstr("DnsServers"));
}

TEST(DoctorPort, IsTriedByListeningThere) {
  net::Loop loop;
  EXPECT_EQ(check_port(loop, exchange::Binding{"127.0.0.1", 0}).result, DoctorResult::ok);
  EXPECT_EQ(check_port(loop, exchange::Binding{"192.0.2.1", 0}).result, DoctorResult::fail);   // TEST-NET-1: nobody's
  const net::Listener other(loop, net::Endpoint{"127.0.0.1", 0});
  EXPECT_EQ(check_port(loop, exchange::Binding{"127.0.0.1", other.endpoint().port}).result, DoctorResult::warn);
}

TEST(DoctorExitCode, IsOwnBeforeEnvironmentAndWarningsPass) {
  const DoctorCheck good{"clock", DoctorResult::ok, ""};
  const DoctorCheck warning{"clock", DoctorResult::warn, ""};
  const DoctorCheck own{"key-file", DoctorResult::fail, ""};
  const DoctorCheck environment{"dns", DoctorResult::fail, "", "", DoctorFault::environment};
  EXPECT_EQ(exit_code({good, warning}), 0);
  EXPECT_EQ(exit_code({good, environment}), 3);
  EXPECT_EQ(exit_code({environment, own, good}), 2);
}

TEST(DoctorJson, SaysWhoIsAtFault) {
  const DoctorCheck environment{"dns", DoctorResult::fail, "a.example: timed out", "look", DoctorFault::environment};
  EXPECT_EQ(json_of({environment}),
            R"({"schema":"domsec.doctor/1","exit_code":3,"checks":[{"name":"dns","result":"fail","detail":"a.example: timed out",)"
            R"("remedy":"look","who":"env"}]})");
}

}  // namespace
}  // namespace domsec::cli
