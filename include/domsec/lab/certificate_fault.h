// What a fault changes in a certificate, in who signs it, in what is sent behind it and in the lists about
// it: for the lab's own certificates (authorities.h) and for those that a kept authority signs
// (kept_authority.h). Plain values.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domsec/pki/authority.h"

namespace domsec::lab {

/// A difference to a sound certificate; what is empty stays. Texts may hold `{host}`, `{domain}`, `{title}`
/// and `{list}`.
struct CertificateDifference {
  std::optional<std::string> subject;
  std::optional<std::vector<std::string>> dns_names;
  std::vector<std::string> other_names;            // beside them: `IP:127.0.0.1`, `email:a@b`
  std::optional<std::chrono::seconds> not_before;  // from now
  std::optional<std::chrono::seconds> not_after;
  std::optional<std::vector<std::string>> extended_key_usage;
  std::optional<std::vector<std::string>> key_usage;
  std::optional<pki::KeyKind> key;
  std::optional<std::string> digest;
  std::optional<std::string> serial;
  std::optional<std::vector<std::string>> distribution_points;
  std::optional<bool> ca;
  std::optional<int> path_length;
  std::vector<std::string> permitted_dns;
  bool basic_constraints = true;
  bool key_identifiers = true;
  bool must_staple = false;

  [[nodiscard]] bool of_names() const { return subject || dns_names || !other_names.empty(); }
  [[nodiscard]] bool of_dates() const { return not_before || not_after; }
  [[nodiscard]] bool of_usage() const { return extended_key_usage || key_usage; }
};

enum class Signer { usual, itself, stranger, other_partner };

/// What is sent behind the leaf.
enum class SentChain { whole, leaf_only, with_root, reversed, leaf_twice, with_a_stranger };

/// The list at the distribution point of the leaf.
enum class ListState {
  sound,
  stale,          // next update yesterday
  not_yet_valid,  // this update tomorrow
  other_issuer,   // of another authority
  other_key,      // of the same name with another key
  bad_signature,
  garbage,  // a web page
  empty,
  not_found,     // 404
  server_error,  // 500
  silent,        // the request is read, nothing is said
  cut_short,     // half of what was announced
};

/// An authority of its own between the usual one and the leaf, for faults higher up.
struct IssuingFault {
  CertificateDifference certificate;
  bool revoked = false;
};

struct CertificateFault {
  CertificateDifference leaf;
  Signer signer = Signer::usual;
  std::optional<IssuingFault> issuing;
  int more_authorities = 0;  // between, each below the other: a long path
  SentChain sent = SentChain::whole;
  bool another_key = false;  // presented with a key that is not the certificate's
  bool revoked = false;
  ListState list = ListState::sound;
};

/// Which part of a certificate, of its signing or of its lists a fault is in. Two faults of one part exclude
/// each other.
enum class FaultPart { names, dates, usage, key, distribution, signer, chain, revocation, other };

[[nodiscard]] std::set<FaultPart> parts_of(const CertificateFault& fault);

struct FaultPlace {
  std::string title;  // the organisation
  std::string host;
  std::string domain;
  std::string list;  // URI of the usual list
  pki::Instant now;
};

void apply(const CertificateDifference& difference, const FaultPlace& place, pki::CertificateRecipe& recipe);

}  // namespace domsec::lab
