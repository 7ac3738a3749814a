// Values in Exchange's notation (spec exchange 2.1, 3.2). Not here: which range a parameter has (the
// sections).
#include "configuration_values.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "domsec/smtp/domain.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

/// Digits only: no sign, no blank, no overflow.
template <typename Number>
std::optional<Number> read_digits(std::string_view text) {
  Number number{};
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

constexpr std::array<std::pair<std::string_view, unsigned>, 5> units{
    {{"tb", 40}, {"gb", 30}, {"mb", 20}, {"kb", 10}, {"b", 0}}};

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

std::optional<std::uint64_t> read_size(std::string_view text) {
  std::string folded = lower_case(without_outer_blanks(text));
  if (folded == "unlimited") return unlimited_size;
  unsigned shift = 0;
  for (const auto& [unit, power] : units) {
    if (!folded.ends_with(unit)) continue;
    folded.resize(folded.size() - unit.size());
    shift = power;
    break;
  }
  const std::optional<std::uint64_t> number = read_digits<std::uint64_t>(without_outer_blanks(folded));
  if (!number || *number > (unlimited_size >> shift)) return std::nullopt;
  return *number << shift;
}

std::string size_text(std::uint64_t octets) {
  constexpr std::array<std::string_view, 5> names{"TB", "GB", "MB", "KB", "B"};
  if (octets == unlimited_size) return "unlimited";
  for (std::size_t i = 0; i + 1 < units.size(); ++i) {
    const std::uint64_t unit = 1ULL << units[i].second;
    if (octets >= unit && octets % unit == 0) return std::to_string(octets / unit) + std::string(names[i]);
  }
  return std::to_string(octets) + "B";
}

std::optional<std::chrono::seconds> read_time_span(std::string_view text) {
  text = without_outer_blanks(text);
  std::int64_t days = 0;
  if (const auto dot = text.find('.'); dot != std::string_view::npos) {
    const std::optional<std::uint32_t> number = read_digits<std::uint32_t>(text.substr(0, dot));
    if (!number) return std::nullopt;
    days = *number;
    text = text.substr(dot + 1);
  }
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hours = read_digits<int>(text.substr(0, 2));
  const auto minutes = read_digits<int>(text.substr(3, 2));
  const auto seconds = read_digits<int>(text.substr(6, 2));
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
  return std::chrono::seconds(((days * 24 + *hours) * 60 + *minutes) * 60 + *seconds);
}

std::string time_span_text(std::chrono::seconds span) {
  const std::int64_t all = span.count();
  const std::int64_t days = all / 86400;
  return (days > 0 ? std::to_string(days) + "." : std::string()) + two_digits(all / 3600 % 24) + ":" +
         two_digits(all / 60 % 60) + ":" + two_digits(all % 60);
}

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, 16> address{};
  return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

std::optional<Binding> read_binding(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view address = text.substr(0, colon);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  const std::optional<std::uint16_t> port = read_digits<std::uint16_t>(text.substr(colon + 1));
  Binding binding{std::string(address), port.value_or(0)};
  const bool version6 = address.find(':') != std::string_view::npos;
  if (!port || version6 != bracketed || !is_ip_address(binding.address)) return std::nullopt;
  return binding;
}

std::string binding_text(const Binding& binding) {
  const bool version6 = binding.address.find(':') != std::string::npos;
  return (version6 ? "[" + binding.address + "]" : binding.address) + ":" + std::to_string(binding.port);
}

bool is_smart_host(const std::string& text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    return is_ip_address(text.substr(1, text.size() - 2));
  return is_ip_address(text) || smtp::is_host_name(text);
}

bool is_dns_server(const std::string& text) {
  if (is_ip_address(text)) return true;
  const std::optional<Binding> endpoint = read_binding(text);
  return endpoint && endpoint->port != 0;
}

}  // namespace domsec::exchange
