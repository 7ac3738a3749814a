#include "domsec/store/check.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "domsec/store/backup.h"
#include "domsec/store/certificates.h"
#include "domsec/store/queue.h"
#include "support/pki.h"

namespace domsec::store {
namespace {

namespace fs = std::filesystem;
using policy::Service;
using policy::ServiceSet;
using testing::test_instant;

constexpr DatabaseSettings impatient{std::chrono::milliseconds(30)};

/// A store with something of everything: two certificates, one of them the default for SMTP, a pending
/// request, and two messages, one of them delivered.
class CheckTest : public ::testing::Test {
 protected:
  CheckTest() {
    const CertificateEntry first = import("mail1.contoso.com");
    thumbprint = first.certificate->thumbprint;
    certificates.assign(thumbprint, ServiceSet{Service::smtp, Service::imap});
    certificates.make_default_smtp(thumbprint);
    import("mail2.contoso.com");
    pki::RequestRecipe recipe;
    recipe.subject = "CN=mail3.contoso.com";
    recipe.key = pki::KeyKind::ec_p256;
    certificates.keep(pki::make_request(recipe), "Third", KeyExport::refused, test_instant);
    Queue queue(database);
    for (const char* domain : {"woodgrovebank.com", "fabrikam.com"}) {
      Submission submission;
      submission.domain = domain;
      submission.message_id = "<1@contoso.com>";
      submission.recipients = {std::string("bob@") + domain};
      submission.content = "Subject: x\r\n\r\nHello.\r\n";
      const Lease lease = queue.put(submission, test_instant);
      if (submission.domain == "fabrikam.com") continue;
      const AttemptNumber attempt = queue.begin_attempt(lease, test_instant);
      AttemptEnd end;
      end.outcome = policy::DeliveryOutcome::completed;
      end.answers = {
          {submission.recipients[0], policy::RecipientState::delivered, "250 2.6.0 Queued", "mail"}};
      queue.end_attempt(lease, attempt, end, test_instant);
      EXPECT_TRUE(queue.settle(lease, std::nullopt, test_instant));
    }
  }

