// Which send connector takes mail for a domain (spec exchange 2.5).
#include "domsec/policy/connector_choice.h"

#include <tuple>

#include "address_space_match.h"

namespace domsec::policy {

std::optional<std::size_t> specificity(const exchange::AddressSpace& space, const smtp::Domain& domain) {
  if (!space.domain) return 0;
  const std::size_t length = space.domain->text().size();
  if (domain == *space.domain) return space.with_subdomains ? length * 2 : length * 2 + 1;
  if (space.with_subdomains && domain.is_below(*space.domain)) return length * 2;
  return std::nullopt;
}

namespace {

struct Claim {
  const exchange::SendConnector* connector = nullptr;
  const exchange::AddressSpace* space = nullptr;
  std::size_t specific = 0;
};

bool beats(const Claim& a, const Claim& b) {
  if (a.specific != b.specific) return a.specific > b.specific;
  return std::tie(a.space->cost, a.connector->name) < std::tie(b.space->cost, b.connector->name);
}

std::string reason(const Claim& winner, const std::optional<Claim>& second) {
  std::string out = "address space " + winner.space->text;
  if (!second) return out + " is the only one that takes the domain";
  const std::string other = second->space->text + " of " + second->connector->name;
  if (winner.specific != second->specific) return out + " is more specific than " + other;
  if (winner.space->cost != second->space->cost) {
    return out + " costs " + std::to_string(winner.space->cost) + ", less than " + other + " (" +
           std::to_string(second->space->cost) + ")";
  }
  return out + " ties with " + other + ", and the name " + winner.connector->name + " comes first";
}

}  // namespace

ConnectorChoice choose_send_connector(const std::vector<exchange::SendConnector>& connectors,
                                      const smtp::Domain& domain) {
  std::optional<Claim> winner;
  std::optional<Claim> second;  // the best claim of another connector
  std::size_t disabled = 0;
  for (const exchange::SendConnector& connector : connectors) {
    std::optional<Claim> own;
    for (const exchange::AddressSpace& space : connector.address_spaces) {
      const std::optional<std::size_t> specific = specificity(space, domain);
      if (!specific) continue;
      const Claim claim{&connector, &space, *specific};
      if (!own || beats(claim, *own)) own = claim;
    }
    if (!own) continue;
    if (!connector.enabled) {
      ++disabled;
    } else if (!winner || beats(*own, *winner)) {
      second = winner;
      winner = own;
    } else if (!second || beats(*own, *second)) {
      second = own;
    }
  }
  if (winner) return {winner->connector, reason(*winner, second)};
  return {nullptr, "no enabled send connector has an address space for " + domain.text() +
                       (disabled > 0 ? "; " + std::to_string(disabled) + " with one is disabled" : "")};
}

bool offers_tls(const exchange::ReceiveConnector& connector) {
  return connector.enabled && connector.auth_mechanism->tls;
}

PartnerConnectors connectors_of(const smtp::Domain& partner, const exchange::Organisation& organisation) {
  PartnerConnectors all;
  all.sending = choose_send_connector(organisation.send_connectors, partner).connector;
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (offers_tls(connector)) all.receiving.push_back(&connector);
  }
  return all;
}

}  // namespace domsec::policy
