#include "record_watch.h"

#include <algorithm>

namespace domsec::net {

namespace {

// ContentType 20-23 and the major version 3 of every TLS version's record header. A length is not looked at:
// a record that is too long is still a record.
bool starts_record(std::size_t position, unsigned char octet) {
  if (position == 0) return octet >= 20 && octet <= 23;
  return position != 1 || octet == 3;
}

}  // namespace

void RecordWatch::feed(std::string_view octets) {
  while (!octets.empty()) {
    if (!unexpected_.empty()) {
      unexpected_.append(octets.substr(0, kept - unexpected_.size()));
      return;
    }
    if (body_left_ > 0) {
      const std::size_t skipped = std::min(body_left_, octets.size());
      body_left_ -= skipped;
      octets.remove_prefix(skipped);
      continue;
    }
    const auto octet = static_cast<unsigned char>(octets.front());
    if (!starts_record(header_octets_, octet)) {
      unexpected_.assign(header_.begin(), header_.begin() + static_cast<std::ptrdiff_t>(header_octets_));
      unexpected_.append(octets.substr(0, kept - unexpected_.size()));
      return;
    }
    octets.remove_prefix(1);
    header_[header_octets_++] = octet;
    if (header_octets_ < header_.size()) continue;
    header_octets_ = 0;
    body_left_ = static_cast<std::size_t>(header_[3]) << 8U | header_[4];
  }
}

}  // namespace domsec::net
