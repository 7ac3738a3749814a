// What one connector presents, as values that text and JSON render.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/origin.h"
#include "domsec/policy/certificate_selection.h"
#include "domsec/policy/evidence.h"

namespace domsec::cli {

struct CertificateChoice {
  policy::Role role = policy::Role::send;
  std::string connector;
  exchange::Origin origin;  // of the connector
  std::string by;           // `TlsCertificateName`, `Fqdn`, `ServerFqdn`; empty: there is nothing to look for
  exchange::Origin by_origin;
  policy::Selection selection;  // empty when there is nothing to look for
  std::string reason;           // one sentence
};

// certificate_choice_json.cpp
[[nodiscard]] std::string json_of(const std::vector<CertificateChoice>& choices,
                                  const std::vector<policy::StoredCertificate>& store, int exit_code);

}  // namespace domsec::cli
