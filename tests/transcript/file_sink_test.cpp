// Protocol log files on disk, in a directory of their own, at given times.
#include "domsec/transcript/file_sink.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "domsec/transcript/protocol_log.h"
#include "support/sample_transcripts.h"

namespace domsec::transcript {
namespace {

namespace fs = std::filesystem;
using policy::Role;

class ProtocolLogFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string made = (fs::temp_directory_path() / "domsec-log-XXXXXX").string();
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    root = made;
    settings.path = made;
  }
  void TearDown() override { fs::remove_all(root); }

  std::set<std::string> names(const char* folder = "SmtpSend") const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(root / folder))
      found.insert(entry.path().filename().string());
    return found;
  }
  std::string text(const std::string& name) const {
    std::ifstream file(root / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path root;
  exchange::ProtocolLogSettings settings;
  const Time nine = *pki::read_rfc3339("2026-11-22T09:15:02Z");
};

const std::string record = "a,b,c,d,e,f,*,,\r\n";

TEST_F(ProtocolLogFilesTest, AreNamedAfterDirectionAndHourAndBeginWithOneHeader) {
  ProtocolLogFiles sent(Role::send, settings, "domsec 0.1.0");
  EXPECT_EQ(sent.current_file(), "");
  EXPECT_TRUE(names().empty()) << "no file before the first record";
  sent.write(nine, record);
  sent.write(nine + std::chrono::minutes(1), record);
  ProtocolLogFiles received(Role::receive, settings, "domsec 0.1.0");
  received.write(nine, record);
  EXPECT_EQ(sent.current_file(), (root / "SmtpSend/SEND2026112209-1.LOG").string());
  EXPECT_EQ(text("SmtpSend/SEND2026112209-1.LOG"),
            protocol_log_header(Role::send, nine, "domsec 0.1.0") + record + record);
  EXPECT_EQ(names("SmtpReceive"), std::set<std::string>{"RECV2026112209-1.LOG"});
}

TEST_F(ProtocolLogFilesTest, TakeAPathThatIsExchangesFolderAlready) {
  settings.path = (root / "SmtpSend").string();
  ProtocolLogFiles files(Role::send, settings, "domsec");
  files.write(nine, record);
  EXPECT_EQ(names(), std::set<std::string>{"SEND2026112209-1.LOG"});
}

TEST_F(ProtocolLogFilesTest, WriteNothingWithoutAPath) {
  settings.path.clear();
  ProtocolLogFiles files(Role::send, settings, "domsec");
  files.write(nine, record);
  EXPECT_EQ(files.current_file(), "");
  EXPECT_EQ(files.failures(), 0U);
}

TEST_F(ProtocolLogFilesTest, BeginANewFileEveryHour) {
  ProtocolLogFiles files(Role::send, settings, "domsec");
  files.write(nine, record);
  files.write(nine + std::chrono::hours(1), record);
  files.write(nine, record);  // a late record of another thread goes where the log is
  EXPECT_EQ(names(), (std::set<std::string>{"SEND2026112209-1.LOG", "SEND2026112210-1.LOG"}));
  EXPECT_EQ(text("SmtpSend/SEND2026112210-1.LOG"),
            protocol_log_header(Role::send, nine + std::chrono::hours(1), "domsec") + record + record);
}

TEST_F(ProtocolLogFilesTest, BeginANewFileBeforeTheSizeIsPassed) {
  const std::size_t header = protocol_log_header(Role::send, nine, "domsec").size();
  settings.max_file_size = header + 2 * record.size();
  ProtocolLogFiles files(Role::send, settings, "domsec");
  for (int i = 0; i < 5; ++i) files.write(nine, record);
  EXPECT_EQ(names(),
            (std::set<std::string>{"SEND2026112209-1.LOG", "SEND2026112209-2.LOG", "SEND2026112209-3.LOG"}));
  EXPECT_EQ(text("SmtpSend/SEND2026112209-1.LOG").size(), settings.max_file_size);
}

TEST_F(ProtocolLogFilesTest, DeleteTheOldestBeyondTheDirectorySize) {
  const std::size_t header = protocol_log_header(Role::send, nine, "domsec").size();
  settings.max_file_size = header + record.size();
  settings.max_directory_size = 3 * settings.max_file_size;
  ProtocolLogFiles files(Role::send, settings, "domsec");
  std::ofstream(root / "SmtpSend/notes.txt") << "not ours";
  for (int i = 0; i < 12; ++i) files.write(nine, record);
  EXPECT_EQ(names(), (std::set<std::string>{"SEND2026112209-10.LOG", "SEND2026112209-11.LOG",
                                            "SEND2026112209-12.LOG", "notes.txt"}));
}

TEST_F(ProtocolLogFilesTest, DeleteWhatIsTooOldUnlessTheAgeIsForEver) {
  settings.max_age = std::chrono::hours(24);
  {
    ProtocolLogFiles files(Role::send, settings, "domsec");
    files.write(nine, record);
    files.write(nine + std::chrono::hours(24), record);
    EXPECT_EQ(names().size(), 2U);
    files.write(nine + std::chrono::hours(25), record);
  }
  EXPECT_EQ(names(), (std::set<std::string>{"SEND2026112309-1.LOG", "SEND2026112310-1.LOG"}));
  settings.max_age = std::chrono::hours(0);
  ProtocolLogFiles files(Role::send, settings, "domsec");
  files.write(nine + std::chrono::hours(9000), record);
  EXPECT_EQ(names().size(), 3U);
}

TEST_F(ProtocolLogFilesTest, OfTwoProcessesDoNotOverwriteEachOther) {
  ProtocolLogFiles one(Role::send, settings, "domsec");
  ProtocolLogFiles two(Role::send, settings, "domsec");
  one.write(nine, "one\r\n");
  two.write(nine, "two\r\n");
  one.write(nine, "one\r\n");
  const std::string header = protocol_log_header(Role::send, nine, "domsec");
  EXPECT_EQ(text("SmtpSend/SEND2026112209-1.LOG"), header + "one\r\none\r\n");
  EXPECT_EQ(text("SmtpSend/SEND2026112209-2.LOG"), header + "two\r\n");
}

TEST_F(ProtocolLogFilesTest, GoOnInANewFileWhenTheirsWasDeleted) {
  ProtocolLogFiles files(Role::send, settings, "domsec");
  files.write(nine, record);
  fs::remove_all(root / "SmtpSend");
  files.write(nine, record);
  EXPECT_EQ(names(), std::set<std::string>{"SEND2026112209-2.LOG"});
  EXPECT_EQ(files.failures(), 0U);
}

TEST_F(ProtocolLogFilesTest, DoNotFollowALinkThatWasPlanted) {
  std::ofstream(root / "victim") << "kept";
  fs::create_directories(root / "SmtpSend");
  fs::create_symlink(root / "victim", root / "SmtpSend/SEND2026112209-1.LOG");
  ProtocolLogFiles files(Role::send, settings, "domsec");
  files.write(nine, record);
  EXPECT_EQ(text("victim"), "kept");
  EXPECT_EQ(files.current_file(), (root / "SmtpSend/SEND2026112209-2.LOG").string());
}

TEST_F(ProtocolLogFilesTest, SayWhichDirectoryCannotBeWrittenAndWhatToDo) {
  std::ofstream(root / "file") << "x";
  settings.path = (root / "file").string();
  try {
    ProtocolLogFiles files(Role::receive, settings, "domsec");
    FAIL() << "a file is no directory";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find((root / "file/SmtpReceive").string()), std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("ReceiveProtocolLogPath"), std::string::npos) << error.what();
  }
}

