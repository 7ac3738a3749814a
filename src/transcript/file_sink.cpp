// Protocol log files by plain POSIX calls: the process owns each file that it writes (created with O_EXCL),
// so that two processes in one directory go on with the next number and never overwrite each other. One
// write(2) per turn of a session.
#include "domsec/transcript/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <optional>
#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/transcript/protocol_log.h"

namespace domsec::transcript {

namespace {

namespace fs = std::filesystem;
using Hour = std::chrono::sys_time<std::chrono::hours>;

constexpr int highest_number = 1'000'000;

std::string_view prefix(policy::Role role) { return role == policy::Role::send ? "SEND" : "RECV"; }
std::string_view folder(policy::Role role) { return role == policy::Role::send ? "SmtpSend" : "SmtpReceive"; }

/// `2026112209`
std::string hour_text(Hour hour) {
  std::string digits;
  for (const char octet : log_time(hour).substr(0, 13)) {
    if (octet >= '0' && octet <= '9') digits += octet;
  }
  return digits;
}

/// The order of files: the hour's digits, then the number.
struct FileName {
  std::string hour;
  int number = 0;
  auto operator<=>(const FileName&) const = default;
};

/// `SEND2026112209-12.LOG`; nothing for a file that is not ours.
std::optional<FileName> read_file_name(std::string_view name, policy::Role role) {
  constexpr std::string_view extension = ".LOG";
  if (!name.starts_with(prefix(role)) || !name.ends_with(extension) || name.size() < 4 + 10 + 1 + 1 + 4)
    return {};
  name.remove_prefix(4);
  name.remove_suffix(extension.size());
  FileName read{std::string(name.substr(0, 10)), 0};
  if (read.hour.find_first_not_of("0123456789") != std::string::npos || name[10] != '-') return {};
  const auto [end, error] = std::from_chars(name.data() + 11, name.data() + name.size(), read.number);
  if (error != std::errc() || end != name.data() + name.size() || read.number < 1) return {};
  return read;
}

/// Exchange's own folder name below the path, unless the path ends in it already.
fs::path directory_of(const exchange::ProtocolLogSettings& settings, policy::Role role) {
  if (settings.path.empty()) return {};
  const fs::path path(settings.path);
  return path.filename() == folder(role) ? path : path / folder(role);
}

/// After it the session waits for the other end, or is over: what was recorded so far is due in the file.
bool ends_turn(const Event& event) {
  if (const auto* const line = event.body.as<CommandLine>())
    return line->direction == Direction::sent;
  if (const auto* const reply = event.body.as<ReplyGiven>())
    return reply->direction == Direction::sent;
  return event.body.is<Connecting>() || event.body.is<Disconnected>();
}

struct OldFile {
  FileName name;
  fs::path path;
  std::uint64_t size = 0;
};

}  // namespace

struct ProtocolLogFiles::Body {
  Body(policy::Role of, exchange::ProtocolLogSettings with, std::string by)
      : role(of),
        settings(std::move(with)),
        software(std::move(by)),
        directory(directory_of(settings, role)) {}
  ~Body() { close(); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  void write(Time at, std::string_view records);
  void close();
  bool open(Time at);
  bool rotation_due(Time at, std::size_t octets) const;
  bool append(std::string_view octets);
  void delete_old(Time at) const;
  void failed(const std::string& what, int error);

  const policy::Role role;
  const exchange::ProtocolLogSettings settings;
  const std::string software;
  const fs::path directory;

  mutable std::mutex mutex;
  int descriptor = -1;
  Hour hour{};
  int number = 0;
  std::uint64_t size = 0;
  fs::path path;
  std::uint64_t failures = 0;
};

void ProtocolLogFiles::Body::close() {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

void ProtocolLogFiles::Body::failed(const std::string& what, int error) {
  if (failures++ == 0) {
    std::cerr << "domsec: the protocol log " << what << ": " << std::strerror(error)
              << "; records are lost until it works again\n";
  }
}

/// The next free number of the hour. O_NOFOLLOW: a link planted in the directory is not followed.
bool ProtocolLogFiles::Body::open(Time at) {
  close();
  const Hour now = std::chrono::floor<std::chrono::hours>(at);
  if (now != hour) number = 0;
  hour = now;
  std::error_code ignored;
  fs::create_directories(directory, ignored);  // it may have been removed; open(2) tells
  while (descriptor < 0 && number < highest_number) {
    path =
        directory / (std::string(prefix(role)) + hour_text(hour) + "-" + std::to_string(++number) + ".LOG");
    descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (descriptor < 0 && errno != EEXIST) break;
  }
  if (descriptor < 0) {
    failed(path.string() + " cannot be created", errno);
    --number;  // the same number is tried again
    return false;
  }
  size = 0;
  delete_old(at);
  return append(protocol_log_header(role, at, software));
}

bool ProtocolLogFiles::Body::rotation_due(Time at, std::size_t octets) const {
  if (descriptor < 0 || std::chrono::floor<std::chrono::hours>(at) > hour) return true;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && status.st_nlink == 0) return true;  // somebody deleted the file
  return settings.max_file_size != 0 && size + octets > settings.max_file_size;
}

/// All or nothing: a record that was written in part is taken back, so that the file keeps whole lines.
bool ProtocolLogFiles::Body::append(std::string_view octets) {
  std::string_view rest = octets;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      failed(path.string() + " cannot be written", written < 0 ? errno : EIO);
      if (::ftruncate(descriptor, static_cast<off_t>(size)) != 0) close();
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  size += octets.size();
  return true;
}

void ProtocolLogFiles::Body::write(Time at, std::string_view records) {
  if (records.empty() || directory.empty()) return;
  const std::lock_guard lock(mutex);
  if (rotation_due(at, records.size()) && !open(at)) {
    close();
    return;
  }
  append(records);
}

/// Oldest first: what is beyond the age, then what leaves no room for a full new file below the directory's
/// size.
void ProtocolLogFiles::Body::delete_old(Time at) const {
  std::vector<OldFile> files;
  std::uint64_t total = settings.max_file_size;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    const std::optional<FileName> name = read_file_name(entry->path().filename().string(), role);
    if (!name || entry->path() == path) continue;
    std::error_code gone;
    const std::uint64_t octets = entry->file_size(gone);
    if (!gone) files.push_back({*name, entry->path(), octets});
    if (!gone) total += octets;
  }
  std::sort(files.begin(), files.end(), [](const OldFile& a, const OldFile& b) { return a.name < b.name; });
  const bool ages = settings.max_age.count() > 0;
  const std::string oldest_kept =
      ages ? hour_text(std::chrono::floor<std::chrono::hours>(at) - settings.max_age) : "";
  for (const OldFile& file : files) {
    const bool too_much = settings.max_directory_size != 0 && total > settings.max_directory_size;
    const bool too_old = ages && file.name.hour < oldest_kept;
    if (!too_much && !too_old) break;
    if (fs::remove(file.path, error)) total -= file.size;
  }
}

/// The records of one session on their way into the files.
class ProtocolLogFiles::Turns {
 public:
  explicit Turns(std::shared_ptr<Body> into) : into_(std::move(into)), log_(into_->role) {}
  ~Turns() { write(); }
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  void add(const Transcript& transcript, const Event& event) {
    pending_ += log_.render(transcript, event);
    last_ = event.at;
    if (ends_turn(event) || pending_.size() > most_octets) write();
  }

