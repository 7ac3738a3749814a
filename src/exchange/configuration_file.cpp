// The files of a configuration on disk: read together, replaced one by one, each as a whole.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "configuration_text.h"
#include "domsec/exchange/configuration.h"
#include "read_toml.h"

namespace domsec::exchange {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

[[noreturn]] void refuse_write(const std::string& file, int error) {
  refuse(Origin{file}, std::string("the file cannot be written (") + std::strerror(error) +
                           "); check its directory's permissions and the disk");
}

std::string directory_of(const std::string& file) {
  const std::string directory = std::filesystem::path(file).parent_path().string();
  return directory.empty() ? "." : directory;
}

/// 0 or errno.
int write_whole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : EIO;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

}  // namespace

void replace_file(const std::string& file, std::string_view text) {
  std::error_code not_there;
  const std::filesystem::path real = std::filesystem::canonical(file, not_there);
  const std::string target = not_there ? file : real.string();
  struct stat status {};
  const mode_t mode = ::stat(target.c_str(), &status) == 0 ? (status.st_mode & 07777) : 0644;
  std::string part = target + ".XXXXXX";
  int error = 0;
  {
    const Descriptor opened(::mkostemp(part.data(), O_CLOEXEC));
    if (opened.get() < 0) refuse_write(file, errno);
    if (::fchmod(opened.get(), mode) != 0) error = errno;
    if (error == 0) error = write_whole(opened.get(), text);
  }
  if (error == 0 && ::rename(part.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(part.c_str());
    refuse_write(file, error);
  }
  const Descriptor directory(::open(directory_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) ::fsync(directory.get());
}

Configuration::Configuration(std::string file) : file_(std::move(file)) {
  const auto from_disk = [this](const std::string& name) {
    texts_.emplace_back(name, read_configuration_file(name));
    return texts_.back().second;
  };
  organisation_ = read_toml_from(file_, from_disk);
}

void Configuration::replace(Organisation after, By by) {
  const bool subscribed = !organisation_.edge_subscription.organization.empty();
  if (subscribed && by == By::edge) {
    if (const std::vector<Drift> local = drift(after, organisation_); !local.empty()) {
      refuse(organisation_.edge_subscription.origins.of("Organization"),
             local.front().object + (local.front().parameter.empty() ? "" : " " + local.front().parameter) +
                 " cannot be changed here: this Edge is subscribed to " + organisation_.edge_subscription.organization +
                 "; change it there and copy it with domsec policy apply");
    }
  }
  const ConfigurationTexts changed = edited(texts_, organisation_, after);
  if (changed == texts_) return;
  // Programs that change configurations take turns; one that holds an old reading is told so.
  const Descriptor directory(::open(directory_of(file_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::flock(directory.get(), LOCK_EX) != 0) refuse_write(file_, errno);
  for (const auto& [name, text] : texts_) {
    if (read_configuration_file(name) == text) continue;
    refuse(Origin{name}, "the file was changed by another program since it was read; read it again and repeat the command");
  }
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (changed[i] != texts_[i]) replace_file(changed[i].first, changed[i].second);
  }
  texts_ = changed;
  organisation_ = read_toml_texts(texts_);
}

}  // namespace domsec::exchange
