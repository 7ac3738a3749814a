// What the shell needs from the world: where results go, who answers questions, which time it is, files. The
// interpreter itself touches none of them, so that a test gives each.
#pragma once

#include <string>
#include <string_view>

#include "domsec/pki/instant.h"
#include "domsec/shell/value.h"

namespace domsec::shell {

/// [Y] Yes  [A] Yes to All  [N] No  [L] No to All
enum class Answer { yes, yes_to_all, no, no_to_all };

/// A file that cannot be read or written, or a path that leads out of the root: one sentence. The interpreter
/// adds the place.
class HostError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Host {
 public:
  virtual ~Host() = default;
  /// Results, line ends included.
  virtual void write(std::string_view text) = 0;
  /// One sentence for people, beside the results.
  virtual void warn(std::string_view sentence) = 0;
  /// `question` has several lines. Throws HostError when there is nobody to answer.
  virtual Answer confirm(std::string_view question) = 0;
  [[nodiscard]] virtual pki::Instant now() = 0;
  /// `path` as the script wrote it (file_path.h says what it means). Both throw HostError.
  [[nodiscard]] virtual Bytes read_file(const std::string& path) = 0;
  virtual void write_file(const std::string& path, std::string_view content) = 0;
  virtual void append_file(const std::string& path, std::string_view content) = 0;
};

}  // namespace domsec::shell
