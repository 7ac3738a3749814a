// One run of X509_verify_cert that goes on past every problem. Private to pki/.
// The X509 objects are those of the input: nothing is parsed and nothing is copied, so the pointers live as
// long as the input.
#pragma once

#include <span>
#include <vector>

#include "chain_problem.h"
#include "name_constraints.h"

namespace domsec::pki {

/// What is asked. Either all anchors of a store, or exactly one anchor (a candidate path).
struct ChainQuestion {
  X509* leaf = nullptr;
  std::span<X509* const> untrusted;
  X509_STORE* store = nullptr;
  X509* only_anchor = nullptr;  // used when set, instead of `store`
  const PathInput* input = nullptr;
  NameConstraints* name_constraints = nullptr;  // of this examination
};

struct ChainRun {
  std::vector<X509*> chain;            // leaf first
  std::vector<ChainProblem> problems;  // by depth, then number, each once
};

[[nodiscard]] ChainRun run_chain(const ChainQuestion& question);

/// Extended key usage and key usage of a certificate for a purpose (RFC 5280 4.2.1.3, 4.2.1.12), at one place
/// of the path.
enum class PathPosition { leaf, authority };
[[nodiscard]] bool serves(X509* x509, Purpose purpose, PathPosition position);

}  // namespace domsec::pki
