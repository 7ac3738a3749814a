// The files of a configuration on disk: read together, replaced one by one, each as a whole.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "configuration_text.h"
#include "domsec/exchange/configuration.h"
#include "domsec/pki/bundle.h"
#include "read_toml.h"

namespace domsec::exchange {

namespace {

/// Programs that change configurations take turns: held on the file's directory, because the file is replaced.
class Turn {
 public:
  explicit Turn(const std::string& file) {
    const std::string directory = std::filesystem::path(file).parent_path().string();
    directory_ = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory_ >= 0 && ::flock(directory_, LOCK_EX) == 0) return;
    const std::string reason = std::generic_category().message(errno);
    if (directory_ >= 0) ::close(directory_);
    refuse(Origin{file}, "the file cannot be written (" + reason + "); check its directory's permissions");
  }
  ~Turn() { ::close(directory_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  int directory_;
};

}  // namespace

void replace_file(const std::string& file, std::string_view text) {
  std::error_code not_there;
  const std::filesystem::path real = std::filesystem::canonical(file, not_there);
  const std::string target = not_there ? file : real.string();
  struct stat status {};
  const mode_t mode = ::stat(target.c_str(), &status) == 0 ? (status.st_mode & 07777) : 0644;
  try {
    pki::replace_file(target, text, mode);
  } catch (const pki::BundleError& error) {
    throw ConfigError(error.what());
  }
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
  const Turn turn(file_);
  for (const auto& [name, text] : texts_) {
    if (read_configuration_file(name) == text) continue;  // one that holds an old reading is told so
    refuse(Origin{name}, "the file was changed by another program since it was read; read it again and repeat the command");
  }
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (changed[i] != texts_[i]) replace_file(changed[i].first, changed[i].second);
  }
  texts_ = changed;
  organisation_ = read_toml_texts(texts_);
}

}  // namespace domsec::exchange
