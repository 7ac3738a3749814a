// What a crash leaves in the spool and what the next opening makes of it: planted files, a writer that lives,
// and processes that are killed while they keep messages.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "domsec/store/messages.h"
#include "support/pki.h"
#include "support/sample_transcripts.h"

namespace domsec::store {
namespace {

namespace fs = std::filesystem;

using Names = std::set<std::string>;

Names names(const std::string& directory) {
  Names found;
  for (const auto& entry : fs::directory_iterator(directory)) found.insert(entry.path().filename());
  return found;
}

const std::string id = "20261122T100241902-00000001-4242";

Message message(std::size_t octets) {
  Message message;
  message.content = "Subject: a\r\n\r\n" + std::string(octets, 'x') + "\r\n";
  message.reverse_path = smtp::parse_mailbox("alice@woodgrovebank.com");
  message.recipients = {{smtp::parse_mailbox("bob@contoso.com")}};
  message.remote = "203.0.113.7:50412";
  return message;
}

TEST(SpoolLeftovers, AreRemovedAndCounted) {
  struct Row {
    const char* name;
    std::vector<std::string> files;  // a name with ` <- other` is a hard link to other
    std::size_t unfinished;
    Names left;
  };
  const std::vector<Row> rows{
      {"nothing", {}, 0, {}},
      {"killed in the first file", {id + ".json.part"}, 1, {}},
      {"killed in the second file", {id + ".json.part", id + ".eml.part"}, 1, {}},
      {"killed between the links",
       {id + ".json.part", id + ".eml.part", id + ".json <- " + id + ".json.part"},
       1,
       {}},
      {"killed behind both links",
       {id + ".json.part", id + ".eml.part", id + ".json <- " + id + ".json.part",
        id + ".eml <- " + id + ".eml.part"},
       0,
       {id + ".json", id + ".eml"}},
      {"two messages", {id + ".json.part", "20261122T100241902-00000002-4242.eml.part"}, 2, {}},
      {"a document whose mail was taken away", {id + ".json"}, 0, {id + ".json"}},
      {"files of others",
       {"notes.part", "draft.eml.part", "1.json"},
       0,
       {"notes.part", "draft.eml.part", "1.json"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const testing::TemporaryDirectory directory;
    const fs::path root = directory.path();
    for (const std::string& file : row.files) {
      const std::size_t arrow = file.find(" <- ");
      if (arrow == std::string::npos) {
        std::ofstream(root / file) << "octets";
      } else {
        fs::create_hard_link(root / file.substr(arrow + 4), root / file.substr(0, arrow));
      }
    }
    const Spool spool(root);
    EXPECT_EQ(spool.unfinished_removed(), row.unfinished);
    EXPECT_EQ(names(root), row.left);
  }
}

TEST(SpoolLeftovers, AreNoneWhileTheirWriterLives) {
  const testing::TemporaryDirectory directory;
  const std::string part = directory.write(id + ".eml.part", "half");
  const int writer = ::open(part.c_str(), O_WRONLY);
  ASSERT_EQ(::flock(writer, LOCK_EX), 0);
  EXPECT_EQ(Spool(directory.path()).unfinished_removed(), 0U);
  EXPECT_EQ(names(directory.path()), Names{id + ".eml.part"});
  ::close(writer);
  EXPECT_EQ(Spool(directory.path()).unfinished_removed(), 1U);
  EXPECT_EQ(names(directory.path()), Names{});
}

TEST(SpoolLeftovers, AreNotFollowedWhenTheyAreLinks) {
  const testing::TemporaryDirectory directory;
  const std::string victim = directory.write("victim", "kept");
  fs::create_symlink(victim, fs::path(directory.path()) / (id + ".eml.part"));
  EXPECT_EQ(Spool(directory.path()).unfinished_removed(), 0U);
  EXPECT_TRUE(fs::exists(victim));
}

TEST(SpoolLeftovers, OpeningTheSpoolDisturbsNobodyWhoIsKeepingMail) {
  const testing::TemporaryDirectory directory;
  Spool spool(directory.path());
  const transcript::Transcript session = tests::received_with_wrong_name();
  std::atomic<bool> done{false};
  std::jthread opener([&] {
    while (!done) EXPECT_EQ(Spool(directory.path()).unfinished_removed(), 0U);
  });
  for (int i = 0; i < 50; ++i) {
    const auto kept = spool.keep(message(4096), session);
    EXPECT_TRUE(std::holds_alternative<Stored>(kept)) << std::get<NotStored>(kept).what;
  }
  done = true;
  opener.join();
  EXPECT_EQ(names(directory.path()).size(), 100U);
}

/// Keeps messages until it is killed; each id that was given back is one line of the pipe.
[[noreturn]] void keep_for_ever(const std::string& directory, int acknowledged) {
  Spool spool(directory);
  const transcript::Transcript session = tests::received_with_wrong_name();
  const Message large = message(1U << 20);
  while (true) {
    const auto kept = spool.keep(large, session);
    const std::string line = std::get<Stored>(kept).id + "\n";
    if (::write(acknowledged, line.data(), line.size()) < 0) ::_exit(1);
  }
}

TEST(SpoolLeftovers, AProcessKilledAtAnyMomentLosesNothingThatItAcknowledged) {
  const std::size_t whole = std::string("Subject: a\r\n\r\n").size() + (1U << 20) + 2;
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const testing::TemporaryDirectory directory;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) keep_for_ever(directory.path(), ends[1]);
    ::close(ends[1]);
    std::string lines(1, '\0');
    ASSERT_EQ(::read(ends[0], lines.data(), 1), 1);  // the first is kept
    std::this_thread::sleep_for(
        std::chrono::microseconds(700 * round));  // the moment of the crash, not a wait
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    char octet = 0;
    while (::read(ends[0], &octet, 1) == 1) lines += octet;
    ::close(ends[0]);

    const Spool spool(directory.path());
    const Names found = names(directory.path());
    for (const std::string& name : found) {
      EXPECT_FALSE(name.ends_with(".part")) << name;
      const std::string stem = name.substr(0, name.rfind('.'));
      EXPECT_TRUE(found.count(stem + ".eml") && found.count(stem + ".json")) << name;
      if (name.ends_with(".eml")) {
        EXPECT_GT(fs::file_size(fs::path(directory.path()) / name), whole);
      }
    }
    for (std::size_t at = 0, end = 0; (end = lines.find('\n', at)) != std::string::npos; at = end + 1) {
      EXPECT_TRUE(found.count(lines.substr(at, end - at) + ".eml")) << lines.substr(at, end - at);
    }
  }
}

}  // namespace
}  // namespace domsec::store
