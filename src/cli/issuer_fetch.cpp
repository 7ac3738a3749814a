#include "issuer_fetch.h"

#include "domsec/session/fetching.h"
#include "domsec/session/issuer_search.h"

namespace domsec::cli {

std::shared_ptr<const pki::IssuersFetched> fetch_issuers(const EndOptions& options,
                                                         const exchange::Organisation& organisation,
                                                         const pki::PathInput& question,
                                                         const pki::PathExamination& first) {
  if (organisation.revocation.aia != "fetch") return nullptr;
  const session::EdgeSettings settings = edge_settings_of(options);
  net::Loop loop;
  auto resolver = std::make_shared<net::Resolver>(loop, session::resolver_settings(organisation, settings));
  const auto source = session::issuer_source(organisation, settings, std::move(resolver));
  return net::run(loop, session::search_issuers(source, question, first));
}

}  // namespace domsec::cli
