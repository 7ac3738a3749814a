// RFC 5321 2.3.8: only CRLF ends a line; a bare CR or LF is text. A line end is looked for once in each
// octet.
#include "inbox.h"

#include <algorithm>

namespace domsec::net {

void Inbox::append(std::string_view octets) {
  // What was read makes room before the text grows.
  if (start_ > 0 && start_ >= octets_.size() / 2) {
    octets_.erase(0, start_);
    scanned_ -= start_;
    start_ = 0;
  }
  octets_.append(octets);
}

void Inbox::put_back(std::string_view octets) {
  if (octets.empty()) return;
  octets_.replace(0, start_, octets);
  start_ = 0;
  scanned_ = 0;
}

void Inbox::clear() {
  octets_ = std::string();
  start_ = 0;
  scanned_ = 0;
}

void Inbox::consume(std::size_t octets) {
  start_ += octets;
  scanned_ = start_;
  if (start_ >= octets_.size()) clear();
}

// Position of the CR of the next CRLF, npos when there is none.
std::size_t Inbox::find_line_end() {
  const std::size_t end = octets_.find("\r\n", scanned_);
  // A CR at the very end may be the first half of a line end.
  if (end == std::string::npos && !empty()) scanned_ = std::max(start_, octets_.size() - 1);
  return end;
}

std::optional<std::string> Inbox::take_line(std::size_t limit) {
  const std::size_t end = find_line_end();
  if (end == std::string::npos) return std::nullopt;
  scanned_ = end;
  if (end - start_ > limit) return std::nullopt;
  std::string line;
  if (start_ == 0 && end + 2 == octets_.size()) {
    // The usual case, and the cheap one for a line of many megabytes: the text itself is handed over.
    line.swap(octets_);
    line.resize(end);
    clear();
    return line;
  }
  line.assign(octets_, start_, end - start_);
  consume(end - start_ + 2);
  return line;
}

bool Inbox::line_exceeds(std::size_t limit) const {
  if (scanned_ - start_ > limit) return true;
  // limit octets and a CR may still become a line of the greatest length.
  return size() > limit && !(size() == limit + 1 && octets_.back() == '\r');
}

std::string Inbox::take(std::size_t most) {
  const std::size_t octets = std::min(most, size());
  std::string taken(octets_, start_, octets);
  consume(octets);
  return taken;
}

bool Inbox::drop_line(std::size_t& dropped) {
  const std::size_t end = find_line_end();
  const bool found = end != std::string::npos;
  const std::size_t kept = !found && !empty() && octets_.back() == '\r' ? 1 : 0;
  const std::size_t octets = found ? end - start_ + 2 : size() - kept;
  dropped += octets;
  consume(octets);
  return found;
}

}  // namespace domsec::net
