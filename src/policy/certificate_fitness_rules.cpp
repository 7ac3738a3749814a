// What a certificate says by itself: key, dates, strength, names.
#include <algorithm>
#include <charconv>

#include "domsec/policy/own_configuration.h"
#include "fitness_repairs.h"
#include "peer_judgement.h"

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Severity;

/// The bits of `RSA 2048`; nothing for another kind of key.
std::optional<int> rsa_bits(const std::string& algorithm) {
  if (!algorithm.starts_with("RSA")) return std::nullopt;
  const std::size_t digits = algorithm.find_last_not_of("0123456789") + 1;
  int bits = 0;
  const auto read = std::from_chars(algorithm.data() + digits, algorithm.data() + algorithm.size(), bits);
  return read.ec == std::errc() ? std::optional(bits) : std::nullopt;
}

bool holds(const std::string& text, std::string_view word) {
  return std::ranges::search(text, word, [](char a, char b) { return (a | 0x20) == b; }).begin() !=
         text.end();
}

std::string key_repair(const FitnessSubject& subject, Code code) {
  if (subject.place == CertificatePlace::store) return import_command();
  if (subject.place == CertificatePlace::file) return {};
  const bool pfx = code == Code::own_key_missing || code == Code::own_key_mismatch;
  return (code == Code::own_key_protected ? "set KeyPassFile, "
          : pfx                           ? "set KeyFile, "
                                          : "mend the files, ") +
         subject.origin.text();
}

/// spec exchange 8.4: HealthChecker shows a short RSA key red, and a SHA-1 signature yellow.
std::optional<Severity> weight_of_key(const pki::Certificate& certificate) {
  const std::optional<int> bits = rsa_bits(certificate.key_algorithm);
  return bits && *bits < 2048 ? std::optional(Severity::fails) : std::nullopt;
}
std::optional<Severity> weight_of_signature(const pki::Certificate& certificate) {
  if (holds(certificate.signature_algorithm, "md5")) return Severity::fails;
  if (holds(certificate.signature_algorithm, "sha1")) return Severity::warning;
  return std::nullopt;
}

std::string octal(unsigned mode) {
  std::string digits = "0";
  for (unsigned shift = 6;; shift -= 3) {
    digits += static_cast<char>('0' + ((mode >> shift) & 7U));
    if (shift == 0) return digits;
  }
}

}  // namespace

Code key_trouble_code(pki::BundleError::Kind kind) {
  switch (kind) {
    case pki::BundleError::Kind::key_protected:
    case pki::BundleError::Kind::wrong_pass_phrase:
      return Code::own_key_protected;
    case pki::BundleError::Kind::key_missing:
      return Code::own_key_missing;
    case pki::BundleError::Kind::key_mismatch:
      return Code::own_key_mismatch;
    case pki::BundleError::Kind::unreadable:
    case pki::BundleError::Kind::too_large:
    case pki::BundleError::Kind::empty:
    case pki::BundleError::Kind::not_pem:
    case pki::BundleError::Kind::garbage:
    case pki::BundleError::Kind::no_certificate:
    case pki::BundleError::Kind::unwritable:
      return Code::own_cert_unusable;
  }
  return Code::own_cert_unusable;
}

std::optional<LintFinding> key_fault(const FitnessSubject& subject) {
  if (subject.key_trouble) {
    const Code code = key_trouble_code(subject.key_trouble->kind);
    LintFinding found =
        fitness_finding(code, "R20", subject, subject.key_trouble->what(), key_repair(subject, code));
    // A file that nobody presents yet may come without its key: that waits where the request was made (R17).
    const bool alone = subject.place == CertificatePlace::file && code == Code::own_key_missing;
    return alone ? weighed(std::move(found), Severity::warning) : found;
  }
  if (subject.stored.has_private_key) return std::nullopt;
  return fitness_finding(Code::own_key_missing, "R18", subject,
                         "there is no private key: TLS fails with NoCredentials wherever it is chosen",
                         key_repair(subject, Code::own_key_missing));
}

std::optional<LintFinding> key_file_exposure(const KeyFile& file) {
  constexpr unsigned others = 0007;
  constexpr unsigned group = 0070;
  if ((file.mode & (others | group)) == 0) return std::nullopt;
  const bool everybody = (file.mode & others) != 0;
  LintFinding found{
      own_configuration(Code::key_file_exposed, file.path + " has mode " + octal(file.mode) + ": " +
                                                    (everybody ? "everybody" : "its group") +
                                                    " can get at the private key"),
      "R19", exchange::Origin{file.path, 0}};
  found.repair = "chmod 600 " + file.path;
  return weighed(std::move(found), everybody ? Severity::fails : Severity::warning);
}

