// The catalogue of findings: every verdict, warning and diagnosis of domsec is one of these rows
// (docs/findings.md is made from it). A dash (–) means: nothing attested, or it cannot arise; it is never
// filled with an invented Exchange text. † after an Exchange status = tester name, not attested. Codes and
// slugs are stable and never reused.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "domsec/finding/codes.h"
#include "domsec/finding/profile.h"

namespace domsec::finding {

/// we = we refuse the peer · they = the peer refuses us · own = own configuration or certificate ·
/// env = environment (network, DNS, CRL, a device on the path) · note = nobody refused. Several are possible
/// for some rows.
struct WhoSet {
  bool we = false, they = false, own = false, env = false, note = false;
};

/// Severity in one profile. `fails`: mail refused or held.
enum class Severity { ok, information, warning, fails, silent, inconclusive, unknown };

struct Row {
  Code code;
  std::string_view name;              // `DS110`
  std::string_view slug;
  std::string_view who;               // as in the catalogue: `we / they`
  std::string_view cause;
  std::string_view tell_apart;
  std::string_view remedy;
  std::string_view requirements;
  std::string_view exchange_status;
  std::string_view exchange_event;
  std::string_view tlsrpt_result;
  std::string_view x509_errors;
  std::string_view tls_alert;
  std::string_view reply_sent_by_us;
  std::string_view reply_seen_by_us;
  std::string_view schannel;
  std::string_view postfix;
  std::string_view exim;
  std::string_view sendmail;
  std::string_view opensmtpd;
  std::string_view exchange_log;
  std::string_view severity_exchange;  // as in the catalogue: `F`, `W`, `I`, `P`, `N`, `ok`, `–`, `F?`
  std::string_view severity_postfix;
  std::string_view severity_exim;
  std::string_view severity_opensmtpd;
  std::string_view severity_strict;
  std::optional<Code> parent;
  bool rfc8460_word = false;           // the slug is a word of RFC 8460
};

[[nodiscard]] std::span<const Row> rows();
[[nodiscard]] const Row& row(Code code);
/// `DS110`, `ds110`, `110` or the slug; nothing when it is neither.
[[nodiscard]] const Row* find(std::string_view code_or_slug);
[[nodiscard]] WhoSet who(Code code);
[[nodiscard]] Severity severity(Code code, Profile profile);

[[nodiscard]] std::string_view name(Code code);  // `DS110`
[[nodiscard]] std::string_view slug(Code code);

/// Reverse tables: what an observation from elsewhere means (spec findings 3).
[[nodiscard]] std::optional<Code> from_exchange_status(std::string_view status);
struct FromAlert {
  Code first;
  std::span<const Code> alternatives;
};
/// An alert that the peer sent us, `number` of RFC 8446; DS204 for unknown ones.
[[nodiscard]] FromAlert from_alert_received(int number);
/// X509_V_ERR number for a peer's certificate; `client` when the peer is the TLS client (DS121 instead of
/// DS120).
enum class PeerRole { server, client };
[[nodiscard]] Code from_x509_error(int number, PeerRole peer);

}  // namespace domsec::finding
