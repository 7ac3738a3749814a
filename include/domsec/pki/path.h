// Certification path validation of one peer: RFC 5280 6, by libcrypto, with every problem kept (D-20), not
// only the first. Not here: names (name_match.h), revocation (revocation.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "domsec/pki/certificate.h"
#include "domsec/pki/key_decoding.h"

struct x509_store_st;

namespace domsec::pki {

enum class Purpose { server, client, any };

/// The anchors of one policy, built once and shared by all sessions.
class TrustStore {
 public:
  TrustStore();
  /// Each one is an anchor, self-signed or not. Duplicates are kept once.
  void add(const Chain& anchors);
  [[nodiscard]] const Chain& anchors() const { return anchors_; }
  /// Those that say what they are for.
  [[nodiscard]] const Chain& with_extended_key_usage() const { return with_extended_key_usage_; }
  [[nodiscard]] bool contains(const Certificate& certificate) const;
  [[nodiscard]] x509_store_st* store() const { return store_.get(); }
  /// The anchor that holds this very object; null when there is none. For path validation.
  [[nodiscard]] CertificatePtr find(const x509_st* x509) const;

 private:
  Chain anchors_;
  Chain with_extended_key_usage_;
  std::unordered_set<std::string> by_thumbprint_;
  std::unordered_map<const x509_st*, CertificatePtr> by_object_;
  std::shared_ptr<x509_store_st> store_;
};

/// One class of fault each; the OpenSSL number stays beside it.
enum class PathFault {
  untrusted_root,  // the path ends in a self-signed root that is no anchor (X509_V_ERR 19), or D-18: CA sent,
                   // issuer not found
  self_signed,     // the leaf itself is self-signed and no anchor (18)
  issuer_not_found,  // D-18: leaf only, issuer not found (2, 20, 21)
  expired,           // 10
  not_yet_valid,     // 9
  bad_signature,     // 4, 6, 7
  not_a_ca,          // 79, 32, 37
  path_too_long,     // 22, 25
  name_constraint,   // 47, 48 and their kin, by our own check; 0: more work than is done
  wrong_purpose,     // 26, EKU or key usage, of the leaf or of a CA above it; strict: D-10 is policy's
  weak,              // 66, 67, 68
  rejected,          // 28, explicit distrust
  other,
};

struct PathProblem {
  PathFault fault = PathFault::other;
  int depth = 0;        // 0 = leaf
  int x509_error = 0;   // X509_V_ERR_*; 0 = OpenSSL has no number for it
  std::string text;     // OpenSSL's words; ours where it has none
  std::string subject;  // of the certificate at that depth
  bool operator==(const PathProblem&) const = default;
};

/// trust: what is needed to trust a path. strict: what breaks RFC 5280's profile is a problem too (no
/// authorityKeyIdentifier …).
enum class PathProfile { trust, strict };

/// What an authorityKeyIdentifier that names another certificate than the issuer's comes to (RFC 5280 4.2.1.1). OpenSSL
/// and Windows pass such an issuer over; the validation of RFC 5280 6.1 does not ask, the signature decides.
enum class KeyIdentifiers { bind, hint };

/// RFC 5280 6.1.1 (c) to (f). Mail servers ask for no policy; what the authorities demand of each other is
/// checked always.
struct PolicyInput {
  std::vector<std::string> initial;  // dotted; empty = any
  bool require_explicit = false;
  bool inhibit_mapping = false;
  bool inhibit_any = false;
};

struct PathInput {
  Chain presented;  // leaf first, as the peer sent it; never empty
  std::shared_ptr<const TrustStore> anchors;
  Chain known_intermediates;  // own; used only to tell a missing intermediate (DS102 exact, D-18)
  Purpose purpose = Purpose::server;
  Instant at;
  int security_level = 1;      // libssl's numbers; 2 is Debian's default
  int max_intermediates = 20;  // real paths have one or two
  PathProfile profile = PathProfile::trust;
  KeyIdentifiers key_identifiers = KeyIdentifiers::bind;
  /// The subject CN of a leaf without dNSName is held to the dNSName constraints when it reads as a host name: for
  /// whoever takes a name from the CN.
  bool constrain_common_name = true;
  KeyDecoding key_decoding = KeyDecoding::providers;  // how signatures are verified; never what comes of it
  PolicyInput policy{};
};

/// One place where the certificate of a missing issuer was looked for.
struct IssuerAsked {
  std::string uri;      // of an authorityInfoAccess, caIssuers
  std::string subject;  // of the certificate that names it
  Chain certificates;   // what came; nothing: `problem` says why in one clause
  std::string problem;
};

/// What became of a path once certificates that the peer did not send had been fetched. It tells what is
/// missing, and never makes a path good (D-21).
struct IssuersFetched {
  std::vector<IssuerAsked> asked;  // in order; empty = no certificate of the path names a place
  Chain path;                      // as far as it went
  std::vector<PathProblem> problems;
  bool anchored = false;
  [[nodiscard]] bool good() const { return anchored && problems.empty(); }
};

struct PathExamination {
  Chain path;                         // leaf … anchor as built; shorter when no anchor was reached
  std::vector<PathProblem> problems;  // ordered by depth, then number; empty = the path is good
  bool anchored = false;              // ends in an anchor
  bool presented_ca = false;          // the peer sent at least one CA certificate (D-18)
  bool completes_with_known_intermediate = false;
  /// A subject CN of the leaf lies outside a name constraint of the path. RFC 5280 does not look at the CN;
  /// whoever takes a name from the CN (NameMatch::only_by_common_name) must not, when this is
  /// set.
  bool common_name_violates_constraints = false;
  std::shared_ptr<const IssuersFetched> fetched;  // null = nothing was looked for
  std::string anchor;       // subject of the anchor, empty when there is none
  bool remembered = false;  // an answer of before (examination_cache.h)
  [[nodiscard]] bool good() const { return problems.empty(); }
  /// D-18: an anchor is reached with a certificate that the peer did not send.
  [[nodiscard]] bool lacks_intermediate() const {
    return completes_with_known_intermediate || (fetched != nullptr && fetched->anchored);
  }
};

[[nodiscard]] PathExamination examine_path(const PathInput& input);

/// What the extended key usage says about a purpose, apart from the path (D-10 accepts serverAuth for a
/// client).
enum class UsageFit { fits, absent_any, only_server_auth, only_client_auth, neither };
[[nodiscard]] UsageFit usage_fit(const Certificate& leaf);

/// RFC 8446 4.4.2.2, RFC 5246 7.4.2: may the key do what TLS asks of a certificate in this role? A fault of
/// the key usage is X509_V_ERR 26 like one of the extended key usage, and D-10 excuses only the latter.
[[nodiscard]] bool key_usage_fits(const Certificate& leaf, Purpose purpose);

/// One clause: `with the intermediate from http://… the chain is good`, or how far it came and why no further.
[[nodiscard]] std::string text(const IssuersFetched& fetched);
[[nodiscard]] std::string_view text(PathFault fault);  // `untrusted-root`, kebab-case
[[nodiscard]] std::string_view text(Purpose purpose);  // `serverAuth`, `clientAuth`, `any`
[[nodiscard]] std::string_view text(UsageFit fit);

}  // namespace domsec::pki