  CertificateEntry import(const std::string& name) {
    const pki::Credentials leaf = testing::three_levels().leaf(name);
    return certificates.import({leaf.chain, leaf.key, name, KeyExport::refused, test_instant});
  }
  /// What another program does to the file.
  void change(const std::string& sql) {
    database.execute("PRAGMA foreign_keys = OFF; " + sql + "; PRAGMA foreign_keys = ON;");
  }
  [[nodiscard]] StoreCheck checked(const exchange::AuthConfig* auth_config = nullptr) const {
    CheckSettings settings;
    settings.auth_config = auth_config;
    return check(file, settings);
  }
  [[nodiscard]] std::string octets() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  testing::TemporaryDirectory directory;
  std::string file = directory.path() + "/domsec.db";
  Database database{file, migrations()};
  Certificates certificates{database};
  std::string thumbprint;
};

TEST_F(CheckTest, FindsNothingWrongWithWhatDomsecKeeps) {
  exchange::AuthConfig auth;
  auth.current_certificate_thumbprint = thumbprint;
  const StoreCheck check = checked(&auth);
  for (const StoreProblem& problem : check.problems) ADD_FAILURE() << problem.what;
  EXPECT_FALSE(check.damaged);
  EXPECT_EQ(check.version, static_cast<std::int64_t>(migrations().size()));
  EXPECT_EQ(check.certificates, 2U);
  EXPECT_EQ(check.requests, 1U);
  EXPECT_EQ(check.messages, 1U);
}

struct Row {
  const char* name;
  std::string sql;
  StoreProblem::About about;
  const char* told;
};

TEST_F(CheckTest, TellsEachThingThatDoesNotBelongTogether) {
  using About = StoreProblem::About;
  const std::string first = "thumbprint = (SELECT min(thumbprint) FROM certificates)";
  const std::string last = "(SELECT max(thumbprint) FROM certificates)";
  const Row rows[] = {
      {"octets", "UPDATE certificates SET der = x'3000' WHERE id = 2", About::certificate,
       "octets cannot be read"},
      {"thumbprint", "UPDATE certificates SET thumbprint = 'AB' WHERE id = 2", About::certificate,
       "certificate AB (CN=mail2.contoso.com, O=Contoso) has the thumbprint "},
      {"swapped keys",
       "UPDATE certificates SET key = (SELECT key FROM certificates WHERE id = 1) WHERE id = 2",
       About::certificate, "has the key of another certificate"},
      {"no key", "UPDATE certificates SET key = 'x' WHERE id = 2", About::certificate,
       "has a key that cannot be read"},
      {"issuers", "UPDATE certificates SET issuers = '-----BEGIN CERTIFICATE-----' WHERE id = 2",
       About::certificate, "has issuers that cannot be read"},
      {"services", "UPDATE certificates SET services = 1024 WHERE id = 2", About::certificate,
       "services that do not exist (1024)"},
      {"request", "UPDATE certificate_requests SET der = x'3000'", About::request, "cannot be read"},
      {"request's thumbprint", "UPDATE certificate_requests SET thumbprint = 'AB'", About::request,
       "has the thumbprint "},
      {"request's key", "UPDATE certificate_requests SET key = (SELECT key FROM certificates WHERE id = 2)",
       About::request, "has the key of another request"},
      {"request's hash", "UPDATE certificate_requests SET key_sha256 = 'AB'", About::request,
       "is found under another key"},
      {"default without key", "UPDATE certificates SET key = NULL WHERE id = 1", About::default_certificate,
       "has no private key"},
      {"default that is gone", "UPDATE default_certificates SET thumbprint = 'AB'",
       About::default_certificate, "AB is not in the store"},
      {"no default", "DELETE FROM default_certificates", About::default_certificate,
       "is not named, although"},
      {"reference", "UPDATE messages SET domain = 'nowhere'", About::database,
       "a row of messages refers to one of queues that is not there"},
      {"state", "UPDATE messages SET state = 'lost' WHERE id = 2", About::queue, "message 2 is in a state"},
      {"requirement", "UPDATE messages SET requirement = 'some' WHERE id = 2", About::queue,
       "message 2 has a requirement"},
      {"content", "UPDATE messages SET content = NULL WHERE id = 2", About::queue,
       "message 2 waits without its content"},
      {"length", "UPDATE messages SET octets = 7 WHERE id = 2", About::queue, "message 2 has another length"},
      {"finished", "UPDATE messages SET finished = 1 WHERE id = 2", About::queue,
       "message 2 waits and is finished"},
      {"never finished", "UPDATE messages SET finished = NULL WHERE id = 1", About::queue,
       "message 1 has left the queue at no time"},
      {"recipients", "DELETE FROM recipients WHERE message = 2", About::queue, "message 2 has no recipient"},
      {"waiting", "UPDATE recipients SET state = 'waiting' WHERE message = 1", About::queue,
       "message 1 is finished and has recipients who wait"},
      {"attempts", "INSERT INTO attempts (message, began) VALUES (2, 1), (2, 2)", About::queue,
       "message 2 has several attempts"},
      {"tables", "DROP TABLE notices", About::database, "its tables are not those of version"},
  };
  const std::string whole = directory.path() + "/whole.db";
  (void)back_up(file, whole, ExistingFile::refused);
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string changed = directory.path() + "/changed.db";
    fs::copy_file(whole, changed, fs::copy_options::overwrite_existing);
    {
      Database other(changed, migrations());
      other.execute("PRAGMA foreign_keys = OFF; " + row.sql);
    }
    const StoreCheck found = check(changed);
    const auto told = std::ranges::find_if(found.problems, [&](const StoreProblem& problem) {
      return problem.about == row.about && problem.what.find(row.told) != std::string::npos;
    });
    EXPECT_NE(told, found.problems.end());
    for (const StoreProblem& problem : found.problems) {
      EXPECT_FALSE(problem.remedy.empty());
      if (told == found.problems.end()) ADD_FAILURE() << problem.what;
    }
    EXPECT_FALSE(found.damaged);
  }
}

/// What an import that is not one transaction would leave when it is killed.
TEST_F(CheckTest, ARequestBesideItsCertificateIsHalfAnImport) {
  const PendingRequest pending = certificates.pending().at(0);
  const testing::ThreeLevels& levels = testing::three_levels();
  const pki::CertificatePtr answer = levels.second.certify(testing::leaf_recipe({}), pending.request);
  change("CREATE TEMP TABLE kept AS SELECT * FROM certificate_requests");
  certificates.import({{answer}, std::nullopt, std::nullopt, KeyExport::refused, test_instant});
  EXPECT_TRUE(checked().problems.empty());
  change("INSERT INTO certificate_requests SELECT * FROM kept");
  const StoreCheck check = checked();
  ASSERT_EQ(check.problems.size(), 1U);
  EXPECT_NE(check.problems[0].what.find("waits although the certificate with its key is there"),
            std::string::npos);
}

TEST_F(CheckTest, TheAuthConfigurationNamesCertificatesWithKeys) {
  exchange::AuthConfig auth;
  auth.current_certificate_thumbprint = "1111111111111111111111111111111111111111";
  auth.next_certificate_thumbprint = thumbprint;
  EXPECT_EQ(checked(&auth).problems.size(), 1U);
  CheckSettings settings;
  settings.auth_config = &auth;
  settings.thumbprints = {auth.current_certificate_thumbprint};  // of a file
  EXPECT_TRUE(check(file, settings).problems.empty());
  change("UPDATE certificates SET key = NULL WHERE id = 1");
  const StoreCheck found = checked(&auth);
  std::string told;
  for (const StoreProblem& problem : found.problems)
    if (problem.about == StoreProblem::About::auth) told += problem.what + "\n";
  EXPECT_EQ(told,
            "[AuthConfig] CurrentCertificateThumbprint names 1111111111111111111111111111111111111111, which "
            "is not "
            "in the store\n[AuthConfig] NextCertificateThumbprint names " +
                thumbprint + ", which has no private key in the store\n");
}

TEST_F(CheckTest, OthersMustNotReadFileAndCompanions) {
  for (const char* companion : {"", "-wal", "-shm"}) {
    SCOPED_TRACE(companion);
    ASSERT_EQ(::chmod((file + companion).c_str(), 0640), 0);
    const StoreCheck check = checked();
    ASSERT_EQ(check.problems.size(), 1U);
    EXPECT_EQ(check.problems[0].what,
              file + companion + " has mode 0640, so that others may read or write the keys in it");
    EXPECT_NE(check.problems[0].remedy.find("chmod 600 " + file + companion), std::string::npos);
    struct stat status {};
    ASSERT_EQ(::stat((file + companion).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640) << "a check changes nothing";
    const Database closed_to_others(file, migrations());
    EXPECT_TRUE(checked().problems.empty());
  }
}

TEST_F(CheckTest, AnOlderVersionIsReadAndLeftAsItIs) {
  const std::string older = directory.path() + "/older.db";
  { const Database database_of_before(older, migrations().first(1)); }
  const StoreCheck found = check(older);
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.version, 1);
  EXPECT_EQ(check(older).version, 1);
}

TEST_F(CheckTest, WhatIsNotThereIsNotMade) {
  const std::string nothing = directory.path() + "/nothing.db";
  try {
    (void)check(nothing);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_EQ(error.fault(), StoreFault::missing);
    EXPECT_EQ(std::string(error.what()),
              "there is no store " + nothing + ": name the one that is meant with --store");
  }
  EXPECT_FALSE(fs::exists(nothing));
}

TEST_F(CheckTest, RandomOctetsInTheMiddleAreDamage) {
  const std::string damaged = directory.path() + "/damaged.db";
  (void)back_up(file, damaged, ExistingFile::refused);
  const auto size = fs::file_size(damaged);
  {
    std::fstream out(damaged, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(size / 2 / 4096 * 4096));
    out << std::string(8192, '\x5a');
  }
  const StoreCheck found = check(damaged);
  EXPECT_TRUE(found.damaged);
  ASSERT_FALSE(found.problems.empty());
  EXPECT_EQ(found.problems[0].about, StoreProblem::About::database);
}

TEST_F(CheckTest, ATruncatedFileIsDamage) {
  const std::string shorter = directory.path() + "/shorter.db";
  (void)back_up(file, shorter, ExistingFile::refused);
  fs::resize_file(shorter, fs::file_size(shorter) / 3);
  try {
    EXPECT_TRUE(check(shorter).damaged);
  } catch (const StoreError& error) {
    EXPECT_EQ(error.fault(), StoreFault::damaged) << error.what();
  }
}

TEST_F(CheckTest, GoesOnBesideAWriter) {
  const Transaction held(database);
  database.execute("UPDATE certificates SET friendly_name = 'x'");
  CheckSettings settings;
  settings.database = impatient;
  EXPECT_TRUE(check(file, settings).problems.empty());
}

class BackupTest : public CheckTest {
 protected:
  std::string copy = directory.path() + "/backup.db";
  [[nodiscard]] std::string refused(const std::string& out,
                                    ExistingFile existing = ExistingFile::refused) const {
    try {
      (void)back_up(file, out, existing, impatient);
    } catch (const StoreError& error) {
      return error.what();
    }
    return "";
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()));
  }
};

