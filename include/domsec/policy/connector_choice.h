// Which send connector takes mail for a domain (spec exchange 2.5): most specific address space, then cost,
// then name; and which receive connectors a partner may come in by. Not here: which of them owns an address.
#pragma once

#include <string>
#include <vector>

#include "domsec/exchange/organisation.h"

namespace domsec::policy {

struct ConnectorChoice {
  const exchange::SendConnector* connector = nullptr;  // null: none takes the domain
  std::string reason;
};

/// Disabled connectors and connectors without an address space take nothing.
[[nodiscard]] ConnectorChoice choose_send_connector(const std::vector<exchange::SendConnector>& connectors,
                                                    const smtp::Domain& domain);

/// Enabled, and Tls among its AuthMechanism: it offers STARTTLS and presents a certificate.
[[nodiscard]] bool offers_tls(const exchange::ReceiveConnector& connector);

/// Over which mail goes to a partner and comes from him. They belong to the organisation that was asked.
struct PartnerConnectors {
  const exchange::SendConnector* sending = nullptr;          // null: none takes his domain
  std::vector<const exchange::ReceiveConnector*> receiving;  // all that offer TLS: he may reach each
};
[[nodiscard]] PartnerConnectors connectors_of(const smtp::Domain& partner,
                                              const exchange::Organisation& organisation);

}  // namespace domsec::policy
