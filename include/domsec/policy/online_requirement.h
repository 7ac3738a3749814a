// What Exchange Online's connectors make of a mail (spec exchange 3.4): which connector takes it, whether it is taken, and what
// an outbound connector demands of the next host. Pure. Judged by the record; nothing was observed on the service.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domsec/exchange/online_connector.h"
#include "domsec/policy/tls_requirement.h"

namespace domsec::policy {

/// A mail that comes in: what a tenant's connectors look at.
struct OnlineArrival {
  smtp::Domain sender;
  std::string address;                              // IPv4 of the client
  bool tls = false;
  bool certificate_valid = false;                   // chain and revocation hold
  std::vector<std::string> certificate_names;       // SAN, else CN
};

struct OnlineDecision {
  const exchange::InboundConnector* connector = nullptr;   // null: none is for this sender
  bool taken = true;
  std::string reply;                                // the refusal; empty when taken
  std::string reason;                               // one sentence: parameter, value, place
};

/// The most specific SenderDomains of an enabled connector takes the mail; of connectors that are as specific, one whose
/// SenderIPAddresses name the client goes first, then the first by name (ours: the record is silent).
[[nodiscard]] OnlineDecision judge_inbound(const std::vector<exchange::InboundConnector>& connectors,
                                           const OnlineArrival& arrival);

struct OutboundChoice {
  const exchange::OutboundConnector* connector = nullptr;
  std::string reason;
};
/// By RecipientDomains, as address spaces are chosen (2.5).
[[nodiscard]] OutboundChoice choose_outbound_connector(const std::vector<exchange::OutboundConnector>& connectors,
                                                       const smtp::Domain& recipient);

/// TlsSettings: nothing = opportunistic; DomainValidation names TlsDomain, else the recipient's domain.
[[nodiscard]] TlsRequirement outbound_requirement(const exchange::OutboundConnector& connector,
                                                  const smtp::Domain& recipient);

/// Does one of the names satisfy TlsSenderCertificateName? `contoso.com`: exactly it; `*.contoso.com`: it and everything below;
/// a wildcard of the certificate covers one label.
[[nodiscard]] bool names_sender(const exchange::SmtpDomainWithSubdomains& wanted, const std::vector<std::string>& names);

}  // namespace domsec::policy
