#include "domsec/policy/auth_rotation.h"

#include <utility>

namespace domsec::policy {

exchange::AuthConfig staged(exchange::AuthConfig config, std::string thumbprint, pki::Instant effective) {
  config.next_certificate_thumbprint = std::move(thumbprint);
  config.next_certificate_effective_date = pki::rfc3339(effective);
  return config;
}

std::optional<std::string> short_lead(pki::Instant now, pki::Instant effective) {
  if (effective - now >= auth_certificate_lead) return std::nullopt;
  return "The new certificate takes effect at " + pki::rfc3339(effective) +
         ", in less than 48 hours: servers that do not have it by then cannot sign. Stage it all the same?";
}

std::optional<exchange::AuthConfig> published(exchange::AuthConfig config) {
  if (config.next_certificate_thumbprint.empty()) return std::nullopt;
  config.previous_certificate_thumbprint = std::exchange(
      config.current_certificate_thumbprint, std::exchange(config.next_certificate_thumbprint, {}));
  config.next_certificate_effective_date.clear();
  return config;
}

exchange::AuthConfig previous_cleared(exchange::AuthConfig config) {
  config.previous_certificate_thumbprint.clear();
  return config;
}

}  // namespace domsec::policy
