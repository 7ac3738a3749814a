// What one organisation's configuration and flags make of the network beside the partner: name servers, proxy,
// issuers' certificates. Edge uses it, and commands that need no whole Edge.
#pragma once

#include <memory>

#include "domsec/exchange/organisation.h"
#include "domsec/net/issuer_source.h"
#include "domsec/session/edge.h"

namespace domsec::session {

/// Throws exchange::ConfigError for a name server that cannot be read.
[[nodiscard]] net::ResolverSettings resolver_settings(const exchange::Organisation& organisation,
                                                      const EdgeSettings& settings);
/// HttpProxy of [Revocation], else the environment's. Throws exchange::ConfigError.
[[nodiscard]] net::HttpProxy http_proxy(const exchange::Organisation& organisation,
                                        const EdgeSettings& settings);
/// Null when Aia is off.
[[nodiscard]] std::shared_ptr<net::IssuerSource> issuer_source(const exchange::Organisation& organisation,
                                                               const EdgeSettings& settings,
                                                               std::shared_ptr<net::Resolver> resolver);

}  // namespace domsec::session
