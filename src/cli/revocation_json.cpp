#include "revocation_json.h"

#include "domsec/pki/harmless.h"
#include "domsec/pki/instant.h"

namespace domsec::cli {

namespace json = boost::json;

json::value time_or_null(const std::optional<pki::Instant>& instant) {
  return instant ? json::value(pki::rfc3339(*instant)) : json::value(nullptr);
}

json::object revocation_json(const pki::Revocation& revocation) {
  return {{"depth", revocation.depth},
          {"subject", revocation.subject},
          {"serial", revocation.serial},
          {"state", pki::text(revocation.state)},
          {"problem", pki::text(revocation.problem)},
          {"origin", pki::text(revocation.origin)},
          {"uri", pki::harmless(revocation.uri, 2048)},
          {"detail", pki::harmless(revocation.detail, 500)},
          {"this_update", time_or_null(revocation.this_update)},
          {"next_update", time_or_null(revocation.next_update)},
          {"revoked_at", time_or_null(revocation.revoked_at)},
          {"reason", revocation.reason}};
}

}  // namespace domsec::cli
