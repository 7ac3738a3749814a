// The Auth certificate's change of hands (seed 003; spec exchange 8.6; R53, R54): staged, published, cleared.
// Pure. Not here: the servicelet that publishes by itself (auth_servicelet.h), what is wrong and replication
// (auth_findings.h), the time line (auth_plan.h).
#pragma once

#include <optional>
#include <string>

#include "domsec/exchange/auth_config.h"
#include "domsec/pki/instant.h"

namespace domsec::policy {

/// How long a new certificate should wait, so that every server has it (recommended; larger organisations
/// need more).
constexpr std::chrono::hours auth_certificate_lead{48};

/// `thumbprint` takes over at `effective`.
[[nodiscard]] exchange::AuthConfig staged(exchange::AuthConfig config, std::string thumbprint,
                                          pki::Instant effective);
/// A question when `effective` leaves less time than recommended; nothing when there is enough.
[[nodiscard]] std::optional<std::string> short_lead(pki::Instant now, pki::Instant effective);
/// Next becomes current, current becomes previous; nothing when no certificate is staged.
[[nodiscard]] std::optional<exchange::AuthConfig> published(exchange::AuthConfig config);
[[nodiscard]] exchange::AuthConfig previous_cleared(exchange::AuthConfig config);

}  // namespace domsec::policy
