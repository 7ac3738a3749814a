#include "crl_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>

#include "crl_body.h"
#include "der.h"

namespace domsec::pki {
namespace {

// RFC 5280 5.3, the contents of the object identifiers under 2.5.29.
constexpr std::string_view reason_code = "\x55\x1D\x15";
constexpr std::string_view invalidity_date = "\x55\x1D\x18";
constexpr std::string_view certificate_issuer = "\x55\x1D\x1D";

// RFC 5280 5.3.1; 7 is not used.
constexpr std::array<std::string_view, 11> reasons{
    "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
    "superseded",    "cessationOfOperation", "certificateHold", "",
    "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
constexpr std::uint8_t remove_from_crl = 8;
constexpr std::uint8_t no_reason = 15;

constexpr std::chrono::sys_days first_day{std::chrono::year{1950} / 1 / 1};
constexpr std::uint32_t no_time = UINT32_MAX;
constexpr std::size_t most_issuers = UINT16_MAX;
constexpr std::size_t bucket_size = 16;

struct Extension {
  std::string_view oid;
  bool critical = false;
  std::string_view value;
};

std::optional<Extension> take_extension(std::string_view& rest) {
  const auto sequence = take_der(rest, der_sequence);
  if (!sequence) return std::nullopt;
  std::string_view inside = sequence->content;
  const auto oid = take_der(inside, der_oid);
  const auto critical = take_der(inside, der_boolean);
  const auto value = take_der(inside, der_octet_string);
  if (!oid || !value || !inside.empty()) return std::nullopt;
  return Extension{oid->content, critical && critical->content != std::string_view("\0", 1), value->content};
}

std::uint32_t seconds_since_first_day(std::optional<Instant> at) {
  if (!at || *at < first_day) return no_time;
  const auto seconds = static_cast<std::uint64_t>((*at - first_day).count());
  return seconds < no_time ? static_cast<std::uint32_t>(seconds) : no_time;
}

bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int two(std::string_view text, std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

/// The two forms that RFC 5280 4.1.2.5 allows, without libcrypto: a list may have a million of them.
std::optional<Instant> plain_time(unsigned char tag, std::string_view text) {
  int century = 0;
  if (tag == der_utc_time && text.size() == 13) {
    if (!digits(text.substr(0, 12))) return std::nullopt;
    century = two(text, 0) < 50 ? 20 : 19;
  } else if (tag == der_generalized_time && text.size() == 15) {
    if (!digits(text.substr(0, 14))) return std::nullopt;
    century = two(text, 0);
    text.remove_prefix(2);
  } else {
    return std::nullopt;
  }
  const std::chrono::year_month_day day{std::chrono::year{century * 100 + two(text, 0)},
                                        std::chrono::month{static_cast<unsigned>(two(text, 2))},
                                        std::chrono::day{static_cast<unsigned>(two(text, 4))}};
  const int hour = two(text, 6), minute = two(text, 8), second = two(text, 10);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59 || text[12] != 'Z') return std::nullopt;
  return std::chrono::sys_days{day} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

/// Other forms of a time are libcrypto's to read, where the value is short enough to be one.
std::uint32_t time_of(unsigned char tag, std::string_view text) {
  if (const auto plain = plain_time(tag, text)) return seconds_since_first_day(plain);
  if (text.size() >= 0x80) return no_time;
  const std::string whole = std::string{static_cast<char>(tag), static_cast<char>(text.size())}.append(text);
  return seconds_since_first_day(instant_of_der(whole));
}

/// The first directoryName of a certificateIssuer extension (RFC 5280 5.3.3): its Name, whole.
std::optional<std::string_view> issuer_in(std::string_view extension_value) {
  constexpr unsigned char directory_name = 0xA4;  // [4] EXPLICIT of GeneralName
  const auto names = take_der(extension_value, der_sequence);
  if (!names || !extension_value.empty()) return std::nullopt;
  std::string_view rest = names->content;
  while (const auto name = take_der(rest)) {
    std::string_view inside = name->content;
    if (name->tag != directory_name) continue;
    const auto directory = take_der(inside, der_sequence);
    return directory && inside.empty() ? std::optional(directory->whole) : std::nullopt;
  }
  return std::nullopt;
}

std::uint8_t reason_of(std::string_view extension_value) {
  const auto code = take_der(extension_value, der_enumerated);
  if (!code || code->content.size() != 1) return no_reason;
  const auto number = static_cast<std::uint8_t>(code->content.front());
  return number < reasons.size() && !reasons[number].empty() ? number : no_reason;
}

/// A serial's octets without the zero that keeps a positive number from looking negative, and whether it was there.
struct Serial {
  std::string_view octets;
  bool padded = false;
};

Serial serial_of(std::string_view content) {
  const bool padded = content.size() > 1 && content.front() == '\0';
  return {content.substr(padded ? 1 : 0), padded};
}

std::uint32_t hash_of(const Serial& serial) {
  std::uint64_t hash = serial.octets.size() * 2 + (serial.padded ? 1 : 0);
  std::string_view left = serial.octets;
  while (!left.empty()) {
    std::uint64_t octets = 0;
    const std::size_t count = std::min<std::size_t>(left.size(), 8);
    std::memcpy(&octets, left.data(), count);
    hash = (hash ^ octets) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29U;
    left.remove_prefix(count);
  }
  return static_cast<std::uint32_t>((hash * 0xBF58476D1CE4E5B9U) >> 32U);
}

std::string content_of_serial(const X509* certificate) {
  unsigned char* octets = nullptr;
  const int length = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &octets);
  if (length <= 0) return {};
  const OpensslBuffer<unsigned char> owner(octets);
  std::string_view whole(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  const auto value = take_der(whole, der_integer);
  return value ? std::string(value->content) : std::string();
}

// A record: time (4), what (1: reason, padded), length (1), issuer (2), serial.
constexpr std::size_t at_what = 4, at_length = 5, at_issuer = 6, at_serial = 8;
constexpr std::uint8_t padded_bit = 0x80;

}  // namespace

/// What changes from one entry to the next.
struct CrlIndex::Walk {
  const Reading& reading;
  std::string& fault;
  std::vector<X509NameOwner>& issuers;
  std::map<std::string, std::uint16_t, std::less<>> known_issuers{};  // by their DER
  std::uint16_t issuer = 0;
  std::uint8_t reason = no_reason;
  std::string_view known_extensions{};
  std::uint8_t known_reason = no_reason;

  /// Calls `visit(serial, time)` for each entry; what it is of stands in `reason` and `issuer` then. False when
  /// the entries are no DER.
  template <typename Visit>
  bool all(std::string_view entries, Visit visit) {
    issuer = 0;
    known_extensions = {};
    while (!entries.empty()) {
      Parts parts;
      if (!take_short(entries, parts) && !take_any(entries, parts)) return false;
      if (!is_der_integer(parts.serial)) return false;
      reason = no_reason;
      if (!parts.extensions.empty() && !extensions_of(parts.extensions)) return false;
      visit(parts.serial, parts.time_tag, parts.time);
    }
    return true;
  }

 private:
  struct Parts {
    std::string_view serial;
    unsigned char time_tag = 0;
    std::string_view time;        // the content
    std::string_view extensions;  // the whole value; empty when there are none
  };

  /// An entry whose parts are all shorter than 128 octets, as nearly all are, without going through memory: this is
  /// done a million times.
  static bool take_short(std::string_view& rest, Parts& parts) {
    const char* const begin = rest.data();
    const std::size_t left = rest.size();
    const auto octet = [begin](std::size_t at) { return static_cast<unsigned char>(begin[at]); };
    if (left < 2 || octet(0) != der_sequence || octet(1) >= 0x80 || left - 2U < octet(1)) return false;
    const std::size_t end = 2U + octet(1);
    if (end < 6 || octet(2) != der_integer || octet(3) >= 0x80) return false;
    const std::size_t time = 4U + octet(3);
    if (time + 2 > end || octet(time + 1) >= 0x80) return false;
    const std::size_t after = time + 2U + octet(time + 1);
    const unsigned char tag = octet(time);
    if (after > end || (tag != der_utc_time && tag != der_generalized_time)) return false;
    parts.serial = {begin + 4, octet(3)};
    parts.time_tag = tag;
    parts.time = {begin + time + 2, octet(time + 1)};
    parts.extensions = {begin + after, end - after};
    rest = {begin + end, left - end};
    return true;
  }

  static bool take_any(std::string_view& rest, Parts& parts) {
    const auto sequence = take_der(rest, der_sequence);
    if (!sequence) return false;
    std::string_view inside = sequence->content;
    const auto number = take_der(inside, der_integer);
    const auto time = take_der(inside);
    if (!number || !time || (time->tag != der_utc_time && time->tag != der_generalized_time)) return false;
    parts = {number->content, time->tag, time->content, inside};
    return true;
  }

  /// Mostly those of the entry before, octet by octet.
  bool extensions_of(std::string_view whole) {
    if (whole == known_extensions) {
      reason = known_reason;
      return true;
    }
    std::string_view rest = whole;
    const auto sequence = take_der(rest, der_sequence);
    if (!sequence || !rest.empty() || !extensions(sequence->content)) return false;
    known_extensions = whole;
    known_reason = reason;
    return true;
  }

  /// RFC 5280 5.3: a list with a critical entry extension that is not understood may not be used for any
  /// certificate. False when the extensions are no DER.
  bool extensions(std::string_view rest) {
    if (!rest.empty() && !reading.extensions_allowed)
      fault = "extensions in a list of version 1";  // RFC 5280 5.1.2.1
    while (!rest.empty()) {
      const auto extension = take_extension(rest);
      if (!extension) return false;
      if (extension->oid == certificate_issuer) {
        entries_of(issuer_in(extension->value));
      } else if (extension->oid == reason_code) {
        reason = reason_of(extension->value);
      } else if (extension->critical && extension->oid != invalidity_date) {
        fault = "an entry has a critical extension that is not known";
      }
    }
    return true;
  }

  /// RFC 5280 5.3.3: this entry and those after it, until the next one that says so.
  void entries_of(std::optional<std::string_view> name) {
    if (!reading.indirect) {
      fault = "entries of other issuers in a list that is not indirect (RFC 5280 5.3.3)";
      return;
    }
    if (!name) {
      fault = "the certificateIssuer of an entry is malformed (RFC 5280 5.3.3)";
      return;
    }
    auto known = known_issuers.find(*name);
    if (known == known_issuers.end()) {
      const auto* octets = reinterpret_cast<const unsigned char*>(name->data());
      X509NameOwner parsed(d2i_X509_NAME(nullptr, &octets, static_cast<long>(name->size())));
      if (parsed == nullptr) fault = "the certificateIssuer of an entry is malformed (RFC 5280 5.3.3)";
      if (issuers.size() >= most_issuers) fault = "the list is of more issuers than can be held";
      if (parsed == nullptr || issuers.size() >= most_issuers) return;
      issuers.push_back(std::move(parsed));
      known = known_issuers.emplace(*name, static_cast<std::uint16_t>(issuers.size())).first;
    }
    issuer = known->second;
  }
};

/// A counting sort by the hash, which keeps the order of the list within a bucket. The entries are walked twice: to
/// keep them in between would cost more than to read them again.
bool CrlIndex::read(std::string_view entries, const Reading& reading, std::string& fault) {
  constexpr std::size_t usual_entry = 40;  // a serial of 16 octets, a UTCTime, often a reason
  const std::size_t buckets = std::bit_ceil(entries.size() / usual_entry / bucket_size + 1);
  const auto mask = static_cast<std::uint32_t>(buckets - 1);
  begin_.assign(buckets + 1, 0);
  Walk walk{reading, fault, issuers_};
  const bool readable = walk.all(entries, [&](std::string_view content, unsigned char tag, std::string_view time) {
    ++count_;
    const Serial serial = serial_of(content);
    if (serial.octets.size() > longest_serial) {
      long_.push_back({std::string(content), time_of(tag, time), walk.reason, walk.issuer});
      return;
    }
    ++begin_[(hash_of(serial) & mask) + 1];
    width_ = std::max(width_, serial.octets.size());
  });
  if (!readable) return false;

  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  record_ = at_serial - (issuers_.empty() ? 2 : 0) + width_;
  records_ = std::make_unique_for_overwrite<unsigned char[]>(begin_.back() * record_);
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  return walk.all(entries, [&](std::string_view content, unsigned char tag, std::string_view der_time) {
    const Serial serial = serial_of(content);
    if (serial.octets.size() > longest_serial) return;
    unsigned char* record = records_.get() + next[hash_of(serial) & mask]++ * record_;
    const std::uint32_t time = time_of(tag, der_time);
    std::memcpy(record, &time, sizeof time);
    record[at_what] = static_cast<std::uint8_t>(walk.reason | (serial.padded ? padded_bit : 0));
    record[at_length] = static_cast<std::uint8_t>(serial.octets.size());
    if (!issuers_.empty()) std::memcpy(record + at_issuer, &walk.issuer, sizeof walk.issuer);
    std::memcpy(record + record_ - width_, serial.octets.data(), serial.octets.size());
  });
}

bool CrlIndex::is_of(std::uint16_t issuer, const X509_NAME* wanted, const X509_NAME* list_issuer) const {
  return X509_NAME_cmp(issuer == 0 ? list_issuer : issuers_[issuer - 1].get(), wanted) == 0;
}

void CrlIndex::take(Lookup& result, std::uint32_t time, std::uint8_t reason) const {
  if (reason == remove_from_crl) {  // RFC 5280 5.3.1: released from hold, or expired
    result.removed = true;
  } else if (!result.entry) {
    result.entry.emplace();
    if (time != no_time) result.entry->at = first_day + std::chrono::seconds{time};
    if (reason < reasons.size()) result.entry->reason = reasons[reason];
  }
}

CrlIndex::Lookup CrlIndex::find(const X509* certificate, const X509_NAME* list_issuer) const {
  const std::string content = content_of_serial(certificate);
  const Serial serial = serial_of(content);
  const X509_NAME* const issuer = X509_get_issuer_name(certificate);
  Lookup result;
  if (serial.octets.size() > longest_serial) {
    for (const Long& entry : long_) {
      if (entry.serial == content && is_of(entry.issuer, issuer, list_issuer))
        take(result, entry.time, entry.reason);
    }
    return result;
  }
  if (serial.octets.size() > width_ || begin_.size() < 2) return result;
  const std::size_t bucket = hash_of(serial) & static_cast<std::uint32_t>(begin_.size() - 2);
  for (std::size_t at = begin_[bucket]; at != begin_[bucket + 1]; ++at) {
    const unsigned char* record = records_.get() + at * record_;
    const bool same = record[at_length] == serial.octets.size() &&
                      ((record[at_what] & padded_bit) != 0) == serial.padded &&
                      std::memcmp(record + record_ - width_, serial.octets.data(), serial.octets.size()) == 0;
    if (!same) continue;
    std::uint32_t time = 0;
    std::uint16_t of = 0;
    std::memcpy(&time, record, sizeof time);
    if (!issuers_.empty()) std::memcpy(&of, record + at_issuer, sizeof of);
    if (!is_of(of, issuer, list_issuer)) continue;
    take(result, time, static_cast<std::uint8_t>(record[at_what] & ~padded_bit));
  }
  return result;
}

}  // namespace domsec::pki
