// Reading and writing DNS messages, RFC 1035 4. Every read is checked against the end of the message; a
// compression pointer may only point before the name it is part of, so a name always ends (RFC 1035 4.1.4: "a
// prior occurrence").
#include "domsec/net/dns_message.h"

#include <arpa/inet.h>

#include <array>
#include <cstdio>
#include <cstring>

namespace domsec::net {
namespace {

constexpr std::size_t most_name_octets = 255;  // RFC 1035 2.3.4
constexpr std::size_t most_label_octets = 63;

bool host_octet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void append_label_octet(std::string& name, char c) {
  if (host_octet(c)) {
    name += lower(c);
    return;
  }
  std::array<char, 5> escaped{};
  std::snprintf(escaped.data(), escaped.size(), "\\%03u",
                static_cast<unsigned>(static_cast<unsigned char>(c)));
  name += escaped.data();
}

DnsType type_of(std::uint16_t number) {
  switch (static_cast<DnsType>(number)) {
    case DnsType::a:
    case DnsType::cname:
    case DnsType::soa:
    case DnsType::mx:
    case DnsType::aaaa:
    case DnsType::opt:
      return static_cast<DnsType>(number);
    case DnsType::other:
      return DnsType::other;
  }
  return DnsType::other;
}

DnsRcode rcode_of(unsigned number) {
  switch (static_cast<DnsRcode>(number)) {
    case DnsRcode::no_error:
    case DnsRcode::format_error:
    case DnsRcode::server_failure:
    case DnsRcode::name_error:
    case DnsRcode::refused:
      return static_cast<DnsRcode>(number);
    case DnsRcode::other:
      return DnsRcode::other;
  }
  return DnsRcode::other;
}

/// A place in the message. After a read beyond the end `failed` is set and every value is zero.
class Cursor {
 public:
  explicit Cursor(std::string_view octets) : octets_(octets) {}

  std::uint8_t octet() {
    if (failed_ || at_ >= octets_.size()) {
      failed_ = true;
      return 0;
    }
    return static_cast<std::uint8_t>(octets_[at_++]);
  }
  std::uint16_t two() {
    const unsigned high = octet();
    return static_cast<std::uint16_t>(high << 8U | octet());
  }
  std::string_view take(std::size_t count) {
    if (failed_ || octets_.size() - at_ < count) {
      failed_ = true;
      return {};
    }
    at_ += count;
    return octets_.substr(at_ - count, count);
  }
  std::string name() {
    std::string text;
    const std::size_t end = append_name(text, at_);
    if (!failed_) at_ = end;
    return failed_ ? std::string() : text;
  }
  [[nodiscard]] std::size_t at() const { return at_; }
  void go_to(std::size_t at) { at_ = at; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  /// Returns where the reading goes on after the name that starts at `start`.
  std::size_t append_name(std::string& text, std::size_t start);

  std::string_view octets_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

std::size_t Cursor::append_name(std::string& text, std::size_t start) {
  std::size_t at = start;
  std::size_t lowest = start;  // a pointer must lead before this: no circle is possible
  std::size_t after = 0;       // behind the first pointer
  std::size_t wire_octets = 1;
  while (at < octets_.size()) {
    const auto length = static_cast<std::uint8_t>(octets_[at]);
    if (length == 0) return after != 0 ? after : at + 1;
    if ((length & 0xC0U) == 0xC0U) {
      if (at + 1 >= octets_.size()) break;
      const std::size_t target = (length & 0x3FU) << 8U | static_cast<std::uint8_t>(octets_[at + 1]);
      if (target >= lowest) break;
      if (after == 0) after = at + 2;
      at = lowest = target;
      continue;
    }
    wire_octets += length + 1U;
    if (length > most_label_octets || wire_octets > most_name_octets || octets_.size() - at <= length) break;
    if (!text.empty()) text += '.';
    for (const char c : octets_.substr(at + 1, length)) append_label_octet(text, c);
    at += length + 1U;
  }
  failed_ = true;
  return start;
}

std::string printed(int family, std::string_view octets) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, octets.data(), text.data(), text.size()) != nullptr ? std::string(text.data())
                                                                               : std::string();
}

struct RawRecord {
  DnsRecord record;
  std::uint16_t class_number = 0;
};

/// One resource record, RFC 1035 4.1.3. The cursor ends behind its RDATA whatever the RDATA holds.
RawRecord read_record(Cursor& cursor) {
  RawRecord raw;
  raw.record.name = cursor.name();
  raw.record.type = type_of(cursor.two());
  raw.class_number = cursor.two();
  cursor.take(4);  // TTL: nothing is kept longer than one lookup
  const std::size_t length = cursor.two();
  const std::size_t start = cursor.at();
  const std::string_view data = cursor.take(length);
  if (cursor.failed()) return raw;
  const std::size_t end = cursor.at();
  bool whole = true;
  switch (raw.record.type) {
    case DnsType::a:
      whole = length == 4;
      if (whole) raw.record.value = printed(AF_INET, data);
      break;
    case DnsType::aaaa:
      whole = length == 16;
      if (whole) raw.record.value = printed(AF_INET6, data);
      break;
    case DnsType::mx:
    case DnsType::cname:
      cursor.go_to(start);
      if (raw.record.type == DnsType::mx) raw.record.preference = cursor.two();
      raw.record.value = cursor.name();
      whole = cursor.at() == end;
      break;
    case DnsType::soa:
    case DnsType::opt:
    case DnsType::other:
      break;
  }
  if (whole) {
    cursor.go_to(end);
  } else {
    cursor.go_to(end);
    cursor.take(SIZE_MAX);  // RDATA and its length disagree: the message is malformed
  }
  return raw;
}

}  // namespace

std::optional<DnsMessage> read_dns_message(std::string_view octets) {
  Cursor cursor(octets);
  DnsMessage message;
  message.id = cursor.two();
  const unsigned flags = cursor.two();
  message.response = (flags & 0x8000U) != 0;
  message.truncated = (flags & 0x0200U) != 0;
  message.recursion_desired = (flags & 0x0100U) != 0;
  message.rcode = rcode_of(flags & 0x000FU);
  const unsigned questions = cursor.two();
  const unsigned answers = cursor.two();
  const unsigned authorities = cursor.two();
  const unsigned additionals = cursor.two();
  if (cursor.failed() || questions > 1) return std::nullopt;
  if (questions == 1) {
    DnsQuestion& question = message.question.emplace();
    question.name = cursor.name();
    question.type_number = cursor.two();
    question.type = type_of(question.type_number);
    if (cursor.two() != 1) return std::nullopt;  // class IN only
  }
  for (unsigned i = 0; i < answers && !cursor.failed(); ++i) {
    RawRecord raw = read_record(cursor);
    if (raw.class_number == 1) message.answers.push_back(std::move(raw.record));
  }
  for (unsigned i = 0; i < authorities && !cursor.failed(); ++i) {
    if (read_record(cursor).record.type == DnsType::soa) message.soa_in_authority = true;
  }
  for (unsigned i = 0; i < additionals && !cursor.failed(); ++i) {
    const RawRecord raw = read_record(cursor);
    if (raw.record.type == DnsType::opt) message.edns_octets = raw.class_number;
  }
  if (cursor.failed()) return std::nullopt;
  return message;
}

}  // namespace domsec::net