TEST_F(ProtocolLogFilesTest, CountWhatIsLostAndGoOnWhenTheDirectoryIsBack) {
  ProtocolLogFiles files(Role::send, settings, "domsec");
  fs::remove_all(root / "SmtpSend");
  std::ofstream(root / "SmtpSend") << "in the way";
  testing::internal::CaptureStderr();
  files.write(nine, record);
  files.write(nine, record);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  EXPECT_EQ(files.failures(), 2U);
  fs::remove(root / "SmtpSend");
  files.write(nine, record);
  EXPECT_EQ(files.failures(), 2U);
  EXPECT_EQ(names(), std::set<std::string>{"SEND2026112209-1.LOG"});
}

TEST_F(ProtocolLogFilesTest, KeepRecordsWholeWhenThreadsWriteAtOnce) {
  const std::size_t header = protocol_log_header(Role::send, nine, "domsec").size();
  settings.max_file_size = header + 100 * record.size();
  ProtocolLogFiles files(Role::send, settings, "domsec");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] { for (int n = 0; n < 250; ++n) files.write(nine, record); });
    }
  }
  std::size_t records = 0;
  for (const std::string& name : names()) {
    const std::string whole = text("SmtpSend/" + name).substr(header);
    EXPECT_EQ(whole.size() % record.size(), 0U);
    for (std::size_t at = 0; at < whole.size(); at += record.size(), ++records)
      EXPECT_EQ(whole.substr(at, record.size()), record);
  }
  EXPECT_EQ(records, 1000U);
}

TEST_F(ProtocolLogFilesTest, ReceiveASessionThroughTheirSink) {
  Sink sink;
  {
    ProtocolLogFiles files(Role::send, settings, "domsec 0.1.0");
    sink = files.sink();
  }
  const Transcript sample = tests::sent_well();
  for (const Event& event : sample.events()) sink(sample, event);
  EXPECT_EQ(text("SmtpSend/SEND2026112209-1.LOG"),
            tests::fixture("fixtures/protocol-log/send-tls13-success/expected.LOG"));
}

}  // namespace
}  // namespace domsec::transcript
