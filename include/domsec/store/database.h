// The one state file: a SQLite database, private to its owner, whose transactions survive a crash at any
// moment (WAL, synchronous FULL). Everything that must last has its tables here; which ones is schema.h's.
// Nothing is ever deleted or repaired behind the operator's back: a file that cannot be used is left as it
// is.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace domsec::store {

/// What keeps a state file from being used.
enum class StoreFault {
  missing,     // there is no such file, and none was to be made
  unwritable,  // it cannot be made or opened for writing
  damaged,     // no database, or one that is not whole
  foreign,     // a database of another program
  newer,       // written by a newer domsec
  busy,        // another process kept it locked for longer than the time-out
  full,        // no room on the disk
  failed,      // anything else that the system reports
};

/// One sentence with the file, the cause and the remedy.
class StoreError : public std::runtime_error {
 public:
  StoreError(StoreFault fault, const std::string& what) : std::runtime_error(what), fault_(fault) {}
  [[nodiscard]] StoreFault fault() const { return fault_; }

 private:
  StoreFault fault_;
};

/// Step n makes a database of version n (user_version) out of one of version n - 1. A step is never changed
/// once it was released; the next one mends it.
using Migrations = std::span<const std::string_view>;

/// What opening may do to the file.
enum class Opening {
  use,      // made where there is none, closed to others, brought to the last version
  inspect,  // nothing: it must be there, and stays as it is, but for what a crash left half done
};

struct DatabaseSettings {
  std::chrono::milliseconds busy_timeout{10000};
  Opening opening = Opening::use;
};

class Database;

/// One statement, bound from left to right, read row by row. Text and octets are copied at once.
class Statement {
 public:
  Statement(Statement&&) = default;
  Statement& operator=(Statement&&) = default;

  Statement& add(std::int64_t value);
  Statement& add(std::string_view text);
  Statement& add_octets(std::string_view octets);
  Statement& add(std::optional<std::int64_t> value);
  Statement& add_nothing();

  /// True while there is a row. Throws StoreError.
  bool step();
  /// For statements without rows.
  void run();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] std::string text(int column) const;  // octets, too
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  struct Close {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(const Database& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement) {}

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Close> statement_;
  int bound_ = 0;
};

class Database {
 public:
  /// Opens the file, makes it (mode 0600, its directory 0700) when it is not there, and brings it to the last
  /// version of `migrations`, unless it shall only be inspected. Throws StoreError.
  Database(std::string file, Migrations migrations, DatabaseSettings settings = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::int64_t version() const { return pragma("user_version"); }
  [[nodiscard]] Statement prepare(std::string_view sql) const;
  /// One or more statements without values and rows.
  void execute(const std::string& sql);
  [[nodiscard]] std::int64_t last_id() const;
  /// Writes all that is committed at one moment into `file`, which is there and empty, while others go on.
  void copy_into(const std::string& file) const;
  /// Rows that the last INSERT, UPDATE or DELETE touched.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] bool in_transaction() const;

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  /// Throws for a result code of SQLite other than OK, ROW and DONE.
  [[noreturn]] void fail(int code) const;
  void open();
  void require_own() const;
  void refuse_newer(Migrations migrations) const;
  void configure();
  void migrate(Migrations migrations);
  [[nodiscard]] std::int64_t pragma(const char* name) const;

  std::string file_;
  DatabaseSettings settings_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Takes the write lock at once, so that what is read inside holds until commit(). Rolled back when it goes
/// without it. Inside of another one it is a part of that: durable, or gone, together with it.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Durable when it returns.
  void commit();

 private:
  Database& database_;
  bool inner_ = false;
  bool open_ = true;
};

}  // namespace domsec::store
