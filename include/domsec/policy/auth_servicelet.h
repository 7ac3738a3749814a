// The AuthAdmin servicelet (seed 003; spec exchange 8.6; R54): it runs when its service starts and every 12
// hours from then, and publishes the staged Auth certificate at the first run that finds its effective date
// reached. Pure: the clock is the caller's, so that it can be a virtual one.
#pragma once

#include <optional>
#include <string>

#include "domsec/exchange/auth_config.h"
#include "domsec/pki/instant.h"

namespace domsec::policy {

constexpr std::chrono::hours auth_servicelet_interval{12};

/// The first run at or after `at`. The service starts at `service_start`, which is a run.
[[nodiscard]] pki::Instant first_servicelet_run(pki::Instant service_start, pki::Instant at);
/// When the staged certificate takes over; nothing when none is staged, or without a date that can be read.
[[nodiscard]] std::optional<pki::Instant> effective_date(const exchange::AuthConfig& config);
/// The run that publishes what is staged.
[[nodiscard]] std::optional<pki::Instant> publishing_run(const exchange::AuthConfig& config,
                                                         pki::Instant service_start);

/// Has this server the staged certificate, with its key?
enum class NextCertificate { here, missing };

enum class ServiceletDeed {
  published,
  nothing_staged,
  not_effective_yet,
  next_missing,  // a choice of ours (D-32): what nobody can sign with is not published
};

struct ServiceletRun {
  pki::Instant at;
  ServiceletDeed deed = ServiceletDeed::nothing_staged;
  exchange::AuthConfig after;  // as before unless published
  std::string why;             // one sentence, also when nothing was done
};

/// What the run at `at` does.
[[nodiscard]] ServiceletRun servicelet_run(const exchange::AuthConfig& before, pki::Instant at,
                                           NextCertificate next);

/// The text of event 2014 (MSExchange AuthAdmin) as Exchange writes it.
[[nodiscard]] std::string event_2014(const std::string& thumbprint);

}  // namespace domsec::policy
