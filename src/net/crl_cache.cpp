#include "crl_cache.h"

#include <algorithm>
#include <optional>

#include "domsec/net/crl_files.h"

namespace domsec::net {
namespace {

constexpr std::size_t most_entries = 1024;
constexpr std::size_t most_octets = 256U << 20;

}  // namespace

const CachedCrl* CrlCache::find(const std::string& uri) {
  auto found = entries_.find(uri);
  if (found == entries_.end() && !directory_.empty()) {
    const std::optional<std::string> octets = read_crl_file(directory_, uri, largest_);
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
  return directory_.empty() ? std::string() : write_crl_file(directory_, uri, body);
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
  if (!directory_.empty()) remove_crl_files(directory_);
}

}  // namespace domsec::net
