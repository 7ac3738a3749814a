// What the commands over the store's certificates share: the store itself, the question at the terminal, how
// a certificate is printed. Private to cli/.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/cli/cert_store.h"
#include "domsec/policy/certificate_services.h"
#include "shell_certificates.h"

namespace domsec::cli {

/// The store and the configuration around it. Throws UsageError where there is neither --store nor a
/// configuration.
class OwnStore {
 public:
  explicit OwnStore(const CertStoreOptions& options);
  [[nodiscard]] ShellCertificates& server() { return *server_; }
  [[nodiscard]] store::Certificates& certificates() { return server_->certificates(); }
  [[nodiscard]] const exchange::Organisation* organisation() const {
    return organisation_ ? &*organisation_ : nullptr;
  }

 private:
  std::optional<exchange::Organisation> organisation_;
  std::unique_ptr<ShellCertificates> server_;
};

/// Yes or no: the given answer, else the one at the terminal in the form of Exchange's shell. Throws
/// UsageError, naming the flags, where there is no terminal.
[[nodiscard]] bool answered(const std::optional<GivenAnswer>& given, const std::string& question,
                            std::ostream& out, std::ostream& err);
/// The question about the default SMTP certificate, asked so.
[[nodiscard]] store::AskOverwrite ask_overwrite(const std::optional<GivenAnswer>& given, std::ostream& out,
                                                std::ostream& err);

/// `SMTP,POP`, in one word or several; None is none. Throws UsageError.
[[nodiscard]] policy::ServiceSet read_services(const std::vector<std::string>& words);

/// What is shown of a certificate or a pending request. `verdict`: nothing = nobody looked.
struct ShownCertificate {
  std::optional<store::CertificateEntry> entry;
  std::optional<store::PendingRequest> pending;
  std::optional<shell::CertificateVerdict> verdict;
};
[[nodiscard]] std::string stored_certificates_json(const std::vector<ShownCertificate>& shown, int exit_code);
/// Columns of one line each: thumbprint, services, end, subject; what keeps it from being used stands behind.
[[nodiscard]] std::string summary(const std::vector<ShownCertificate>& shown);
/// The one that a command has made, taken in or changed.
void write_one(const CertStoreOptions& options, const store::CertificateEntry& entry, OwnStore& store,
               std::ostream& out);

}  // namespace domsec::cli
