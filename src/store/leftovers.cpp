// A message is acknowledged after its .eml is linked and synced (messages.cpp). Before that its writer may
// die: then .part files are there, perhaps the .json, never an .eml that is not whole. The writer's lock on a
// .part dies with it.
#include "leftovers.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string_view>

namespace domsec::store {
namespace {

constexpr std::string_view eml_part = ".eml.part";
constexpr std::string_view json_part = ".json.part";

/// The id in `20261122T100241902-00000001-4242.eml.part`; empty for a file that is none of ours.
std::string id_of(const std::string& name) {
  const std::string_view ending = name.ends_with(eml_part) ? eml_part : json_part;
  if (!name.ends_with(ending)) return {};
  std::string id = name.substr(0, name.size() - ending.size());
  return id.find_first_not_of("0123456789T-") == std::string::npos ? id : std::string();
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat one {};
  struct stat other {};
  return ::lstat(a.c_str(), &one) == 0 && ::lstat(b.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

/// True when nobody writes this file any more and something had been written; it is then gone, and a .json
/// that was linked to it without its message.
bool remove_if_left(const std::string& path, const std::string& name) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return false;
  if (!exists(name + ".eml") && same_file(path, name + ".json")) ::unlink((name + ".json").c_str());
  // An empty one may be a writer's that has not locked it yet: it finds the file gone and takes another name.
  struct stat status {};
  const bool begun = ::fstat(file.get(), &status) == 0 && status.st_size > 0;
  return ::unlink(path.c_str()) == 0 && begun;
}

}  // namespace

std::size_t remove_leftovers(const std::string& directory) {
  std::set<std::string> unfinished;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string id = id_of(entry->path().filename());
    if (id.empty()) continue;
    const std::string name = directory + "/" + id;
    if (remove_if_left(entry->path(), name) && !exists(name + ".eml")) unfinished.insert(id);
  }
  return unfinished.size();
}

}  // namespace domsec::store
