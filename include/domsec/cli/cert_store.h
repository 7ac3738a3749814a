// `domsec cert request`, `new`, `renew`, `import`, `export`, `enable`, `remove`, `list`: what the cmdlets of
// the shell do with the certificates of the store (store/certificate_life.h), as commands. No secret is ever
// an argument.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace domsec::store {
class CertificateError;
}

namespace domsec::cli {

enum class StoreForm { text, json };

/// Whose certificates: those of every one of these commands.
struct CertStoreOptions {
  std::string config;                // --config FILE; empty = domsec.toml where it exists
  std::string store;                 // --store FILE; empty = Store of the configuration
  StoreForm form = StoreForm::text;  // --json
};

/// "Overwrite the existing default SMTP certificate?" and "Are you sure?": nothing = ask at the terminal.
enum class GivenAnswer { yes, no };

struct CertMakeOptions {
  CertStoreOptions of;
  std::string subject;             // --subject; empty = CN of the server
  std::vector<std::string> names;  // --name; none = those of the server
  std::string
      key;  // --key rsa2048 | rsa4096 | ec-p256 | ec-p384; empty = rsa2048, of a renewal the old one's
  std::string friendly_name;          // --friendly-name
  bool exportable = false;            // --exportable
  bool der = false;                   // --der
  std::string out;                    // --out FILE; empty = standard output
  std::string profile = "exchange";   // new --profile exchange | auth | wmsvc
  std::vector<std::string> services;  // new --services
  std::optional<GivenAnswer> answer;  // --yes, --no
  std::string thumbprint;             // renew THUMBPRINT
  bool request = false;               // renew --request, also for a self-signed certificate
};

struct CertFileOptions {
  CertStoreOptions of;
  std::string file;           // import FILE, export --out FILE
  std::string password_file;  // --password-file
  std::string friendly_name;  // import --friendly-name
  bool exportable = false;    // import --exportable
  std::string thumbprint;     // export THUMBPRINT
  bool der = false;           // export --der, of a request
};

struct CertAssignOptions {
  CertStoreOptions of;
  std::vector<std::string> thumbprints;
  std::vector<std::string> services;  // --services
  std::optional<GivenAnswer> answer;  // --yes, --no, --yes-to-all, --no-to-all
};

struct CertListOptions {
  CertStoreOptions of;
  std::string name;  // --name NAME: those with it, the one in use first
  bool all = false;  // --all: every property
};

/// Each returns 0 when it was done, 2 when it is refused or answered with no. They throw UsageError,
/// store::CertificateError, store::StoreError, pki::BundleError and shell::HostError, each one sentence.
int run_cert_request(const CertMakeOptions& options, std::ostream& out, std::ostream& err);
int run_cert_new(const CertMakeOptions& options, std::ostream& out, std::ostream& err);
int run_cert_renew(const CertMakeOptions& options, std::ostream& out, std::ostream& err);
int run_cert_import(const CertFileOptions& options, std::ostream& out, std::ostream& err);
int run_cert_export(const CertFileOptions& options, std::ostream& out, std::ostream& err);
int run_cert_enable(const CertAssignOptions& options, std::ostream& out, std::ostream& err);
int run_cert_remove(const CertAssignOptions& options, std::ostream& out, std::ostream& err);
int run_cert_list(const CertListOptions& options, std::ostream& out, std::ostream& err);

/// `DS601 store-operation-refused (SV-3): …`; the sentence alone where there is no row of the catalogue.
[[nodiscard]] std::string with_code(const store::CertificateError& error);

}  // namespace domsec::cli
