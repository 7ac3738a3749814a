#include "domsec/policy/last_error.h"

#include <array>
#include <cstdio>

namespace domsec::policy {
namespace {

/// `11/22/2026 10:02:41 AM`
std::string last_retry_time(pki::Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  const auto hour = static_cast<int>(time.hours().count());
  std::array<char, 64> line{};
  std::snprintf(line.data(), line.size(), "%u/%u/%d %d:%02d:%02d %s", static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(date.year()),
                hour % 12 == 0 ? 12 : hour % 12, static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), hour < 12 ? "AM" : "PM");
  return line.data();
}

}  // namespace

std::string session_error(const Verdict& verdict, const Evidence& evidence) {
  if (verdict.reply) return verdict.reply->text();
  if (evidence.refusal) return evidence.refusal->text();
  const bool looked_up = evidence.dns == DnsOutcome::ok || evidence.dns == DnsOutcome::not_asked;
  if (looked_up && evidence.broken) return connection_error(evidence.broken->kind);
  return "451 4.4.0 " + verdict.headline.detail;
}

std::string connection_error(BreakKind kind) {
  switch (kind) {
    case BreakKind::timed_out:
      return "421 4.4.1 Connection timed out";
    case BreakKind::refused:
    case BreakKind::unreachable:
      return "421 4.2.1 Unable to connect";
    case BreakKind::closed:
    case BreakKind::reset:
    case BreakKind::protocol_error:
    case BreakKind::local_error:
      return "421 4.4.2 Connection dropped";
  }
  return "";
}

std::string classic_last_error(const LastError& error) {
  if (error.text.empty()) return {};
  return "451 4.4.0 Primary target IP address responded with: \"" + error.text +
         "\" Attempted failover to alternate host, but that did not succeed. Either there are no alternate "
         "hosts, or "
         "delivery failed to all alternate hosts.";
}

std::string last_error(const LastError& error) {
  if (error.text.empty()) return {};
  return "[{LED=" + error.text + "};{MSG=};{FQDN=" + error.host + "};{IP=" + error.address +
         "};{LRT=" + (error.at ? last_retry_time(*error.at) : "") + "}]";
}

std::optional<smtp::Reply> permanent_lookup_failure(const Evidence& evidence) {
  switch (evidence.dns) {
    case DnsOutcome::null_mx:
      return smtp::Reply(556, "5.1.10 Recipient address has null MX");
    case DnsOutcome::no_such_domain:
      return smtp::Reply(550, "5.1.2 The domain does not exist");
    case DnsOutcome::not_asked:
    case DnsOutcome::ok:
    case DnsOutcome::no_address:
    case DnsOutcome::failed:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace domsec::policy
