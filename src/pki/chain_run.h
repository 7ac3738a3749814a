// One run of X509_verify_cert that goes on past every problem. Private to pki/.
// The X509 objects are those of the input: nothing is parsed and nothing is copied, so the pointers live as
// long as the input.
#pragma once

#include <span>
#include <vector>

#include "domsec/pki/path.h"
#include "openssl_ptr.h"

namespace domsec::pki {

/// What is asked. Either all anchors of a store, or exactly one anchor (a candidate path).
struct ChainQuestion {
  X509* leaf = nullptr;
  std::span<X509* const> untrusted;
  X509_STORE* store = nullptr;
  X509* only_anchor = nullptr;  // used when set, instead of `store`
  const PathInput* input = nullptr;
};

struct ChainProblem {
  int error = X509_V_OK;
  int depth = 0;
  auto operator<=>(const ChainProblem&) const = default;
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

/// Is a subject CN of the leaf outside a name constraint of the path, whatever its SAN says?
[[nodiscard]] bool common_name_violates_constraints(std::span<X509* const> chain);

}  // namespace domsec::pki
