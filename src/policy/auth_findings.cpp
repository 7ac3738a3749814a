#include "domsec/policy/auth_findings.h"

#include <algorithm>

#include "domsec/policy/auth_rotation.h"
#include "domsec/policy/auth_servicelet.h"
#include "domsec/policy/own_configuration.h"

namespace domsec::policy {
namespace {

using finding::Code;

constexpr std::string_view replace_at_once =
    "replace it at once: effective date now, publish, clear the previous one, restart the service host, "
    "recycle "
    "the OWA and ECP pools (domsec auth plan)";

std::string named(AuthRole role) {
  return "the " + std::string(text(role)) + " Auth certificate";
}

std::string days(int count) {
  return std::to_string(count) + (count == 1 ? " day" : " days");
}

/// The one that any server has; null when none has.
const AuthCertificate* anywhere(const AuthState& state, AuthRole role) {
  for (const AuthServer& server : state.servers) {
    if (server.of(role)) return &*server.of(role);
  }
  return nullptr;
}

bool expired(const AuthCertificate& certificate, pki::Instant at) {
  return certificate.certificate->not_after < at;
}

/// DS650, R51: configured, and on no server with its key. What one server alone lacks is DS655.
void find_missing(const AuthState& state, AuthRole role, std::vector<Finding>& all) {
  const std::string& thumbprint = thumbprint_of(state.config, role);
  if (thumbprint.empty()) {
    if (role == AuthRole::current) {
      all.push_back(own_configuration(Code::auth_cert_missing, "no current Auth certificate is configured; " +
                                                                   std::string(replace_at_once)));
    }
    return;
  }
  const bool usable = std::any_of(state.servers.begin(), state.servers.end(),
                                  [role](const AuthServer& server) { return server.has(role); });
  if (usable) return;
  const std::string remedy =
      role == AuthRole::current ? std::string(replace_at_once) : "stage another one, or import it";
  if (anywhere(state, role) != nullptr) {
    all.push_back(
        own_configuration(Code::auth_cert_missing,
                          named(role) + " " + thumbprint + " is here without its private key; " + remedy));
    return;
  }
  all.push_back(own_configuration(
      Code::auth_cert_missing,
      named(role) + " is missing: " + certificate_not_found(state.servers.front().name, thumbprint) + " " +
          remedy));
}

void find_expired(const AuthState& state, std::vector<Finding>& all) {
  const AuthCertificate* current = anywhere(state, AuthRole::current);
  if (current == nullptr || !expired(*current, state.at)) return;
  all.push_back(own_configuration(Code::auth_cert_expired,
                                  named(AuthRole::current) + " " + current->certificate->thumbprint +
                                      " expired on " + pki::rfc3339(current->certificate->not_after) + "; " +
                                      std::string(replace_at_once)));
}

/// DS652; an expired certificate that is staged would be published all the same.
void find_next_unconfigured(const AuthState& state, std::vector<Finding>& all) {
  const AuthCertificate* current = anywhere(state, AuthRole::current);
  const AuthCertificate* next = anywhere(state, AuthRole::next);
  if (current == nullptr || expired(*current, state.at)) return;
  const std::string generate = "; make a new one and stage it (domsec auth plan)";
  if (next != nullptr && expired(*next, state.at)) {
    all.push_back(own_configuration(Code::auth_next_unconfigured,
                                    "the staged certificate " + next->certificate->thumbprint +
                                        " expired on " + pki::rfc3339(next->certificate->not_after) +
                                        generate));
    return;
  }
  const int current_days = days_left(current->certificate->not_after, state.at);
  if (current_days > current_due_days) return;
  const std::string has = named(AuthRole::current) + " has " + days(current_days) + " left and ";
  if (state.config.next_certificate_thumbprint.empty()) {
    all.push_back(own_configuration(Code::auth_next_unconfigured, has + "no next one is staged" + generate));
  } else if (next != nullptr && days_left(next->certificate->not_after, state.at) <= next_due_days) {
    all.push_back(own_configuration(
        Code::auth_next_unconfigured,
        has + "the next one only " + days(days_left(next->certificate->not_after, state.at)) + generate));
  }
}

void find_publish_pending(const AuthState& state, std::vector<Finding>& all) {
  const std::optional<pki::Instant> effective = effective_date(state.config);
  if (!effective || state.at < *effective) return;
  all.push_back(own_configuration(
      Code::auth_publish_pending,
      "the effective date " + pki::rfc3339(*effective) + " of " + state.config.next_certificate_thumbprint +
          " is reached and it is not published: the servicelet does it within 12 hours, or Set-AuthConfig "
          "-PublishCertificate; afterwards re-run the HCW and recycle the OWA and ECP pools"));
}

void find_not_replicated(const AuthState& state, std::vector<Finding>& all) {
  for (const Replication& one : replications(state)) {
    if (one.way == Replication::Way::servicelet) continue;
    const std::string what = named(one.role) + " " + one.thumbprint + " is missing on " + one.to;
    all.push_back(own_configuration(Code::auth_not_replicated,
                                    one.way == Replication::Way::impossible
                                        ? what + " and its key may not leave " + one.from +
                                              "; make and stage another one with an exportable key"
                                        : what + ", which is in another AD site than " + one.from +
                                              "; export it there and import it on " + one.to));
  }
}

}  // namespace

std::string_view text(AuthRole role) {
  switch (role) {
    case AuthRole::current:
      return "current";
    case AuthRole::next:
      return "next";
    case AuthRole::previous:
      return "previous";
  }
  return "";
}

const std::string& thumbprint_of(const exchange::AuthConfig& config, AuthRole role) {
  switch (role) {
    case AuthRole::current:
      return config.current_certificate_thumbprint;
    case AuthRole::next:
      return config.next_certificate_thumbprint;
    case AuthRole::previous:
      break;
  }
  return config.previous_certificate_thumbprint;
}

const std::optional<AuthCertificate>& AuthServer::of(AuthRole role) const {
  switch (role) {
    case AuthRole::current:
      return current;
    case AuthRole::next:
      return next;
    case AuthRole::previous:
      break;
  }
  return previous;
}

bool AuthServer::has(AuthRole role) const {
  return of(role) && of(role)->has_private_key;
}

int days_left(pki::Instant end, pki::Instant at) {
  return static_cast<int>(std::chrono::floor<std::chrono::days>(end - at).count());
}

bool needs_replacement(const AuthState& state) {
  const bool usable = std::any_of(state.servers.begin(), state.servers.end(), [&](const AuthServer& server) {
    return server.has(AuthRole::current) && !expired(*server.current, state.at);
  });
  return !usable;
}

std::vector<Finding> auth_findings(const AuthState& state) {
  std::vector<Finding> all;
  find_missing(state, AuthRole::current, all);
  find_missing(state, AuthRole::next, all);
  find_expired(state, all);
  find_next_unconfigured(state, all);
  find_publish_pending(state, all);
  find_not_replicated(state, all);
  for (const AuthRole role : {AuthRole::current, AuthRole::next}) {
    const AuthCertificate* certificate = anywhere(state, role);
    if (certificate == nullptr) continue;
    for (Finding& one : auth_profile(*certificate, role)) all.push_back(std::move(one));
  }
  return all;
}

std::vector<Finding> auth_profile(const AuthCertificate& certificate, AuthRole role) {
  std::vector<Finding> all;
  const auto wrong = [&](const std::string& what) {
    all.push_back(own_configuration(Code::auth_cert_profile,
                                    named(role) + " " + certificate.certificate->thumbprint + " " + what +
                                        "; make another one with New-ExchangeCertificate -KeySize 2048 "
                                        "-PrivateKeyExportable $true -DomainName @()"));
  };
  const pki::Certificate& read = *certificate.certificate;
  if (read.key_algorithm != "RSA 2048") wrong("has the key " + read.key_algorithm + " and not RSA 2048");
  if (!read.dns_names.empty() || !read.other_names.empty() || read.alternative_names_unreadable) {
    wrong("has a subject alternative name" + (read.dns_names.empty() ? "" : ", " + read.dns_names.front()));
  }
  if (certificate.has_private_key && !certificate.key_exportable) {
    wrong("has a key that cannot be exported, so that no other server gets it");
  }
  return all;
}

std::vector<Finding> unfit_to_sign(const std::optional<AuthCertificate>& here, const std::string& server,
                                   const std::string& thumbprint) {
  if (here && here->has_private_key) return auth_profile(*here, AuthRole::next);
  return {own_configuration(Code::auth_cert_missing, certificate_not_found(server, thumbprint) +
                                                         " import it with its key, or stage another one")};
}

std::optional<Finding> auth_lead(pki::Instant at, pki::Instant effective) {
  if (effective - at >= auth_certificate_lead) return std::nullopt;
  return own_configuration(
      Code::auth_lead_too_short,
      "the new certificate takes effect at " + pki::rfc3339(effective) +
          ", in less than 48 hours: servers that do not have it by then cannot sign; stage it "
          "with +49h or more, and more in large organisations");
}

std::string certificate_not_found(const std::string& server, const std::string& thumbprint) {
  return "A special Rpc error occurs on server " + server + ": The certificate with thumbprint " +
         thumbprint + " was not found.";
}

}  // namespace domsec::policy