 private:
  static constexpr std::size_t most_octets = 16 * 1024;

  void write() {
    into_->write(last_, pending_);
    std::string().swap(pending_);  // an idle session holds nothing
  }

  std::shared_ptr<Body> into_;
  ProtocolLog log_;
  std::string pending_;
  Time last_{};
};

ProtocolLogFiles::ProtocolLogFiles(policy::Role role, exchange::ProtocolLogSettings settings,
                                   std::string software)
    : body_(std::make_shared<Body>(role, std::move(settings), std::move(software))) {
  if (body_->directory.empty()) return;
  std::error_code error;
  fs::create_directories(body_->directory, error);
  if (!error && ::access(body_->directory.c_str(), W_OK | X_OK) != 0)
    error.assign(errno, std::generic_category());
  if (error) {
    const std::string parameter =
        role == policy::Role::send ? "SendProtocolLogPath" : "ReceiveProtocolLogPath";
    throw exchange::ConfigError("the protocol log directory " + body_->directory.string() +
                                " cannot be written (" + error.message() +
                                "): create it for the user that runs domsec, or choose another " + parameter);
  }
}

ProtocolLogFiles::~ProtocolLogFiles() = default;

void ProtocolLogFiles::write(Time at, std::string_view records) { body_->write(at, records); }

std::string ProtocolLogFiles::current_file() const {
  const std::lock_guard lock(body_->mutex);
  return body_->descriptor < 0 ? std::string() : body_->path.string();
}

std::uint64_t ProtocolLogFiles::failures() const {
  const std::lock_guard lock(body_->mutex);
  return body_->failures;
}

Sink ProtocolLogFiles::sink() {
  auto turns = std::make_shared<Turns>(body_);
  return [turns = std::move(turns)](const Transcript& transcript, const Event& event) {
    turns->add(transcript, event);
  };
}

}  // namespace domsec::transcript
