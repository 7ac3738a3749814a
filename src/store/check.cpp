#include "domsec/store/check.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <set>

#include "check_parts.h"
#include "domsec/store/schema.h"

namespace domsec::store {
namespace {

constexpr std::int64_t certificates_since = 2;  // version of the tables
constexpr int most_faults = 20;                 // of SQLite's that are told

const char* const copy_in_place = "put a backup in its place; until then use it for reading alone";

void check_modes(const std::string& file, StoreCheck& check) {
  for (const char* companion : {"", "-wal", "-shm", "-journal"}) {
    const std::string path = file + companion;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) continue;
    if ((status.st_mode & 077U) != 0) {
      constexpr std::string_view digits = "01234567";
      std::string mode = "0";
      for (const unsigned shift : {6U, 3U, 0U}) mode += digits[(status.st_mode >> shift) & 7U];
      check.problems.push_back(
          {About::file, path + " has mode " + mode + ", so that others may read or write the keys in it",
           "chmod 600 " + path + ", and replace the keys if somebody else could log in"});
    }
    if (status.st_uid != ::geteuid()) {
      check.problems.push_back({About::file,
                                path + " belongs to user " + std::to_string(status.st_uid) +
                                    " and not to the one that runs domsec, " + std::to_string(::geteuid()),
                                "run domsec as that user, or chown it"});
    }
  }
}

void check_integrity(const Database& database, StoreCheck& check) {
  Statement faults = database.prepare("PRAGMA integrity_check(" + std::to_string(most_faults) + ")");
  while (faults.step()) {
    if (faults.text(0) == "ok") return;
    check.damaged = true;
    check.problems.push_back({About::database, "SQLite finds it damaged: " + faults.text(0), copy_in_place});
  }
}

void check_references(const Database& database, StoreCheck& check) {
  Statement faults = database.prepare("PRAGMA foreign_key_check");
  for (int told = 0; told < most_faults && faults.step(); ++told) {
    check.problems.push_back(
        {About::database,
         "a row of " + faults.text(0) + " refers to one of " + faults.text(2) + " that is not there",
         copy_in_place});
  }
}

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

/// Tables and indexes that the steps up to this version make, as SQLite keeps them.
std::set<std::string> tables_of(std::int64_t version) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(":memory:", &opened);
  const std::unique_ptr<sqlite3, CloseDatabase> memory(opened);
  std::set<std::string> tables;
  if (code != SQLITE_OK) return tables;
  for (const std::string_view step : migrations().first(static_cast<std::size_t>(version)))
    (void)sqlite3_exec(opened, std::string(step).c_str(), nullptr, nullptr, nullptr);
  const auto add = [](void* into, int, char** columns, char**) {
    static_cast<std::set<std::string>*>(into)->insert(columns[0]);
    return 0;
  };
  (void)sqlite3_exec(opened, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL", add, &tables, nullptr);
  return tables;
}

/// False: there are not the tables that the rest of the check looks at.
bool check_tables(const Database& database, StoreCheck& check) {
  std::set<std::string> there;
  Statement rows =
      database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'");
  while (rows.step()) there.insert(rows.text(0));
  std::set<std::string> wanted = tables_of(check.version);
  std::erase_if(wanted,
                [](const std::string& sql) { return sql.find("sqlite_sequence") != std::string::npos; });
  if (there == wanted) return true;
  check.problems.push_back({About::database,
                            "its tables are not those of version " + std::to_string(check.version) +
                                ": another program has changed them",
                            "put a backup in its place"});
  return false;
}

void check_contents(const Database& database, const CheckSettings& settings, StoreCheck& check) {
  check_integrity(database, check);
  if (!check_tables(database, check)) return;
  check_references(database, check);
  if (check.version >= 1) check_queue(database, check);
  if (check.version >= certificates_since) check_certificates(database, check);
  if (settings.auth_config != nullptr) check_auth_config(database, settings, check);
}

}  // namespace

std::string_view text(StoreProblem::About about) {
  switch (about) {
    case About::file:
      return "file";
    case About::database:
      return "database";
    case About::certificate:
      return "certificate";
    case About::request:
      return "request";
    case About::default_certificate:
      return "default certificate";
    case About::auth:
      return "auth configuration";
    case About::queue:
      return "queue";
  }
  return "";
}

StoreCheck check(const std::string& file, const CheckSettings& settings) {
  StoreCheck check;
  check.file = file;
  check.last_version = static_cast<std::int64_t>(migrations().size());
  check_modes(file, check);  // as it stands, before SQLite makes companions
  DatabaseSettings opening = settings.database;
  opening.opening = Opening::inspect;
  Database database(file, migrations(), opening);
  database.execute("BEGIN");  // what all of it looks at is one moment
  check.version = database.version();
  try {
    check_contents(database, settings, check);
  } catch (const StoreError& error) {
    if (error.fault() != StoreFault::damaged) throw;
    check.damaged = true;
    check.problems.push_back({About::database, error.what(), copy_in_place});
  }
  return check;
}

}  // namespace domsec::store
