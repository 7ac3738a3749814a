// The disk cache holds the bytes as they came, named after the SHA-256 of the URI: a URI is a stranger's text
// and no file name. A file is replaced as a whole (write aside, rename), so that two processes may share a
// directory.
#include "crl_cache.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>

namespace domsec::net {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_entries = 1024;
constexpr std::size_t most_octets = 256U << 20;
constexpr std::string_view extension = ".crl";
constexpr std::size_t digest_digits = 64;

std::string file_name(const std::string& uri) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(uri.data(), uri.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string name;
  for (unsigned i = 0; i < size; ++i) {
    name += "0123456789abcdef"[digest[i] >> 4U];
    name += "0123456789abcdef"[digest[i] & 15U];
  }
  return name.append(extension);
}

bool is_ours(const fs::path& file) {
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

std::string write_file(const fs::path& directory, const std::string& name, std::string_view octets) {
  std::error_code error;
  fs::create_directories(directory, error);
  const fs::path aside = directory / (name + "." + std::to_string(getpid()) + ".new");
  {
    std::ofstream file(aside, std::ios::binary | std::ios::trunc);
    file.write(octets.data(), static_cast<std::streamsize>(octets.size()));
    file.close();
    if (!file) {
      fs::remove(aside, error);
      return "the list cannot be kept in " + directory.string();
    }
  }
  fs::rename(aside, directory / name, error);
  return error ? "the list cannot be kept in " + directory.string() : std::string();
}

}  // namespace

const CachedCrl* CrlCache::find(const std::string& uri) {
  auto found = entries_.find(uri);
  if (found == entries_.end() && !directory_.empty()) {
    const std::optional<std::string> octets = read_file(fs::path(directory_) / file_name(uri), largest_);
    CachedCrl entry;
    if (octets) entry.crl = pki::Crl::read(*octets);
    if (!entry.crl) return nullptr;
    entry.octets = octets->size();
    keep(uri, std::move(entry));
    found = entries_.find(uri);
  }
  if (found == entries_.end()) return nullptr;
  found->second.used = std::chrono::steady_clock::now();
  return &found->second;
}

std::string CrlCache::put(const std::string& uri, CachedCrl entry, std::string_view body) {
  keep(uri, std::move(entry));
  return directory_.empty() ? std::string() : write_file(directory_, file_name(uri), body);
}

/// URIs come from the certificates of strangers: the least used lists go when there are too many.
void CrlCache::keep(const std::string& uri, CachedCrl entry) {
  entry.used = std::chrono::steady_clock::now();
  CachedCrl& place = entries_[uri];
  octets_ = octets_ - place.octets + entry.octets;
  place = std::move(entry);
  while (entries_.size() > 1 && (entries_.size() > most_entries || octets_ > most_octets)) {
    const auto oldest =
        std::min_element(entries_.begin(), entries_.end(), [&uri](const auto& one, const auto& other) {
          if ((one.first == uri) != (other.first == uri)) return other.first == uri;  // never the new one
          return one.second.used < other.second.used;
        });
    octets_ -= oldest->second.octets;
    entries_.erase(oldest);
  }
}

void CrlCache::clear() {
  entries_.clear();
  octets_ = 0;
  if (directory_.empty()) return;
  std::error_code error;
  for (fs::directory_iterator file(directory_, error), end; !error && file != end; file.increment(error)) {
    std::error_code ignored;
    if (is_ours(file->path())) fs::remove(file->path(), ignored);
  }
}

}  // namespace domsec::net
