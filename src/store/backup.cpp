#include "domsec/store/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "domsec/store/schema.h"
#include "leftovers.h"

namespace domsec::store {
namespace {

namespace fs = std::filesystem;

StoreError refusal(const std::string& file, const std::string& cause_and_remedy) {
  return {StoreFault::unwritable, "the backup " + file + " " + cause_and_remedy};
}
StoreError unwritable(const std::string& file) {
  return refusal(file, std::string("cannot be written (") + std::strerror(errno) +
                           "): name a file in a directory that the user of domsec may write");
}

bool is_there(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

/// What could be lost or spoilt by it, before anything is written.
void require_free(const std::string& store, const std::string& file, ExistingFile existing) {
  std::error_code error;
  if (fs::equivalent(store, file, error)) throw refusal(file, "is the store itself: name another file");
  // SQLite would take the companions of the file before for those of the new one.
  for (const char* companion : {"-wal", "-journal"}) {
    if (is_there(file + companion))
      throw refusal(file, "has " + file + companion +
                              " beside it, so that a program works on it or was killed at it: name another "
                              "file, or end that program and run domsec store check --store " +
                              file);
  }
  if (existing == ExistingFile::refused && is_there(file))
    throw refusal(file, "is there already: name another file, or give --replace");
  if (fs::is_directory(file, error)) throw refusal(file, "is a directory: name a file in it");
}

/// A file beside `file` that this process alone writes; it goes with the object, unless it was given its
/// name. The lock is one of the open file (flock), which SQLite's own do not meet.
class Part {
 public:
  explicit Part(const std::string& file) : path_(file + ".XXXXXX.part"), file_(make(path_)) {
    if (file_.get() < 0) throw unwritable(file);
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) throw unwritable(file);
  }
  ~Part() {
    for (const char* companion : {"-journal", "-wal", "-shm", ""}) ::unlink((path_ + companion).c_str());
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

  void become(const std::string& file, ExistingFile existing) {
    const bool synced = ::fsync(file_.get()) == 0;
    const int named = !synced                              ? -1
                      : existing == ExistingFile::replaced ? ::rename(path_.c_str(), file.c_str())
                                                           : ::link(path_.c_str(), file.c_str());
    if (named != 0 && errno == EEXIST)  // since it was looked for
      throw refusal(file, "is there already: name another file, or give --replace");
    if (named != 0) throw unwritable(file);
    const fs::path parent = fs::path(file).parent_path();
    const Descriptor directory(
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) throw unwritable(file);
  }

 private:
  static int make(std::string& path) { return ::mkostemps(path.data(), 5, O_CLOEXEC); }  // mode 0600
  std::string path_;
  Descriptor file_;
};

/// What a killed backup to the same file has left; nobody has it locked any more.
void remove_left_parts(const std::string& file) {
  const fs::path wanted(file);
  const std::string begin = wanted.filename().string() + ".";
  const fs::path directory = wanted.parent_path().empty() ? fs::path(".") : wanted.parent_path();
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    const std::size_t length = begin.size() + std::strlen("XXXXXX.part");
    if (name.size() != length || !name.starts_with(begin) || !name.ends_with(".part")) continue;
    const Descriptor left(::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (left.get() < 0 || ::flock(left.get(), LOCK_EX | LOCK_NB) != 0) continue;
    for (const char* companion : {"-journal", "-wal", "-shm", ""})
      ::unlink((entry->path().string() + companion).c_str());
  }
}

void require_sound(const Database& copy) {
  Statement answer = copy.prepare("PRAGMA quick_check(1)");
  if (answer.step() && answer.text(0) == "ok") return;
  throw StoreError(
      StoreFault::damaged,
      "the store is damaged (" + answer.text(0) +
          "), and its copy was not kept: domsec store check tells more; an older backup may be whole");
}

}  // namespace

Backup back_up(const std::string& store, const std::string& file, ExistingFile existing,
               DatabaseSettings settings) {
  settings.opening = Opening::inspect;
  const Database database(store, migrations(), settings);
  require_free(store, file, existing);
  remove_left_parts(file);
  Part part(file);
  database.copy_into(part.path());
  Backup made{file, 0, 0};
  {
    const Database copy(part.path(), migrations(), settings);
    require_sound(copy);
    made.version = copy.version();
  }
  std::error_code error;
  made.octets = fs::file_size(part.path(), error);
  part.become(file, existing);
  return made;
}

}  // namespace domsec::store
