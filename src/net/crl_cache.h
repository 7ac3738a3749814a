// CRLs by their URI: in memory, bounded, and beside it in a directory so that the next run has them too.
// Private to net/.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/net/loop.h"
#include "domsec/pki/revocation.h"

namespace domsec::net {

struct CachedCrl {
  std::shared_ptr<const pki::Crl> crl;
  std::size_t octets = 0;
  /// When it was fetched; nothing for one that was found on disk.
  std::optional<SteadyPoint> fetched;
  /// False: the server gave a list that was out of date already. Then there is no use in asking again at
  /// once.
  bool current_when_fetched = true;
  SteadyPoint used;
};

class CrlCache {
 public:
  /// `directory` may be empty: memory only. A file larger than `largest` is not read.
  CrlCache(std::string directory, std::size_t largest)
      : directory_(std::move(directory)), largest_(largest) {}

  /// From memory, else from disk. The pointer holds until the next call.
  [[nodiscard]] const CachedCrl* find(const std::string& uri);
  /// Returns why it could not be written to disk, one clause; empty when it was or there is no directory.
  std::string put(const std::string& uri, CachedCrl entry, std::string_view body);
  void clear();

 private:
  void keep(const std::string& uri, CachedCrl entry);

  std::string directory_;
  std::size_t largest_;
  std::map<std::string, CachedCrl> entries_;
  std::size_t octets_ = 0;
};

}  // namespace domsec::net
