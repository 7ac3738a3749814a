// Files of certificates and keys: bounded reading, atomic private writing. Not here: what is in them
// (bundle.cpp).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "domsec/pki/bundle.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;

std::string reason(int error) { return std::generic_category().message(error); }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

BundleError unreadable(const std::string& path, int error) {
  const std::string remedy = error == ENOENT   ? "check the path"
                             : error == EACCES ? "give this user the right to read it"
                             : error == ELOOP  ? "a symbolic link leads back to itself; name the file itself"
                                               : "check the file system";
  return {Kind::unreadable, path + " cannot be read (" + reason(error) + "): " + remedy};
}

void require_regular(const std::string& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return;
  if (S_ISDIR(status.st_mode))
    throw BundleError(Kind::unreadable, path + " is a directory: name a file in it");
  throw BundleError(Kind::unreadable, path + " is a device, pipe or socket: name a regular file");
}

BundleError too_large(const std::string& path, std::size_t limit) {
  return {Kind::too_large,
          path + " is larger than " + std::to_string(limit) + " bytes: name a certificate or key file"};
}

/// Removes the temporary file unless the rename has taken it.
struct TemporaryFile {
  std::string path;
  bool renamed = false;
  TemporaryFile() = default;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!renamed) ::unlink(path.c_str());
  }
};

void write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      throw BundleError(Kind::unwritable,
                        path + " cannot be written (" + reason(errno) + "): make room for it");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string read_file(const std::string& path, std::size_t limit) {
  if (path.find('\0') != std::string::npos)
    throw unreadable(path.substr(0, path.find('\0')) + "\\x00", EINVAL);
  // Not blocking: opening a pipe must not wait for its writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file.open() || ::fstat(file.get(), &status) != 0) throw unreadable(path, errno);
  require_regular(path, status);
  if (static_cast<std::uintmax_t>(status.st_size) > limit) throw too_large(path, limit);
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(status.st_size));  // growing a large list costs more than reading it
  std::string block(std::min<std::size_t>(limit + 1, 1U << 16U), '\0');
  for (;;) {
    const ssize_t count = ::read(file.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw unreadable(path, errno);
    if (count == 0) return bytes;
    bytes.append(block, 0, static_cast<std::size_t>(count));
    if (bytes.size() > limit)
      throw too_large(path, limit);  // it grew, or it lies about its size as those of /proc do
  }
}

std::optional<std::string> read_pass_phrase(const std::string& path) {
  constexpr std::size_t longest = 4096;
  if (path.empty()) return std::nullopt;
  std::string text = read_file(path, longest);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))  // its octets would be another one
    throw BundleError(Kind::not_pem, path + " is UTF-16 text: save it as ASCII or UTF-8");
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  text.resize(std::min(text.size(), text.find_first_of("\r\n")));
  return text;
}

void replace_file(const std::string& path, std::string_view text, unsigned mode) {
  const auto unwritable = [&](int error) {
    return BundleError(Kind::unwritable,
                       path + " cannot be written (" + reason(error) +
                           "): check that its directory exists and that this user may write there");
  };
  if (path.find('\0') != std::string::npos) throw unwritable(EINVAL);
  TemporaryFile temporary;
  std::string form = path + ".XXXXXX";
  const Descriptor file(::mkostemp(form.data(), O_CLOEXEC));  // O_EXCL and mode 0600 by definition
  if (!file.open()) throw unwritable(errno);
  temporary.path = form;
  write_all(file.get(), text, path);
  if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0 || ::fsync(file.get()) != 0) throw unwritable(errno);
  if (::rename(temporary.path.c_str(), path.c_str()) != 0) throw unwritable(errno);
  temporary.renamed = true;
  // The name itself lasts only when the directory is on disk too.
  const std::size_t slash = path.rfind('/');
  const std::string directory =
      slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
  const Descriptor parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.open() || ::fsync(parent.get()) != 0) throw unwritable(errno);
}

void write_private_file(const std::string& path, std::string_view text) {
  replace_file(path, text, S_IRUSR | S_IWUSR);
}

}  // namespace domsec::pki
