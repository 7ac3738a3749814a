// Dates, time spans and whole numbers as text. Everything is UTC: domsec has no other time.
#include <array>
#include <charconv>
#include <cstdio>

#include "domsec/shell/value.h"

namespace domsec::shell {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array month_names = {"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array day_names = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                  "Thursday", "Friday", "Saturday"};

struct Clock {
  int year, month, day, weekday, hour, minute, second;
};

Clock clock_of(pki::Instant instant) {
  const auto midnight = std::chrono::floor<days>(instant);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss time(instant - midnight);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(std::chrono::weekday(midnight).c_encoding()),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count())};
}

std::string padded(int number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// One run of the same letter of a custom format.
std::string field(const Clock& clock, char letter, std::size_t width) {
  const int twelve = clock.hour % 12 == 0 ? 12 : clock.hour % 12;
  const std::string_view half = clock.hour < 12 ? "AM" : "PM";
  switch (letter) {
    case 'y':
      return width <= 2 ? padded(clock.year % 100, width) : padded(clock.year, width);
    case 'M':
      if (width <= 2) return padded(clock.month, width);
      return std::string(month_names[static_cast<std::size_t>(clock.month - 1)])
          .substr(0, width == 3 ? 3 : 99);
    case 'd':
      if (width <= 2) return padded(clock.day, width);
      return std::string(day_names[static_cast<std::size_t>(clock.weekday)]).substr(0, width == 3 ? 3 : 99);
    case 'H':
      return padded(clock.hour, width);
    case 'h':
      return padded(twelve, width);
    case 'm':
      return padded(clock.minute, width);
    case 's':
      return padded(clock.second, width);
    case 't':
      return std::string(half.substr(0, width == 1 ? 1 : 2));
    default:
      return std::string(width, letter);
  }
}

/// Takes a decimal number from the front.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || text.empty() || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char letter) {
  if (text.empty() || text.front() != letter) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<pki::Instant> instant_of(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || year < 1 || year > 9999) return std::nullopt;
  return pki::Instant(std::chrono::sys_days(date));
}

/// `2:39:08 PM`, `14:39`, `14:39:08`.
std::optional<seconds> read_clock(std::string_view text) {
  std::array<int, 3> parts{};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::optional<int> number = take_number(text);
    if (!number) return std::nullopt;
    parts[i] = *number;
    if (!take(text, ':')) break;
  }
  while (take(text, ' ')) {
  }
  if (same_word(text, "PM") && parts[0] < 12)
    parts[0] += 12;
  else if (same_word(text, "AM") && parts[0] == 12)
    parts[0] = 0;
  else if (!text.empty() && !same_word(text, "PM") && !same_word(text, "AM"))
    return std::nullopt;
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  return hours(parts[0]) + minutes(parts[1]) + seconds(parts[2]);
}

std::optional<pki::Instant> read_day(std::string_view& text) {
  const std::optional<int> first = take_number(text);
  if (!first) return std::nullopt;
  const char divider = text.empty() ? '\0' : text.front();
  if (divider != '/' && divider != '-') return std::nullopt;
  take(text, divider);
  const std::optional<int> second = take_number(text);
  if (!second || !take(text, divider)) return std::nullopt;
  const std::optional<int> third = take_number(text);
  if (!third) return std::nullopt;
  return divider == '/' ? instant_of(*third, *first, *second) : instant_of(*first, *second, *third);
}

}  // namespace

std::string date_text(pki::Instant instant, std::string_view format) {
  if (format.empty()) format = "M/d/yyyy h:mm:ss tt";
  if (format == "o" || format == "O") return date_text(instant, "yyyy-MM-ddTHH:mm:ss") + ".0000000Z";
  if (format == "s") format = "yyyy-MM-ddTHH:mm:ss";
  if (format == "u") return date_text(instant, "yyyy-MM-dd HH:mm:ss") + 'Z';
  if (format == "d") format = "M/d/yyyy";
  const Clock clock = clock_of(instant);
  std::string out;
  for (std::size_t at = 0; at < format.size();) {
    std::size_t end = at;
    while (end < format.size() && format[end] == format[at]) ++end;
    const bool letter = std::string_view("yMdHhmst").find(format[at]) != std::string_view::npos;
    out += letter ? field(clock, format[at], std::min<std::size_t>(end - at, 20))
                  : std::string(format.substr(at, end - at));
    at = end;
  }
  return out;
}

std::optional<pki::Instant> read_date(std::string_view text) {
  if (const std::optional<pki::Instant> instant = pki::read_rfc3339(text)) return instant;
  const std::optional<pki::Instant> day = read_day(text);
  if (!day) return std::nullopt;
  if (text.empty()) return day;
  if (!take(text, ' ') && !take(text, 'T')) return std::nullopt;
  const std::optional<seconds> clock = read_clock(text);
  if (!clock) return std::nullopt;
  return *day + *clock;
}

std::string text_of(TimeSpan span) {
  const std::string sign = span < TimeSpan::zero() ? "-" : "";
  const std::int64_t total = span < TimeSpan::zero() ? -span.count() : span.count();
  const auto two = [](std::int64_t number) { return padded(static_cast<int>(number), 2); };
  const std::string clock = two(total / 3600 % 24) + ':' + two(total / 60 % 60) + ':' + two(total % 60);
  return sign + (total >= 86400 ? std::to_string(total / 86400) + '.' : "") + clock;
}

std::optional<TimeSpan> read_time_span(std::string_view text) {
  int whole_days = 0;
  if (const std::size_t dot = text.find('.'); dot != std::string_view::npos) {
    std::string_view front = text.substr(0, dot);
    const std::optional<int> number = take_number(front);
    if (!number || !front.empty() || *number > 10'000'000) return std::nullopt;
    whole_days = *number;
    text.remove_prefix(dot + 1);
  } else if (text.find(':') == std::string_view::npos) {
    const std::optional<int> number = take_number(text);  // days alone, as .NET reads it
    if (!number || !text.empty() || *number > 10'000'000) return std::nullopt;
    return TimeSpan(std::int64_t{*number} * 86400);
  }
  if (text.find_first_not_of("0123456789:") != std::string_view::npos) return std::nullopt;
  const std::optional<seconds> clock = read_clock(text);
  if (!clock) return std::nullopt;
  return TimeSpan(std::int64_t{whole_days} * 86400) + *clock;
}

std::optional<std::int64_t> read_whole_number(std::string_view text) {
  std::int64_t scale = 1;
  if (text.size() > 2) {
    const std::string unit = lower(text.substr(text.size() - 2));
    scale = unit == "kb" ? 1LL << 10 : unit == "mb" ? 1LL << 20 : unit == "gb" ? 1LL << 30 : 1;
    if (scale != 1) text.remove_suffix(2);
  }
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const bool hexadecimal = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (hexadecimal) text.remove_prefix(2);
  if (text.empty() || text.front() == '-') return std::nullopt;
  std::int64_t number = 0;
  const auto [end, fault] =
      std::from_chars(text.data(), text.data() + text.size(), number, hexadecimal ? 16 : 10);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (__builtin_mul_overflow(number, negative ? -scale : scale, &number)) return std::nullopt;
  return number;
}

}  // namespace domsec::shell
