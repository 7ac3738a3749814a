// `domsec cert authority`, `cert sign` and `crl issue`: a certification authority in a directory, to rehearse
// with a partner (lab/kept_authority.h).
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "domsec/lab/kept_authority.h"

namespace domsec::cli {

enum class AuthorityForm { text, json };
/// faults: only list what --fault takes.
enum class SignAct { sign, faults };

struct CertAuthorityOptions {
  std::string directory;                     // DIR
  lab::AuthorityTerms terms;                 // --subject, --intermediate, --key, --crl-base, --days
  std::optional<pki::Instant> at;            // --at TIME; nothing = now
  AuthorityForm form = AuthorityForm::text;  // --json
};

struct CertSignOptions {
  std::string request;                       // REQUEST
  std::string authority;                     // --authority DIR
  std::string out;                           // --out FILE; empty = PEM on stdout
  int days = 365;                            // --days
  std::vector<std::string> faults;           // --fault NAME
  std::string key;                           // --key FILE, for self-signed
  std::optional<pki::Instant> at;            // --at TIME; nothing = now
  SignAct act = SignAct::sign;               // --faults
  AuthorityForm form = AuthorityForm::text;  // --json
};

struct CrlIssueOptions {
  std::string authority;                     // --authority DIR
  std::vector<std::string> revoke;           // --revoke CERT: file, serial number or thumbprint
  std::string reason;                        // --reason
  std::string next_update = "+7d";           // --next-update TIME|+7d
  std::string out;                           // --out FILE: a copy of the list of who signs
  std::optional<pki::Instant> at;            // --at TIME; nothing = now
  AuthorityForm form = AuthorityForm::text;  // --json
};

/// Each 0; what is refused is a UsageError or a pki::BundleError, and nothing is changed.
int run_cert_authority(const CertAuthorityOptions& options, std::ostream& out);
int run_cert_sign(const CertSignOptions& options, std::ostream& out, std::ostream& err);
int run_crl_issue(const CrlIssueOptions& options, std::ostream& out);

}  // namespace domsec::cli
