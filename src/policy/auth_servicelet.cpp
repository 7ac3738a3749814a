#include "domsec/policy/auth_servicelet.h"

#include "domsec/policy/auth_rotation.h"

namespace domsec::policy {

pki::Instant first_servicelet_run(pki::Instant service_start, pki::Instant at) {
  if (at <= service_start) return service_start;
  const std::chrono::seconds interval = auth_servicelet_interval;
  const auto runs = (at - service_start + interval - std::chrono::seconds(1)) / interval;
  return service_start + runs * interval;
}

std::optional<pki::Instant> effective_date(const exchange::AuthConfig& config) {
  if (config.next_certificate_thumbprint.empty()) return std::nullopt;
  return pki::read_rfc3339(config.next_certificate_effective_date);
}

std::optional<pki::Instant> publishing_run(const exchange::AuthConfig& config, pki::Instant service_start) {
  const std::optional<pki::Instant> effective = effective_date(config);
  if (!effective) return std::nullopt;
  return first_servicelet_run(service_start, *effective);
}

ServiceletRun servicelet_run(const exchange::AuthConfig& before, pki::Instant at, NextCertificate next) {
  ServiceletRun run{at, ServiceletDeed::nothing_staged, before, {}};
  const std::optional<pki::Instant> effective = effective_date(before);
  if (!effective) {
    run.why = before.next_certificate_thumbprint.empty()
                  ? "no certificate is staged"
                  : "the staged certificate has no effective date; stage it again with one";
    return run;
  }
  if (at < *effective) {
    run.deed = ServiceletDeed::not_effective_yet;
    run.why = "the staged certificate takes effect at " + pki::rfc3339(*effective);
    return run;
  }
  if (next == NextCertificate::missing) {
    run.deed = ServiceletDeed::next_missing;
    run.why = "the staged certificate is not on this server with its key; import it or stage another one";
    return run;
  }
  run.deed = ServiceletDeed::published;
  run.after = *published(before);
  run.why = "the effective date " + pki::rfc3339(*effective) + " is reached";
  return run;
}

std::string event_2014(const std::string& thumbprint) {
  return "The current signing certificate for Exchange has been updated to certificate with thumbprint " +
         thumbprint + ".";
}

}  // namespace domsec::policy
