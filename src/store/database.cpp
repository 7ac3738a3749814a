// SQLite makes the file's companions (-wal, -shm) with the mode of the file itself, so that is set before
// SQLite sees it. The application id tells our files from databases of other programs, which are never
// migrated.
#include "domsec/store/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "leftovers.h"

namespace domsec::store {
namespace {

constexpr std::int64_t application_id = 0x646d7365;  // `dmse`
constexpr std::chrono::milliseconds pause{20};

StoreError unwritable(const std::string& file, const std::string& cause) {
  return {StoreFault::unwritable,
          "the store " + file + " cannot be written (" + cause +
              "): make its directory writable for the user that runs domsec, or name another "
              "file with --store"};
}

/// Only its owner may read what is queued, and later keys.
void make_private_file(const std::string& file) {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::path(file).parent_path();
  if (!directory.empty() && !std::filesystem::exists(directory, error)) {
    std::filesystem::create_directories(directory, error);
    if (error) throw unwritable(file, error.message());
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  }
  const Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (opened.get() < 0) throw unwritable(file, std::strerror(errno));
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0) throw unwritable(file, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) throw unwritable(file, "it is no regular file");
}

/// SQLite tells a full disk from one that fails, but not a quota or a bound of file sizes: errno of its last
/// call does, which it forgets where a commit fails (sqlite3_system_errno). Steps therefore begin with none.
bool no_room(int code) {
  return (code & 0xff) == SQLITE_IOERR && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG);
}

StoreFault fault_of(int code) {
  if (no_room(code)) return StoreFault::full;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StoreFault::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreFault::damaged;
    case SQLITE_FULL:
      return StoreFault::full;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return StoreFault::unwritable;
    default:
      return StoreFault::failed;
  }
}

std::string sentence(StoreFault fault, const std::string& file, const std::string& cause) {
  switch (fault) {
    case StoreFault::missing:
      return "there is no store " + file + ": name the one that is meant with --store";
    case StoreFault::unwritable:
      return unwritable(file, cause).what();
    case StoreFault::damaged:
      return "the store " + file + " is damaged or is no store (" + cause +
             "): it was left as it is; put a copy of it in its place, or name another file with --store";
    case StoreFault::foreign:
      return "the store " + file + " is a database of another program: name another file with --store";
    case StoreFault::newer:
      return "the store " + file + " was written by a newer domsec (" + cause +
             "): use that one, or name another file with --store";
    case StoreFault::busy:
      return "the store " + file + " is kept locked by another process (" + cause +
             "): end it, or try again later";
    case StoreFault::full:
      return "the store " + file + " cannot grow (" + cause +
             "): make room on the disk; what was stored is safe";
    case StoreFault::failed:
      return "the store " + file + " failed: " + cause;
  }
  return cause;
}

}  // namespace

void Statement::Close::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}
void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Statement& Statement::add(std::int64_t value) {
  if (const int code = sqlite3_bind_int64(statement_.get(), ++bound_, value); code != SQLITE_OK)
    database_->fail(code);
  return *this;
}

Statement& Statement::add(std::string_view text) {
  const int code = sqlite3_bind_text64(statement_.get(), ++bound_, text.data() ? text.data() : "",
                                       text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) database_->fail(code);
  return *this;
}

Statement& Statement::add_octets(std::string_view octets) {
  const int code = sqlite3_bind_blob64(statement_.get(), ++bound_, octets.data() ? octets.data() : "",
                                       octets.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) database_->fail(code);
  return *this;
}

Statement& Statement::add(std::optional<std::int64_t> value) {
  return value ? add(*value) : add_nothing();
}

Statement& Statement::add_nothing() {
  if (const int code = sqlite3_bind_null(statement_.get(), ++bound_); code != SQLITE_OK)
    database_->fail(code);
  return *this;
}

bool Statement::step() {
  errno = 0;
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) database_->fail(code);
  return code == SQLITE_ROW;
}

