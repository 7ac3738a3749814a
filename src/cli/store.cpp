#include "domsec/cli/store.h"

#include <filesystem>
#include <optional>
#include <ostream>

#include "domsec/exchange/organisation.h"
#include "domsec/store/schema.h"
#include "domsec/transcript/protocol_log.h"
#include "policy_store.h"
#include "store_json.h"

namespace domsec::cli {
namespace {

constexpr int sound = 0;
constexpr int something_wrong = 2;
constexpr int unusable = 3;

std::optional<exchange::Organisation> organisation_of(const StoreOptions& options) {
  if (!options.config.empty()) return exchange::read_toml(options.config);
  std::error_code error;
  if (std::filesystem::exists("domsec.toml", error)) return exchange::read_toml("domsec.toml");
  return std::nullopt;
}

std::string file_of(const StoreOptions& options, const std::optional<exchange::Organisation>& organisation) {
  if (!options.store.empty()) return options.store;
  if (organisation && !organisation->store.empty()) return organisation->store;
  return store::default_store_file();
}

/// Certificates of files may be the Auth configuration's as well.
std::vector<std::string> thumbprints_of(exchange::Organisation organisation) {
  organisation.store.clear();
  std::vector<std::string> thumbprints;
  for (const policy::StoredCertificate& stored : load_certificates(organisation).certificates)
    if (stored.has_private_key) thumbprints.push_back(stored.certificate->thumbprint);
  return thumbprints;
}

std::string counted(std::size_t count, const char* one, const char* several) {
  return std::to_string(count) + " " + (count == 1 ? one : several);
}

void write_check(const store::StoreCheck& check, std::ostream& out) {
  out << "store   " << check.file << ", version " << check.version << ": "
      << counted(check.certificates, "certificate", "certificates") << ", "
      << counted(check.requests, "pending request", "pending requests") << ", "
      << counted(check.messages, "queued message", "queued messages") << '\n';
  for (const store::StoreProblem& problem : check.problems)
    out << "FAIL    " << transcript::one_line(problem.what) << "\n        next: " << problem.remedy << '\n';
  if (check.problems.empty())
    out << "ok      whole, private, and everything in it belongs together\n";
  else
    out << counted(check.problems.size(), "problem", "problems") << '\n';
  if (check.version < check.last_version)
    out << "note    the next command that uses it brings it to version " << check.last_version << '\n';
}

}  // namespace

int run_store_check(const StoreOptions& options, std::ostream& out, std::ostream&) {
  const std::optional<exchange::Organisation> organisation = organisation_of(options);
  const std::string file = file_of(options, organisation);
  store::CheckSettings settings;
  if (organisation) {
    settings.auth_config = &organisation->auth_config;
    settings.thumbprints = thumbprints_of(*organisation);
  }
  try {
    const store::StoreCheck check = store::check(file, settings);
    const int code = check.damaged ? unusable : check.problems.empty() ? sound : something_wrong;
    if (options.json)
      out << store_check_json(check, code) << '\n';
    else
      write_check(check, out);
    return code;
  } catch (const store::StoreError& error) {
    if (!options.json) throw;
    out << store_check_json(file, error, unusable) << '\n';
    return unusable;
  }
}

int run_store_backup(const StoreOptions& options, std::ostream& out, std::ostream&) {
  const std::string file = file_of(options, organisation_of(options));
  const store::Backup made = store::back_up(
      file, options.out, options.replace ? store::ExistingFile::replaced : store::ExistingFile::refused);
  if (options.json)
    out << store_backup_json(file, made) << '\n';
  else
    out << "backup  " << made.file << ", " << made.octets << " octets, of " << file << '\n';
  return sound;
}

}  // namespace domsec::cli
