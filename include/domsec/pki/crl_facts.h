// What only a reader wants to know of a revocation list; revocation.h has what a judgement needs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "domsec/pki/revocation.h"

namespace domsec::pki {

/// Texts are harmless and bounded; numbers and identifiers are upper-case hex.
struct CrlFacts {
  std::size_t octets = 0;
  std::string signature_algorithm;
  std::optional<std::string> base_number;  // of a delta list: what it builds on
  std::string authority_key_id;
  std::vector<std::string>
      scope;          // issuingDistributionPoint, one clause each; empty = every certificate of the issuer
  std::string fault;  // why the list may not be used at all, empty when it may
};

[[nodiscard]] CrlFacts crl_facts(const Crl& crl);

}  // namespace domsec::pki
