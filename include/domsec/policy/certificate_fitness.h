// Is an own certificate fit for what it is to do? One function for each rule, over plain values: R11,
// R38-R40, R47, R49, the scale of spec exchange 8.4 (red fails, yellow warns). Pure: files, modes, paths and
// lists come examined. Not here: which certificate a connector presents (certificate_selection.h), the
// configuration itself (connector_lint.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/pki/bundle.h"
#include "domsec/pki/path.h"
#include "domsec/pki/revocation.h"
#include "domsec/policy/certificate_selection.h"
#include "domsec/policy/certificate_services.h"
#include "domsec/policy/certificate_status.h"
#include "domsec/policy/connector_lint.h"
#include "domsec/policy/domain_security.h"

namespace domsec::policy {

/// Where a certificate stands: what mends it is typed elsewhere in each case.
enum class CertificatePlace { file, configuration, store };

/// A file with a private key, and who can get at it.
struct KeyFile {
  std::string path;
  unsigned mode = 0600;  // the nine permission bits
};

/// A certificate with all that is known of it.
struct FitnessSubject {
  StoredCertificate stored;
  pki::Chain chain;  // as it is sent, leaf first
  CertificatePlace place = CertificatePlace::configuration;
  exchange::Origin origin{};             // the line of its section, or the file
  std::optional<ServiceSet> services{};  // nothing: a file that no configuration names
  /// What was said when the key was read; nothing: it can be used, or there is none.
  std::optional<pki::BundleError> key_trouble{};
  bool key_exportable = true;  // a store may say no
  std::vector<KeyFile> key_files{};
  std::optional<pki::PathExamination> path{};  // for any purpose; nothing: not examined, or self-signed
  std::optional<std::vector<pki::Revocation>> revocations{};  // nothing: nobody was asked
  std::optional<pki::Instant> added{};  // when it came to this server; nothing: not known
};

/// A connector as far as certificates go.
struct PresentingConnector {
  Role role = Role::send;
  std::string name;
  std::optional<smtp::Domain> fqdn;  // Fqdn, else ServerFqdn
  std::optional<exchange::TlsCertificateName> tls_certificate_name;
  bool domain_secure = false;
  exchange::Origin origin;  // of what the search goes by: TlsCertificateName, Fqdn, else the connector's
  [[nodiscard]] std::string title() const;  // `SendConnector Internet`
};
/// The enabled ones that present a certificate (spec exchange 4.1 step 1, 4.4): receive connectors with Tls,
/// and domain-secure send connectors.
[[nodiscard]] std::vector<PresentingConnector> presenting_connectors(
    const exchange::Organisation& organisation);
[[nodiscard]] PresentingConnector presenting(const exchange::SendConnector& connector,
                                             const exchange::Organisation& organisation);
[[nodiscard]] PresentingConnector presenting(const exchange::ReceiveConnector& connector,
                                             const exchange::Organisation& organisation);
/// Those of connectors_of() (connector_choice.h).
[[nodiscard]] std::vector<PresentingConnector> connectors_for(const smtp::Domain& partner,
                                                              const exchange::Organisation& organisation);
[[nodiscard]] Selection selection_for(const PresentingConnector& connector,
                                      const std::vector<StoredCertificate>& store, pki::Instant at);

// ---- the certificate alone: certificate_fitness_rules.cpp, certificate_fitness_trust.cpp ----

[[nodiscard]] finding::Code key_trouble_code(pki::BundleError::Kind kind);
/// DS211, DS213, DS215, DS210: no key, one that is encrypted, another's (R18, R20).
[[nodiscard]] std::optional<LintFinding> key_fault(const FitnessSubject& subject);
/// DS608: everybody (red) or the group (yellow) can get at the key.
[[nodiscard]] std::optional<LintFinding> key_file_exposure(const KeyFile& file);
/// DS216, DS104; DS123 with HealthChecker's days: 60 and more green, 30 to 59 yellow, less red.
[[nodiscard]] std::optional<LintFinding> end_of_validity(const FitnessSubject& subject, pki::Instant at);
/// DS109: RSA below 2048 bits and MD5 red, SHA-1 yellow; of everything that is sent.
[[nodiscard]] std::vector<LintFinding> weakness(const FitnessSubject& subject);
/// DS111: its names stand in the CN alone, where RFC 9525 does not look.
[[nodiscard]] std::optional<LintFinding> names_without_san(const FitnessSubject& subject);
/// DS601: its key is elliptic, and the organisation takes none such (R37; spec exchange 8.7, SV-4). Red in the store,
/// which assigned it; yellow elsewhere: domsec presents it, Exchange does not.
[[nodiscard]] std::optional<LintFinding> ecc_refused(const FitnessSubject& subject, EccCertificates ecc);
/// DS217: what is sent does not reach the root. DS100-DS112: what else is wrong with the path.
[[nodiscard]] std::vector<LintFinding> chain_faults(const FitnessSubject& subject);
/// DS154: a certificate of the chain names no http distribution point.
[[nodiscard]] std::optional<LintFinding> distribution_point_missing(const FitnessSubject& subject,
                                                                    CrlFail crl_fail);
/// DS105, and DS106 to DS157 where the lists cannot be had.
[[nodiscard]] std::vector<LintFinding> revocation_faults(const FitnessSubject& subject, CrlFail crl_fail);
/// DS120, DS121, DS124: who refuses it for what it may be used for. One profile: as that stack weighs it;
/// nothing: all of them side by side.
[[nodiscard]] std::vector<LintFinding> usage_faults(const FitnessSubject& subject,
                                                    std::optional<finding::Profile> profile);
/// DS604: the certificate of a subscribed Edge is newer than the subscription (R49).
[[nodiscard]] std::optional<LintFinding> subscription_outdated(
    const FitnessSubject& subject, const exchange::EdgeSubscription& subscription);

// ---- the certificate among the others, and before the connectors: certificate_fitness_connectors.cpp, _names.cpp ----

/// DS606: a domain-secure connector would present a self-signed one (R40).
[[nodiscard]] std::optional<LintFinding> self_signed_presented(const PresentingConnector& connector,
                                                               const StoredCertificate& chosen);
/// DS214: it has the name that the connector looks for, and is passed over.
[[nodiscard]] std::optional<LintFinding> smtp_missing(const PresentingConnector& connector,
                                                      const Candidate& candidate,
                                                      const FitnessSubject& subject);
/// DS208: which accepted domains it does not prove to a partner of the domain-secure connector (D-5).
[[nodiscard]] std::optional<LintFinding> domains_unproved(const PresentingConnector& connector,
                                                          const FitnessSubject& chosen,
                                                          std::span<const smtp::Domain> accepted_domains);
/// DS305: several certificates have its issuer and subject; the newest wins wherever TlsCertificateName names
/// them.
struct Twins {
  std::size_t winner = 0;
  std::size_t count = 0;
};
/// Beside each certificate; count 1 where it is alone. Linear.
[[nodiscard]] std::vector<Twins> twins_of(const std::vector<StoredCertificate>& store);
[[nodiscard]] std::optional<LintFinding> twin_confusion(const std::vector<FitnessSubject>& subjects,
                                                        std::size_t index, const Twins& twins,
                                                        const std::vector<PresentingConnector>& connectors);

/// R39. Names are sorted.
struct NameSet {
  std::vector<std::string>
      wanted;  // what the connectors look for by FQDN: the smallest set for one certificate
  std::vector<std::string> missing;  // on no issued certificate with SMTP
  std::vector<std::string> unused;   // on one; no connector looks for them, and they are no accepted domain
  std::string wildcard;              // covers every wanted one; empty: none does
  bool together = false;             // one issued certificate has all that are wanted
};
[[nodiscard]] NameSet name_set(const std::vector<PresentingConnector>& connectors,
                               const std::vector<StoredCertificate>& store,
                               std::span<const smtp::Domain> accepted_domains);
/// DS607 about all of them; nothing where the sets agree.
[[nodiscard]] std::optional<LintFinding> name_set_advice(const NameSet& names,
                                                         const exchange::Origin& origin);
/// DS607: the names of this one that nobody looks for, while it does nothing but SMTP.
[[nodiscard]] std::optional<LintFinding> names_unused(const FitnessSubject& subject,
                                                      const std::vector<PresentingConnector>& connectors,
                                                      std::span<const smtp::Domain> accepted_domains);

// ---- all of it: certificate_fitness.cpp ----

struct FitnessQuestion {
  std::vector<PresentingConnector> connectors;  // those that are asked about
  std::vector<PresentingConnector> every;       // those of the organisation: whose names are used
  std::vector<smtp::Domain> accepted_domains;
  exchange::EdgeSubscription subscription;
  exchange::Origin origin;  // of the organisation
  std::optional<finding::Profile> profile{};
  CrlFail crl_fail = CrlFail::hard;
  EccCertificates ecc = EccCertificates::refused;
  pki::Instant at;
};

struct CertificateFitness {
  std::vector<std::string> presented_by;  // titles
  bool wanted = false;                    // has the name that one of the connectors looks for
  CertificateStatus status = CertificateStatus::unknown;
  std::vector<LintFinding> findings;  // the worst first
};

struct ConnectorFitness {
  PresentingConnector connector;
  std::string searched_for;  // empty: there is nothing to look for
  std::optional<std::size_t> presents;
  std::vector<LintFinding> findings;  // where it presents nothing
};

struct Fitness {
  std::vector<CertificateFitness> certificates;  // beside the subjects
  std::vector<ConnectorFitness> connectors;      // beside the question's
  std::vector<LintFinding> general;              // DS607
};

[[nodiscard]] Fitness examine_fitness(const FitnessQuestion& question,
                                      const std::vector<FitnessSubject>& subjects);

/// HealthChecker's words: red fails, yellow warns.
enum class Colour { green, yellow, red };
[[nodiscard]] Colour colour_of(const std::vector<LintFinding>& findings);
[[nodiscard]] Colour colour_of(finding::Severity severity);
[[nodiscard]] std::string_view text(Colour colour);  // `green`

}  // namespace domsec::policy
