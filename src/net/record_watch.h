// Follows the record boundaries of a TLS octet stream (RFC 8446 5.1) and keeps the first octets that stand
// where a record was due but are none: clear text after `220`, a proxy's page, garbage. Nothing is decrypted
// or judged.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace domsec::net {

class RecordWatch {
 public:
  void feed(std::string_view octets);
  /// At most 64 octets; empty while everything looked like records.
  [[nodiscard]] const std::string& unexpected() const { return unexpected_; }

 private:
  static constexpr std::size_t kept = 64;
  std::array<unsigned char, 5> header_{};
  std::size_t header_octets_ = 0;
  std::size_t body_left_ = 0;
  std::string unexpected_;
};

}  // namespace domsec::net
