// What stops a sender before TLS is up. Part of domain_security.h.
#pragma once

#include <optional>

#include "outcome.h"

namespace domsec::policy {

[[nodiscard]] bool demands_tls(const Case& c);

/// Each gives the verdict when the session ended there, nothing when it went on.
[[nodiscard]] std::optional<Verdict> held_by_configuration(const Case& c);
[[nodiscard]] std::optional<Verdict> no_connection(const Case& c);
[[nodiscard]] std::optional<Verdict> turned_away(const Case& c);
[[nodiscard]] std::optional<Verdict> starttls_not_to_be_had(const Case& c);
[[nodiscard]] std::optional<Verdict> own_certificate(const Case& c);

}  // namespace domsec::policy
