#include "domsec/session/trust_roots.h"

#include <algorithm>
#include <filesystem>

#include "domsec/pki/bundle.h"

namespace domsec::session {
namespace {

/// Debian's bundle; used when no root is configured, or SystemRoots is on.
constexpr const char* system_roots = "/etc/ssl/certs/ca-certificates.crt";

std::vector<std::string> files_of(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return {path};
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string extension = entry->path().extension();
    if (extension == ".pem" || extension == ".crt" || extension == ".cer") files.push_back(entry->path());
  }
  if (error)
    throw pki::BundleError(pki::BundleError::Kind::unreadable,
                           path + " cannot be listed: " + error.message());
  if (files.empty()) {
    throw pki::BundleError(pki::BundleError::Kind::no_certificate,
                           path + " holds no .pem, .crt or .cer file: name another directory");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::shared_ptr<const pki::TrustStore> read_trust_roots(std::vector<std::string> sources,
                                                        SystemRoots system) {
  if (sources.empty() || system == SystemRoots::added) sources.emplace_back(system_roots);
  auto anchors = std::make_shared<pki::TrustStore>();
  for (const std::string& source : sources) {
    for (const std::string& file : files_of(source))
      anchors->add(pki::read_certificates(pki::read_file(file), file));
  }
  return anchors;
}

}  // namespace domsec::session
