// The directory of fetched revocation lists, one file a distribution point, so that the next run has them
// too. A file holds the octets as they came and is named after the SHA-256 of the URI: a URI is a stranger's
// text and no file name. The URI stands in a file beside it, for people. A file is replaced as a whole (write
// aside, rename), so that two processes may share a directory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/instant.h"
#include "domsec/pki/revocation.h"

namespace domsec::net {

struct CrlFile {
  std::string path;
  std::string uri;  // empty when nobody wrote it down
  std::size_t octets = 0;
  pki::Instant kept;                    // when it was written
  std::shared_ptr<const pki::Crl> crl;  // null when it cannot be read
};

/// The octets kept for a URI; nothing when there are none, or more than `largest`.
[[nodiscard]] std::optional<std::string> read_crl_file(const std::string& directory, const std::string& uri,
                                                       std::size_t largest);
/// When a list of this URI was written; nothing when there is none.
[[nodiscard]] std::optional<pki::Instant> crl_file_kept(const std::string& directory, const std::string& uri);
/// Makes the directory with mode 0700 when there is none. Returns why it could not be written, one clause,
/// else nothing.
[[nodiscard]] std::string write_crl_file(const std::string& directory, const std::string& uri,
                                         std::string_view octets);
/// Every list of a directory, by path; files that are none of ours are left out.
[[nodiscard]] std::vector<CrlFile> crl_files(const std::string& directory, std::size_t largest);
/// Removes them and returns how many lists there were. Strangers' files stay.
std::size_t remove_crl_files(const std::string& directory);

}  // namespace domsec::net
