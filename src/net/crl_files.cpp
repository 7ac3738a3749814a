#include "domsec/net/crl_files.h"

#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace domsec::net {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view list_extension = ".crl";
constexpr std::string_view uri_extension = ".uri";
constexpr std::size_t digest_digits = 64;
constexpr std::size_t longest_uri = 2048;

std::string digest_of(const std::string& uri) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(uri.data(), uri.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string name;
  for (unsigned i = 0; i < size; ++i) {
    name += "0123456789abcdef"[digest[i] >> 4U];
    name += "0123456789abcdef"[digest[i] & 15U];
  }
  return name;
}

fs::path list_file(const std::string& directory, const std::string& uri) {
  return fs::path(directory) / digest_of(uri).append(list_extension);
}

bool is_ours(const fs::path& file, std::string_view extension) {
  const std::string name = file.filename().string();
  return name.size() == digest_digits + extension.size() && name.ends_with(extension) &&
         name.find_first_not_of("0123456789abcdef") == digest_digits;
}

std::optional<std::string> read_file(const fs::path& path, std::size_t largest) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > largest || !fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string octets(size, '\0');
  if (!file.read(octets.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  return octets;
}

bool write_file(const fs::path& path, std::string_view octets) {
  std::error_code error;
  const fs::path aside = path.string() + "." + std::to_string(getpid()) + ".new";
  {
    std::ofstream file(aside, std::ios::binary | std::ios::trunc);
    file.write(octets.data(), static_cast<std::streamsize>(octets.size()));
    file.close();
    if (!file) {
      fs::remove(aside, error);
      return false;
    }
  }
  fs::rename(aside, path, error);
  return !error;
}

/// The clock of the file system is not the wall clock's type; stat(2) says it in seconds.
pki::Instant written_at(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return pki::Instant();
  return pki::Instant(std::chrono::seconds(status.st_mtim.tv_sec));
}

CrlFile crl_file(const fs::path& path, std::size_t largest) {
  CrlFile found;
  found.path = path.string();
  found.kept = written_at(path);
  fs::path uri = path;
  found.uri = read_file(uri.replace_extension(uri_extension), longest_uri).value_or(std::string());
  if (const std::optional<std::string> octets = read_file(path, largest)) {
    found.octets = octets->size();
    found.crl = pki::Crl::read(*octets);
  }
  return found;
}

}  // namespace

std::optional<std::string> read_crl_file(const std::string& directory, const std::string& uri,
                                         std::size_t largest) {
  return read_file(list_file(directory, uri), largest);
}

std::optional<pki::Instant> crl_file_kept(const std::string& directory, const std::string& uri) {
  const fs::path path = list_file(directory, uri);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  return written_at(path);
}

std::string write_crl_file(const std::string& directory, const std::string& uri, std::string_view octets) {
  std::error_code error;
  if (fs::create_directories(directory, error)) fs::permissions(directory, fs::perms::owner_all, error);
  fs::path path = list_file(directory, uri);
  if (!write_file(path, octets)) return "the list cannot be kept in " + directory;
  write_file(path.replace_extension(uri_extension), uri);  // for people; the list counts without it
  return {};
}

std::vector<CrlFile> crl_files(const std::string& directory, std::size_t largest) {
  std::vector<CrlFile> files;
  std::error_code error;
  for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error)) {
    if (is_ours(file->path(), list_extension)) files.push_back(crl_file(file->path(), largest));
  }
  std::sort(files.begin(), files.end(),
            [](const CrlFile& one, const CrlFile& other) { return one.path < other.path; });
  return files;
}

std::size_t remove_crl_files(const std::string& directory) {
  std::size_t lists = 0;
  std::error_code error;
  for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error)) {
    std::error_code ignored;
    const bool list = is_ours(file->path(), list_extension);
    if (!list && !is_ours(file->path(), uri_extension)) continue;
    if (fs::remove(file->path(), ignored) && list) ++lists;
  }
  return lists;
}

}  // namespace domsec::net
