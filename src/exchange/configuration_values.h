// Values in Exchange's notation and back: sizes (`10MB`), time spans (`1.02:03:04`), bindings (`[::1]:25`).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/exchange/receive_connector.h"

namespace domsec::exchange {

/// What Exchange calls unlimited.
constexpr std::uint64_t unlimited_size = 9223372036854775807ULL;
constexpr int unlimited_number = 2147483647;

/// `10MB`, `64 KB`, `1024`, `unlimited`; units are powers of 1024.
[[nodiscard]] std::optional<std::uint64_t> read_size(std::string_view text);
[[nodiscard]] std::string size_text(std::uint64_t octets);

/// `hh:mm:ss` and `d.hh:mm:ss`.
[[nodiscard]] std::optional<std::chrono::seconds> read_time_span(std::string_view text);
[[nodiscard]] std::string time_span_text(std::chrono::seconds span);

[[nodiscard]] bool is_ip_address(const std::string& text);
/// `127.0.0.1:25`, `[::1]:25`. Port 0 asks the system for a free one.
[[nodiscard]] std::optional<Binding> read_binding(std::string_view text);
[[nodiscard]] std::string binding_text(const Binding& binding);

/// A smart host: a name, or an address with or without brackets.
[[nodiscard]] bool is_smart_host(const std::string& text);
/// `127.0.0.1`, `127.0.0.1:5353`, `[::1]:53`.
[[nodiscard]] bool is_dns_server(const std::string& text);

}  // namespace domsec::exchange
