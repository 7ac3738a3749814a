// One run of X509_verify_cert that goes on past every problem. Private to pki/.
// The X509 objects are those of the input: nothing is parsed and nothing is copied, so the pointers live as
// long as the input.
#pragma once

#include <span>
#include <vector>

#include "chain_problem.h"
#include "name_constraints.h"

namespace domsec::pki {

/// Names and key identifiers fit, as the relying party reads those (RFC 5280 4.2.1.1). A missing keyCertSign is the
/// verifier's to tell, and the signature too.
[[nodiscard]] bool may_have_issued(X509* issuer, X509* subject, KeyIdentifiers identifiers);

/// For X509_STORE_set_check_issued: by the rule of the examination that runs.
int check_issued(X509_STORE_CTX* context, X509* subject, X509* issuer);

/// What is asked. Either all anchors, or exactly one of them (a candidate path).
struct ChainQuestion {
  X509* leaf = nullptr;
  std::span<X509* const> untrusted;
  const TrustStore* anchors = nullptr;
  X509* only_anchor = nullptr;  // when set, the path must end in it
  const PathInput* input = nullptr;
  NameConstraints* name_constraints = nullptr;  // of this examination
};

struct ChainRun {
  std::vector<X509*> chain;            // leaf first
  std::vector<ChainProblem> problems;  // by depth, then number, each once
};

[[nodiscard]] ChainRun run_chain(const ChainQuestion& question);

}  // namespace domsec::pki
