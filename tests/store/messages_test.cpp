#include "domsec/store/messages.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "support/sample_transcripts.h"

namespace domsec::store {
namespace {

namespace fs = std::filesystem;

class SpoolTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string made = (fs::temp_directory_path() / "domsec-spool-XXXXXX").string();
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    root = made;
    message.content = "X-MS-Exchange-Organization-AuthAs: Internal\r\nSubject: a\r\n\r\nbody\r\n";
    message.reverse_path = smtp::parse_mailbox("alice@woodgrovebank.com");
    message.recipients = {{smtp::parse_mailbox("bob@contoso.com")}};
    message.partner = "woodgrovebank.com";
    message.verdict.treatment = policy::Treatment::domain_secured;
    message.helo = "mail.woodgrovebank.com";
    message.remote = "203.0.113.7:50412";
    message.fqdn = "mail.contoso.com";
    message.tls =
        transcript::TlsEstablished{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519", "", true, true, {}, {}};
  }
  void TearDown() override { fs::remove_all(root); }

  std::string text(const std::string& name) const {
    std::ifstream file(root / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(root)) found.insert(entry.path().filename().string());
    return found;
  }

  fs::path root;
  Message message;
  const transcript::Transcript session = tests::received_with_wrong_name();
};

TEST_F(SpoolTest, KeepsAMessageWithItsMarksAndItsDocument) {
  Spool spool(root);
  const auto stored = spool.keep(message, session);
  ASSERT_TRUE(std::holds_alternative<Stored>(stored)) << std::get<NotStored>(stored).what;
  const std::string& id = std::get<Stored>(stored).id;
  EXPECT_EQ(names(), (std::set<std::string>{id + ".eml", id + ".json"}));
  const std::string eml = text(id + ".eml");
  EXPECT_EQ(eml,
            "Received: from mail.woodgrovebank.com ([203.0.113.7])\r\n\tby mail.contoso.com with ESMTPS id " +
                id +
                "\r\n\t(TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n\tfor <bob@contoso.com>;\r\n\tSun, 22 Nov 2026 "
                "10:02:42 +0000\r\n"
                "X-MS-Exchange-Organization-AuthAs: Partner\r\nX-MS-Exchange-Organization-AuthDomain: "
                "woodgrovebank.com\r\n"
                "X-MS-Exchange-Organization-AuthSource: mail.contoso.com\r\nSubject: a\r\n\r\nbody\r\n");
  const boost::json::value document = boost::json::parse(text(id + ".json"));
  EXPECT_EQ(document.at("schema"), "domsec.message/1");
  EXPECT_EQ(document.at("treatment"), "domain-secured");
  EXPECT_EQ(document.at("recipients").as_array().at(0), "bob@contoso.com");
  EXPECT_EQ(document.at("session").at("schema"), "domsec.session/1");
  struct stat status {};
  ASSERT_EQ(::stat((root / (id + ".eml")).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(SpoolTest, MarksWhatIsNotDomainSecuredAnonymous) {
  message.verdict.treatment = policy::Treatment::opportunistic;
  message.remote = "[2001:db8::7]:50412";
  message.tls.reset();
  Spool spool(root);
  const auto stored = spool.keep(message, session);
  const std::string eml = text(std::get<Stored>(stored).id + ".eml");
  EXPECT_NE(eml.find("AuthAs: Anonymous"), std::string::npos) << eml;
  EXPECT_NE(eml.find("([IPv6:2001:db8::7])"), std::string::npos) << eml;
  EXPECT_NE(eml.find(" with ESMTP id "), std::string::npos) << eml;
}

TEST_F(SpoolTest, GivesIdsThatAreUniqueAndInOrder) {
  Spool spool(root);
  std::string last;
  for (int i = 0; i < 12; ++i) {
    const std::string id = std::get<Stored>(spool.keep(message, session)).id;
    EXPECT_LT(last, id);
    EXPECT_EQ(id.find_first_not_of("0123456789T-"), std::string::npos);
    last = id;
  }
  EXPECT_EQ(names().size(), 24U);
}

TEST_F(SpoolTest, LosesNothingWhenThreadsKeepAtOnce) {
  Spool spool(root);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 5; ++n) EXPECT_TRUE(std::holds_alternative<Stored>(spool.keep(message, session)));
      });
    }
  }
  EXPECT_EQ(names().size(), 40U);
}

TEST_F(SpoolTest, NeverOverwritesWhatIsThere) {
  std::string first;
  {
    Spool spool(root);
    first = std::get<Stored>(spool.keep(message, session)).id;
  }
  Spool again(root);  // the count begins anew: the same time, count and process
  message.content = "Subject: another\r\n\r\n";
  const auto second = again.keep(message, session);
  EXPECT_NE(text(first + ".eml").find("Subject: a\r\n"), std::string::npos);
  ASSERT_TRUE(std::holds_alternative<Stored>(second)) << std::get<NotStored>(second).what;
  EXPECT_NE(std::get<Stored>(second).id, first);
}

TEST_F(SpoolTest, SaysWhyAMessageWasNotKeptAndLeavesNothingBehind) {
  Spool spool(root);
  message.content.assign(1U << 20, 'x');
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 64U << 10;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto stored = spool.keep(message, session);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, ignored);
  ASSERT_TRUE(std::holds_alternative<NotStored>(stored));
  EXPECT_NE(std::get<NotStored>(stored).what.find(root.string()), std::string::npos);
  EXPECT_TRUE(names().empty());
}

TEST_F(SpoolTest, RefusesADirectoryThatIsNone) {
  std::ofstream(root / "file") << "x";
  EXPECT_THROW(Spool((root / "file").string()), std::runtime_error);
  EXPECT_THROW(Spool((root / "file/below").string()), std::runtime_error);
}

TEST_F(SpoolTest, TellsALongSessionByItsIdAlone) {
  transcript::Transcript longer(policy::Role::receive, "c", 7, [] { return transcript::Time{}; });
  for (int i = 0; i < 1001; ++i)
    longer.append(transcript::CommandLine{transcript::Direction::received, "NOOP"});
  const boost::json::value document = boost::json::parse(message_json("id", message, longer));
  EXPECT_TRUE(document.at("session").is_null());
  EXPECT_EQ(document.at("session_id"), "0000000000000007");
}

}  // namespace
}  // namespace domsec::store
