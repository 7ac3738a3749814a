#include "domsec/store/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>
#include <vector>

#include "domsec/store/schema.h"
#include "support/pki.h"

namespace domsec::store {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 2> two_steps{
    "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO a (name) VALUES ('first');",
    "ALTER TABLE a ADD COLUMN size INTEGER NOT NULL DEFAULT 7;"};
const Migrations whole(two_steps);

constexpr DatabaseSettings impatient{std::chrono::milliseconds(30)};

class DatabaseTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string octets() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// Why the file cannot be used; nothing when it can.
  [[nodiscard]] std::optional<StoreError> fault(Migrations steps = whole) const {
    try {
      const Database database(file, steps, impatient);
      return std::nullopt;
    } catch (const StoreError& error) {
      return error;
    }
  }
  static std::int64_t count(Database& database) {
    Statement rows = database.prepare("SELECT count(*) FROM a");
    rows.step();
    return rows.integer(0);
  }

  testing::TemporaryDirectory directory;
  std::string file = directory.path() + "/deep/er/store.db";
};

TEST_F(DatabaseTest, IsMadeForItsOwnerAlone) {
  const Database database(file, whole);
  struct stat status {};
  for (const char* ending : {"", "-wal"}) {
    ASSERT_EQ(::stat((file + ending).c_str(), &status), 0) << ending;
    EXPECT_EQ(status.st_mode & 0777, 0600) << ending;
  }
  ASSERT_EQ(::stat(fs::path(file).parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700);
}

TEST_F(DatabaseTest, AFileThatOthersMayReadIsClosedToThem) {
  { const Database database(file, whole); }
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const Database database(file, whole);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
}

TEST_F(DatabaseTest, WritesAheadSyncsFullyAndKeepsForeignKeys) {
  const Database database(file, whole);
  const std::array<std::pair<const char*, const char*>, 3> rows{
      {{"PRAGMA journal_mode", "wal"}, {"PRAGMA synchronous", "2"}, {"PRAGMA foreign_keys", "1"}}};
  for (const auto& [question, answer] : rows) {
    Statement statement = database.prepare(question);
    ASSERT_TRUE(statement.step());
    EXPECT_EQ(statement.text(0), answer) << question;
  }
}

TEST_F(DatabaseTest, KeepsValuesOfEveryKind) {
  Database database(file, whole);
  database.execute("CREATE TABLE v (n INTEGER, t TEXT, b BLOB, x INTEGER)");
  const std::string nul("a\0b", 3);
  database.prepare("INSERT INTO v VALUES (?, ?, ?, ?)")
      .add(std::int64_t{-5})
      .add(std::string_view())
      .add_octets(nul)
      .add(std::optional<std::int64_t>())
      .run();
  EXPECT_EQ(database.changes(), 1);
  Statement row = database.prepare("SELECT n, t, b, x FROM v");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.integer(0), -5);
  EXPECT_FALSE(row.is_null(1));
  EXPECT_EQ(row.text(1), "");
  EXPECT_EQ(row.text(2), nul);
  EXPECT_EQ(row.optional_integer(3), std::nullopt);
  EXPECT_FALSE(row.step());
}

TEST_F(DatabaseTest, AnOlderFileIsBroughtUpToDateAndKeepsItsRows) {
  { const Database first(file, whole.first(1)); }
  Database second(file, whole);
  Statement row = second.prepare("SELECT name, size FROM a");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.text(0), "first");
  EXPECT_EQ(row.integer(1), 7);
}

TEST_F(DatabaseTest, AStepThatFailsLeavesTheVersionBefore) {
  { const Database first(file, whole.first(1)); }
  constexpr std::array<std::string_view, 2> broken{
      two_steps[0], "CREATE TABLE b (id INTEGER); CREATE TABLE a (id INTEGER);"};
  const auto error = fault(broken);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), StoreFault::failed);
  EXPECT_FALSE(fault(whole))
      << "the right second step finds the version before it, and no table b in its way";
}

TEST_F(DatabaseTest, WhatIsNotCommittedIsNotThere) {
  Database database(file, whole);
  {
    const Transaction transaction(database);
    database.execute("INSERT INTO a (name) VALUES ('second')");
  }
  EXPECT_EQ(count(database), 1);
  Transaction transaction(database);
  database.execute("INSERT INTO a (name) VALUES ('second')");
  transaction.commit();
  EXPECT_EQ(count(database), 2);
}