TEST_F(BackupTest, HoldsEverythingForItsOwnerAlone) {
  const std::size_t before = files();
  const Backup made = back_up(file, copy, ExistingFile::refused);
  EXPECT_EQ(files(), before + 1) << "the backup and nothing beside it";
  EXPECT_EQ(made.octets, fs::file_size(copy));
  struct stat status {};
  ASSERT_EQ(::stat(copy.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
  const StoreCheck found = check(copy);
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.certificates, 2U);
  Database restored(copy, migrations());
  EXPECT_TRUE(pki::belongs_to(Certificates(restored).private_key(thumbprint),
                              *Certificates(restored).find(thumbprint)->certificate));
}

TEST_F(BackupTest, IsOfOneMomentWhileOthersWrite) {
  const Transaction held(database);
  database.execute("DELETE FROM default_certificates; DELETE FROM certificates");
  (void)back_up(file, copy, ExistingFile::refused, impatient);
  EXPECT_EQ(check(copy).certificates, 2U);
}

TEST_F(BackupTest, ReplacesNothingUnlessTold) {
  std::ofstream(copy) << "something else";
  EXPECT_EQ(refused(copy), "the backup " + copy + " is there already: name another file, or give --replace");
  EXPECT_EQ(fs::file_size(copy), 14U);
  EXPECT_EQ(refused(copy, ExistingFile::replaced), "");
  EXPECT_TRUE(check(copy).problems.empty());
}

TEST_F(BackupTest, IsNeverTheStoreOrOneInUse) {
  EXPECT_NE(refused(file, ExistingFile::replaced).find("is the store itself"), std::string::npos);
  fs::create_symlink(file, directory.path() + "/link.db");
  EXPECT_NE(refused(directory.path() + "/link.db", ExistingFile::replaced).find("is the store itself"),
            std::string::npos);
  const std::string other = directory.path() + "/other.db";
  const Database in_use(other, migrations());
  EXPECT_NE(refused(other, ExistingFile::replaced).find("a program works on it"), std::string::npos);
  EXPECT_NE(refused(directory.path() + "/no/where.db").find("No such file or directory"), std::string::npos);
  EXPECT_NE(refused(directory.path(), ExistingFile::replaced).find("is a directory"), std::string::npos);
}

TEST_F(BackupTest, RemovesWhatAKilledOneLeft) {
  std::ofstream(copy + ".aB3dE6.part") << "half";
  std::ofstream(copy + ".aB3dE6.part-journal") << "half";
  const std::size_t before = files();
  EXPECT_EQ(refused(copy), "");
  EXPECT_EQ(files(), before - 1);
}

}  // namespace
}  // namespace domsec::store
