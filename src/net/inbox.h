// Octets received and not yet read, and the cutting of lines out of them. Holds no memory while empty, so
// that an idle session costs none.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace domsec::net {

class Inbox {
 public:
  [[nodiscard]] std::size_t size() const { return octets_.size() - start_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// A whole line is there.
  [[nodiscard]] bool has_line() const { return octets_.find("\r\n", scanned_) != std::string::npos; }
  [[nodiscard]] std::string_view octets() const { return std::string_view(octets_).substr(start_); }

  void append(std::string_view octets);
  void put_back(std::string_view octets);
  void clear();

  /// The next line without its CRLF when it is complete and has at most `limit` octets.
  [[nodiscard]] std::optional<std::string> take_line(std::size_t limit);
  /// More than `limit` octets are there and no line end within them.
  [[nodiscard]] bool line_exceeds(std::size_t limit) const;
  [[nodiscard]] std::string take(std::size_t most);
  /// Drops up to and including the next CRLF: true when it was there. Otherwise everything but a last CR is
  /// dropped. `dropped` grows by what went.
  bool drop_line(std::size_t& dropped);

 private:
  void consume(std::size_t octets);
  [[nodiscard]] std::size_t find_line_end();

  std::string octets_;
  std::size_t start_ = 0;    // read up to here
  std::size_t scanned_ = 0;  // no CRLF begins between start_ and here
};

}  // namespace domsec::net
