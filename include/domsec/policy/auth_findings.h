// What is wrong with the Auth certificates of an organisation at an instant (DS650 to DS656; R51 to R56),
// what has to be copied to which server, and what Microsoft's monitoring script would do (spec exchange 8.6).
// Pure: what each server has comes from the caller.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domsec/exchange/auth_config.h"
#include "domsec/pki/certificate.h"
#include "domsec/policy/verdict.h"

namespace domsec::policy {

enum class AuthRole { current, next, previous };
[[nodiscard]] std::string_view text(AuthRole role);
[[nodiscard]] const std::string& thumbprint_of(const exchange::AuthConfig& config, AuthRole role);

struct AuthCertificate {
  pki::CertificatePtr certificate;
  bool has_private_key = false;
  bool key_exportable = false;
};

/// What one server has of the configured certificates.
struct AuthServer {
  std::string name;
  std::string site;
  std::optional<AuthCertificate> current;
  std::optional<AuthCertificate> next;
  std::optional<AuthCertificate> previous;

  [[nodiscard]] const std::optional<AuthCertificate>& of(AuthRole role) const;
  /// Can it sign with that one?
  [[nodiscard]] bool has(AuthRole role) const;
};

struct AuthState {
  exchange::AuthConfig config;
  std::vector<AuthServer> servers;  // this one first; never empty
  pki::Instant at;
};

/// Whole days until `end`, negative when it has passed.
[[nodiscard]] int days_left(pki::Instant end, pki::Instant at);
/// Current and next must be replaced at once: missing everywhere, or expired (R55).
[[nodiscard]] bool needs_replacement(const AuthState& state);

/// In the order of the catalogue; the worst of one certificate only.
[[nodiscard]] std::vector<Finding> auth_findings(const AuthState& state);
/// DS656 for each property that is wrong: RSA 2048, no SAN, an exportable key (R52).
[[nodiscard]] std::vector<Finding> auth_profile(const AuthCertificate& certificate, AuthRole role);
/// Why `thumbprint` should not be the next one: DS650 when `server` has not got it with its key, else DS656.
[[nodiscard]] std::vector<Finding> unfit_to_sign(const std::optional<AuthCertificate>& here,
                                                 const std::string& server, const std::string& thumbprint);
/// DS653 (R53).
[[nodiscard]] std::optional<Finding> auth_lead(pki::Instant at, pki::Instant effective);
/// `A special Rpc error occurs on server ...`, as Exchange words it (R51).
[[nodiscard]] std::string certificate_not_found(const std::string& server, const std::string& thumbprint);

/// One certificate that one server lacks and another one has (R56).
struct Replication {
  enum class Way {
    servicelet,     // inside a site
    export_import,  // to one server of another site
    impossible,     // the key may not leave the server that has it
  };
  AuthRole role;
  std::string thumbprint;
  std::string to;
  std::string from;
  Way way;
};
[[nodiscard]] std::vector<Replication> replications(const AuthState& state);
[[nodiscard]] std::string_view text(Replication::Way way);
/// Export here, import there; nothing where the servicelet does it.
[[nodiscard]] std::vector<std::string> commands(const Replication& replication);

/// MonitorExchangeAuthCertificate: thresholds of 60 and 120 days.
constexpr int current_due_days = 60;
constexpr int next_due_days = 120;
enum class Hybrid { no, yes };
struct MonitorAdvice {
  enum class Action { none, replace_current, configure_next, import_current, import_next };
  Action action = Action::none;
  bool stops_for_hybrid = false;             // it does nothing until it is told to ignore that
  std::optional<int> enable_days_in_future;  // configure_next: when the new one takes over
};
[[nodiscard]] MonitorAdvice monitor_advice(const AuthState& state, Hybrid hybrid);
/// EnableDaysInFuture: 30, shrinking to 4, 2 and 0 as the days of the current certificate run out.
[[nodiscard]] int enable_days_in_future(int current_days_left);
[[nodiscard]] std::string_view text(MonitorAdvice::Action action);

}  // namespace domsec::policy