/// What a crash leaves is what lies on the disk at that moment: the files are copied in the middle of a
/// transaction.
TEST_F(DatabaseTest, ACopyTakenInTheMiddleOfATransactionHoldsWhatWasCommitted) {
  Database database(file, whole);
  {
    Transaction transaction(database);
    database.execute("INSERT INTO a (name) VALUES ('second')");
    transaction.commit();
  }
  const Transaction transaction(database);
  database.execute(
      "PRAGMA cache_size = 1; CREATE TABLE big (b BLOB);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
      "INSERT INTO big SELECT randomblob(4000) FROM n; INSERT INTO a (name) VALUES ('third');");
  const std::string copy = directory.path() + "/copy.db";
  fs::copy_file(file, copy);
  ASSERT_GT(fs::file_size(file + "-wal"), 400'000U) << "the transaction has reached the disk in part";
  fs::copy_file(file + "-wal", copy + "-wal");
  Database after_crash(copy, whole);
  EXPECT_EQ(count(after_crash), 2);
  Statement check = after_crash.prepare("PRAGMA integrity_check");
  ASSERT_TRUE(check.step());
  EXPECT_EQ(check.text(0), "ok");
}

TEST_F(DatabaseTest, ANewerFileIsRefusedAndLeftAsItIs) {
  { const Database newer(file, whole); }
  const std::string before = octets();
  const auto error = fault(whole.first(1));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), StoreFault::newer);
  EXPECT_EQ(std::string(error->what()), "the store " + file +
                                            " was written by a newer domsec (version 2, this one knows 1): "
                                            "use that one, or name another file with --store");
  EXPECT_EQ(octets(), before);
}

TEST_F(DatabaseTest, WhatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  fs::create_directories(fs::path(file).parent_path());
  for (const std::string& text :
       {std::string("From: alice\n\nnot a database, but longer than the header of one: ") +
            std::string(2000, 'x'),
        std::string("short")}) {
    std::ofstream(file, std::ios::binary) << text;
    const auto error = fault();
    ASSERT_TRUE(error) << text.substr(0, 10);
    EXPECT_EQ(error->fault(), StoreFault::damaged);
    EXPECT_NE(std::string(error->what()).find("it was left as it is"), std::string::npos) << error->what();
    EXPECT_EQ(octets(), text);
  }
}

TEST_F(DatabaseTest, ADamagedPageIsOneSentence) {
  { const Database database(file, whole); }
  {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(100);  // the schema's page, behind the header
    out << std::string(2000, '\xff');
  }
  const auto error = fault();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), StoreFault::damaged) << error->what();
}

TEST_F(DatabaseTest, ADatabaseOfAnotherProgramIsNotMigrated) {
  for (const char* id : {"1234", "0"}) {  // 0: a program that gives itself no id
    SCOPED_TRACE(id);
    {
      Database other(file, whole);
      other.execute("PRAGMA application_id = " + std::string(id));
    }
    const auto error = fault();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->fault(), StoreFault::foreign);
    fs::remove(file);
  }
}

TEST_F(DatabaseTest, AFileThatSeveralMakeAtOnceIsEachOnes) {
  constexpr int files = 20;
  constexpr int openers = 6;
  std::mutex mutex;
  std::string faults;
  for (int i = 0; i < files; ++i) {
    const std::string name = file + std::to_string(i);
    std::vector<std::thread> threads;
    for (int j = 0; j < openers; ++j) {
      threads.emplace_back([&] {
        try {
          const Database database(name, migrations());
        } catch (const StoreError& error) {
          const std::lock_guard lock(mutex);
          faults += std::string(error.what()) + '\n';
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(faults, "");
}

TEST_F(DatabaseTest, ATransactionInsideOfAnotherIsAPartOfIt) {
  Database database(file, whole);
  const auto names = [&] {
    Statement rows = database.prepare("SELECT group_concat(name, ' ') FROM a");
    rows.step();
    return rows.text(0);
  };
  {
    Transaction outer(database);
    {
      Transaction kept(database);
      database.execute("INSERT INTO a (name) VALUES ('kept')");
      kept.commit();
    }
    {
      const Transaction dropped(database);
      database.execute("INSERT INTO a (name) VALUES ('dropped')");
    }
    EXPECT_EQ(names(), "first kept");
    outer.commit();
  }
  EXPECT_EQ(names(), "first kept");
  {
    const Transaction outer(database);
    Transaction inner(database);
    database.execute("INSERT INTO a (name) VALUES ('gone')");
    inner.commit();
  }
  EXPECT_EQ(names(), "first kept");
}

TEST_F(DatabaseTest, ALockedStoreIsWaitedForAndThenSaid) {
  Database one(file, whole);
  Database two(file, whole, impatient);
  const Transaction held(one);
  try {
    const Transaction waits(two);
    FAIL() << "two write at the same time";
  } catch (const StoreError& error) {
    EXPECT_EQ(error.fault(), StoreFault::busy);
    EXPECT_NE(std::string(error.what()).find("try again later"), std::string::npos);
  }
}

TEST_F(DatabaseTest, AFileThatCannotBeWrittenIsOneSentenceWithTheRemedy) {
  fs::create_directories(file);  // a directory stands in its place
  const auto error = fault();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault(), StoreFault::unwritable);
  EXPECT_NE(std::string(error->what()).find("--store"), std::string::npos);
}

TEST_F(DatabaseTest, TheStepsOfTheHouseMakeAWholeDatabase) {
  const Database database(file, migrations());
  Statement check = database.prepare("PRAGMA integrity_check");
  ASSERT_TRUE(check.step());
  EXPECT_EQ(check.text(0), "ok");
}

}  // namespace
}  // namespace domsec::store
