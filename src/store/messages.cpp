// Order of work: both files are written under names that end in .part and synced, the .json is linked to its
// name, then the .eml, then the directory is synced. link(2) never replaces a file, so an id is never used
// twice. Whoever finds an .eml finds all of it and its .json. A .part is locked as long as its writer lives:
// one that can be locked by somebody else was left by a crash (leftovers.cpp).
#include "domsec/store/messages.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "domsec/exchange/organisation.h"
#include "domsec/policy/domain_secured_headers.h"
#include "domsec/smtp/date.h"
#include "domsec/transcript/protocol_log.h"
#include "leftovers.h"

namespace domsec::store {

namespace {

/// An id is taken only when this process id ran at this millisecond before.
constexpr int ids_tried = 1000;

/// A file under its .part name, locked; removed again when the object goes, linked or not.
class Part {
 public:
  explicit Part(std::string path) : path_(std::move(path)) {}
  ~Part() {
    if (written_) ::unlink(path_.c_str());
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  /// 0 or errno.
  [[nodiscard]] int write(std::string_view octets) {
    file_.emplace(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file_->get() < 0) return errno;
    written_ = true;
    // Before the lock was there another process that opened the spool could take the file for a leftover.
    struct stat status {};
    const bool taken = ::flock(file_->get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (taken || (::fstat(file_->get(), &status) == 0 && status.st_nlink == 0)) return EEXIST;
    while (!octets.empty()) {
      const ssize_t count = ::write(file_->get(), octets.data(), octets.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return count < 0 ? errno : EIO;
      octets.remove_prefix(static_cast<std::size_t>(count));
    }
    return ::fsync(file_->get()) == 0 ? 0 : errno;
  }
  [[nodiscard]] int link_to(const std::string& name) const {
    return ::link(path_.c_str(), name.c_str()) == 0 ? 0 : errno;
  }

 private:
  std::string path_;
  std::optional<Descriptor> file_;  // open, and so locked, until the object goes
  bool written_ = false;
};

int sync_directory(const std::string& directory) {
  const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) return errno;
  return ::fsync(opened.get()) == 0 ? 0 : errno;
}

/// `20261122T100241902-00000001-4242`: time, count of the process, process. Bounded, of safe octets.
std::string id_at(transcript::Time at, std::uint64_t count) {
  std::string id;
  for (const char octet : transcript::log_time(at)) {
    if ((octet >= '0' && octet <= '9') || octet == 'T') id += octet;
  }
  std::string number = std::to_string(count);
  if (number.size() < 8) number.insert(0, 8 - number.size(), '0');
  return id + "-" + number + "-" + std::to_string(::getpid());
}

/// RFC 5321 4.1.3 from `203.0.113.7:50412` or `[2001:db8::1]:50412`.
std::string address_literal(std::string_view endpoint) {
  std::string_view address = endpoint.substr(0, endpoint.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  const bool v6 = address.find(':') != std::string_view::npos;
  return "[" + std::string(v6 ? "IPv6:" : "") + std::string(address) + "]";
}

policy::Arrival arrival_of(const Message& message, const std::string& id, transcript::Time at) {
  policy::Arrival arrival;
  const bool secured = message.verdict.treatment == policy::Treatment::domain_secured;
  arrival.auth_as = secured ? policy::AuthAs::partner : policy::AuthAs::anonymous;
  arrival.auth_domain = message.partner;
  arrival.auth_source = message.fqdn;
  arrival.helo = message.helo;
  arrival.client_address = address_literal(message.remote);
  arrival.protocol = message.tls ? "ESMTPS" : message.esmtp ? "ESMTP" : "SMTP";
  arrival.id = id;
  if (message.tls) arrival.tls = message.tls->version + " " + message.tls->cipher;
  if (message.recipients.size() == 1) arrival.recipient = message.recipients.front().text();
  arrival.date = smtp::rfc5322_date(std::chrono::floor<std::chrono::seconds>(at));
  return arrival;
}

/// 0 or errno. What could not be kept whole is taken back, as it was not acknowledged: the peer sends it
/// again.
int put(const std::string& directory, const std::string& id, std::string_view document,
        std::string_view content) {
  const std::string name = directory + "/" + id;
  Part json(name + ".json.part");
  Part eml(name + ".eml.part");
  if (const int error = json.write(document); error != 0) return error;
  if (const int error = eml.write(content); error != 0) return error;
  if (const int error = json.link_to(name + ".json"); error != 0) return error;
  int error = eml.link_to(name + ".eml");
  if (error == 0) {
    error = sync_directory(directory);
    if (error != 0) ::unlink((name + ".eml").c_str());
  }
  if (error != 0) ::unlink((name + ".json").c_str());
  return error;
}

}  // namespace

Spool::Spool(std::string directory) : directory_(std::move(directory)) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (!error && ::access(directory_.c_str(), W_OK | X_OK) != 0) error.assign(errno, std::generic_category());
  if (!error && !std::filesystem::is_directory(directory_, error) && !error)
    error.assign(ENOTDIR, std::generic_category());
  if (error) {
    throw exchange::ConfigError("the mail spool " + directory_ + " cannot be written (" + error.message() +
                                "): create it for the user that runs domsec, or choose another directory");
  }
  unfinished_removed_ = remove_leftovers(directory_);
}

std::variant<Stored, NotStored> Spool::keep(const Message& message, const transcript::Transcript& session) {
  const transcript::Time at = session.now();
  int error = EEXIST;
  for (int tried = 0; tried < ids_tried && error == EEXIST; ++tried) {
    const std::string id = id_at(at, count_.fetch_add(1) + 1);
    const std::string document = message_json(id, message, session);
    const std::string content = policy::domain_secured_headers(message.content, arrival_of(message, id, at));
    error = put(directory_, id, document, content);
    if (error == 0) return Stored{id};
  }
  return NotStored{"the message could not be kept in " + directory_ + ": " + std::strerror(error)};
}

}  // namespace domsec::store