std::optional<LintFinding> end_of_validity(const FitnessSubject& subject, pki::Instant at) {
  constexpr auto yellow = std::chrono::days(30);
  const pki::Certificate& own = *subject.stored.certificate;
  if (at > own.not_after) {
    return fitness_finding(Code::own_cert_expired, "R47", subject,
                           "it expired on " + date_text(own.not_after), renewal_command(own));
  }
  if (at < own.not_before) {
    return fitness_finding(
        Code::certificate_not_yet_valid, "R47", subject,
        "it is not valid before " + pki::rfc3339(own.not_before) + "; wait, or look at the clock", "");
  }
  const std::optional<std::string> end = near_end(own, at);
  if (!end) return std::nullopt;
  return weighed(fitness_finding(Code::certificate_expiring, "8.4", subject, *end, renewal_command(own)),
                 own.not_after - at < yellow ? Severity::fails : Severity::warning);
}

std::vector<LintFinding> weakness(const FitnessSubject& subject) {
  std::vector<LintFinding> found;
  const std::string repair = renewal_command(*subject.stored.certificate);
  for (const pki::CertificatePtr& one : subject.chain) {
    const bool leaf = one == subject.chain.front();
    const std::string name = leaf ? "its" : "of " + one->subject + ", which is sent with it, the";
    if (const auto severity = weight_of_key(*one)) {
      found.push_back(weighed(fitness_finding(Code::certificate_weak, "8.4", subject,
                                              name + " key is " + one->key_algorithm +
                                                  ", and less than 2048 bits are refused by many",
                                              leaf ? repair : ""),
                              *severity));
    }
    if (!leaf && one->self_signed) continue;  // nobody verifies the signature of a root
    if (const auto severity = weight_of_signature(*one)) {
      found.push_back(
          weighed(fitness_finding(Code::certificate_weak, "8.4", subject,
                                  name + " signature is " + one->signature_algorithm, leaf ? repair : ""),
                  *severity));
    }
  }
  return found;
}

std::optional<LintFinding> ecc_refused(const FitnessSubject& subject, EccCertificates ecc) {
  const bool idle = subject.services && subject.services->empty();
  if (ecc == EccCertificates::allowed || idle || !has_ecc_key(*subject.stored.certificate))
    return std::nullopt;
  LintFinding found =
      fitness_finding(Code::store_operation_refused, "SV-4", subject,
                      "its key is " + subject.stored.certificate->key_algorithm +
                          ", and EnableEccCertificateSupport is off: Exchange takes RSA alone",
                      "set EnableEccCertificateSupport = true below [organization]");
  const bool assigned = subject.place == CertificatePlace::store;
  return assigned ? found : weighed(std::move(found), Severity::warning);
}

std::optional<LintFinding> names_without_san(const FitnessSubject& subject) {
  const pki::Certificate& own = *subject.stored.certificate;
  const std::vector<std::string> names = host_names(own);
  if (!own.dns_names.empty() || names.empty()) return std::nullopt;
  return fitness_finding(
      Code::name_cn_only, "R32", subject,
      "only its CN names " + names.front() + ", no SAN entry does: who follows RFC 9525 sees no name",
      renewal_command(own));
}

std::optional<LintFinding> subscription_outdated(const FitnessSubject& subject,
                                                 const exchange::EdgeSubscription& subscription) {
  if (subscription.organization.empty()) return std::nullopt;
  const std::optional<pki::Instant> applied = pki::read_rfc3339(subscription.applied);
  const pki::Instant since = subject.added.value_or(subject.stored.certificate->not_before);
  if (!applied || since <= *applied) return std::nullopt;
  LintFinding found =
      fitness_finding(Code::edge_resubscribe, "R49", subject,
                      "it came on " + date_text(since) + ", after the Edge was subscribed on " +
                          date_text(*applied) + ": EdgeSync still goes by the certificate of then",
                      "remove the old certificate, then domsec policy apply " + subscription.organization);
  if (!subscription.origins.of("Organization").file.empty()) {
    const std::string edge = subscription.origins.of("Organization").file;
    found.repair += " --edge " + edge;
  }
  return found;
}

}  // namespace domsec::policy