void Statement::run() {
  while (step()) {
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::string Statement::text(int column) const {
  const void* octets = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return octets ? std::string(static_cast<const char*>(octets), static_cast<std::size_t>(size))
                : std::string();
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Database::Database(std::string file, Migrations migrations, DatabaseSettings settings)
    : file_(std::move(file)), settings_(settings) {
  const bool to_use = settings_.opening == Opening::use;
  if (to_use) {
    make_private_file(file_);
  } else if (::access(file_.c_str(), F_OK) != 0) {
    throw StoreError(StoreFault::missing, sentence(StoreFault::missing, file_, ""));
  }
  open();
  require_own();
  refuse_newer(migrations);
  if (!to_use) return;
  configure();
  migrate(migrations);
}

Database::~Database() = default;

void Database::open() {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file_.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  handle_.reset(opened);
  if (code != SQLITE_OK) fail(code);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, static_cast<int>(settings_.busy_timeout.count()));
}

/// What has no table yet is nobody's. Tables are counted before the id is read: another process may make both in
/// between, at once.
void Database::require_own() const {
  Statement count = prepare("SELECT count(*) FROM sqlite_schema");
  count.step();
  const bool has_tables = count.integer(0) != 0;
  const std::int64_t id = pragma("application_id");
  if (id == application_id) return;
  if (id != 0 || has_tables)
    throw StoreError(StoreFault::foreign, sentence(StoreFault::foreign, file_, ""));
}

void Database::refuse_newer(Migrations migrations) const {
  const auto last = static_cast<std::int64_t>(migrations.size());
  if (version() <= last) return;
  const std::string cause =
      "version " + std::to_string(version()) + ", this one knows " + std::to_string(last);
  throw StoreError(StoreFault::newer, sentence(StoreFault::newer, file_, cause));
}

void Database::configure() {
  // Companions that are there were made with the file's mode of that time.
  if (::chmod(file_.c_str(), 0600) != 0) throw unwritable(file_, std::strerror(errno));
  for (const char* companion : {"-wal", "-shm"}) (void)::chmod((file_ + companion).c_str(), 0600);
  execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;");
  // The change to WAL takes every lock at once and does not wait for them, so the wait is here. A file system
  // without shared memory keeps the rollback journal, which is as safe.
  const auto until = std::chrono::steady_clock::now() + settings_.busy_timeout;
  while (true) {
    try {
      Statement mode = prepare("PRAGMA journal_mode = WAL");
      mode.run();
      return;
    } catch (const StoreError& error) {
      if (error.fault() != StoreFault::busy || std::chrono::steady_clock::now() >= until) throw;
    }
    std::this_thread::sleep_for(pause);
  }
}

void Database::migrate(Migrations migrations) {
  const auto last = static_cast<std::int64_t>(migrations.size());
  if (pragma("user_version") == last && pragma("application_id") == application_id) return;
  Transaction transaction(*this);
  refuse_newer(migrations);  // again: another process may have been first
  for (const std::string_view step : migrations.subspan(static_cast<std::size_t>(version())))
    execute(std::string(step));
  execute("PRAGMA application_id = " + std::to_string(application_id) +
          "; PRAGMA user_version = " + std::to_string(last) + ";");
  transaction.commit();
}

std::int64_t Database::pragma(const char* name) const {
  Statement statement = prepare("PRAGMA " + std::string(name));
  return statement.step() ? statement.integer(0) : 0;
}

Statement Database::prepare(std::string_view sql) const {
  sqlite3_stmt* prepared = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &prepared, nullptr);
  Statement statement(*this, prepared);
  if (code != SQLITE_OK) fail(code);
  return statement;
}

void Database::execute(const std::string& sql) {
  errno = 0;
  if (const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
    fail(code);
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(handle_.get());
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_.get());
}

void Database::copy_into(const std::string& file) const {
  DatabaseSettings settings = settings_;
  settings.opening = Opening::inspect;
  const Database copy(file, {}, settings);
  sqlite3_backup* const running = sqlite3_backup_init(copy.handle_.get(), "main", handle_.get(), "main");
  if (running == nullptr) copy.fail(sqlite3_errcode(copy.handle_.get()));
  // All pages in one step: they are read under one look at the store, which nobody's writing disturbs. The
  // lock of a store without WAL does not wait by itself.
  const auto until = std::chrono::steady_clock::now() + settings_.busy_timeout;
  int code = SQLITE_OK;
  while (true) {
    errno = 0;
    code = sqlite3_backup_step(running, -1);
    const bool waits = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
    if (!waits || std::chrono::steady_clock::now() >= until) break;
    std::this_thread::sleep_for(pause);
  }
  const StoreFault fault = fault_of(code);
  (void)sqlite3_backup_finish(running);
  if (code == SQLITE_DONE) return;
  // Whose fault it is: only writing finds no room.
  const bool of_the_copy = fault == StoreFault::full || fault == StoreFault::unwritable;
  const Database& at_fault = of_the_copy ? copy : *this;
  throw StoreError(fault, sentence(fault, at_fault.file_, sqlite3_errstr(code)));
}

void Database::fail(int code) const {
  const StoreFault fault = fault_of(code);
  const std::string cause = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  throw StoreError(fault, sentence(fault, file_, cause));
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

Transaction::Transaction(Database& database) : database_(database), inner_(database.in_transaction()) {
  database_.execute(inner_ ? "SAVEPOINT part" : "BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute(inner_ ? "ROLLBACK TO part; RELEASE part" : "ROLLBACK");
  } catch (const StoreError&) {
    // SQLite has rolled it back by itself, as it does for a full disk.
  }
}

void Transaction::commit() {
  database_.execute(inner_ ? "RELEASE part" : "COMMIT");
  open_ = false;
}

}  // namespace domsec::store
