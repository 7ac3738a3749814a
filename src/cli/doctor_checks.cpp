// What can be told from the clock, files and the configuration alone.
#include "doctor_checks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "domsec/lab/state_file.h"
#include "domsec/pki/harmless.h"
#include "domsec/pki/tls_library.h"
#include "domsec/policy/connector_lint.h"

namespace domsec::cli {
namespace {

constexpr std::chrono::days expires_soon{30};

std::string days_text(std::chrono::seconds span) {
  const auto days = std::chrono::floor<std::chrono::days>(span).count();
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

std::string octal(mode_t mode) {
  std::string digits = "0";
  for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + ((mode >> shift) & 7U));
  return digits;
}

}  // namespace

DoctorCheck check_clock(pki::Instant now, ClockDiscipline discipline) {
  // The program was written then: an earlier time is a battery that is empty or a clock that was never set.
  static const pki::Instant written = *pki::read_rfc3339("2026-11-01T00:00:00Z");
  DoctorCheck check{"clock", DoctorResult::ok, pki::rfc3339(now)};
  if (now < written) {
    check.result = DoctorResult::fail;
    check.fault = DoctorFault::environment;
    check.detail += " is before this program was written";
    check.remedy = "set the clock; certificates and revocation lists are judged by it";
    return check;
  }
  switch (discipline) {
    case ClockDiscipline::kept:
      check.detail += ", kept in step";
      break;
    case ClockDiscipline::unknown:
      check.detail += "; whether it is kept in step cannot be told here";
      break;
    case ClockDiscipline::free_running:
      check.result = DoctorResult::warn;
      check.detail += ", and nothing keeps the clock in step";
      check.remedy = "run a time service; a few minutes decide whether a fresh revocation list is valid yet";
      break;
  }
  return check;
}

DoctorCheck check_tls_library() {
  const pki::TlsLibrary library = pki::tls_library();
  DoctorCheck check{"openssl", DoctorResult::ok, library.running};
  if (library.older_than_built) {
    check.result = DoctorResult::warn;
    check.detail += ", older than " + library.built + ", which the program was built with";
    check.remedy = "install the newer library";
  }
  return check;
}

DoctorCheck check_roots(const session::Edge& edge) {
  const std::size_t count = edge.examination().anchors->anchors().size();
  const exchange::Organisation& organisation = edge.organisation();
  const bool ours = !organisation.trusted_root_files.empty();
  std::string source = ours ? "TrustedRoots" : "the system's store";
  if (ours && organisation.system_roots) source += " and the system's store";
  if (count > 0) {
    return {"roots", DoctorResult::ok,
            std::to_string(count) + (count == 1 ? " trusted root from " : " trusted roots from ") + source};
  }
  return {"roots", DoctorResult::fail, "no trusted root at all in " + source,
          ours ? "put the partner's root into TrustedRoots" : "install ca-certificates, or set TrustedRoots"};
}

DoctorCheck check_http_proxy(const net::HttpProxy& proxy) {
  constexpr std::size_t shown = 6;
  DoctorCheck check{"http-proxy", DoctorResult::ok, "none, the hosts of revocation lists are asked directly"};
  if (!proxy.set()) return check;
  check.detail = proxy.text() + " (" + proxy.origin + ") for revocation lists";
  for (std::size_t i = 0; i < proxy.exceptions.size() && i < shown; ++i)
    check.detail += (i == 0 ? ", not for " : ", ") + pki::harmless(proxy.exceptions[i]);
  if (proxy.exceptions.size() > shown)
    check.detail += " and " + std::to_string(proxy.exceptions.size() - shown) + " more";
  return check;
}

DoctorCheck check_key_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return {"key-file", DoctorResult::fail, path + ": " + std::strerror(errno),
            "correct KeyFile, or the file's permissions"};
  }
  const std::string shown = path + " has mode " + octal(status.st_mode & 0777U);
  if ((status.st_mode & S_IRWXO) != 0) {
    return {"key-file", DoctorResult::fail, shown + ": everybody can get at the private key",
            "chmod 600 " + path};
  }
  if ((status.st_mode & S_IRWXG) != 0) {
    return {"key-file", DoctorResult::warn, shown + ": its group can get at the private key",
            "chmod 600 " + path};
  }
  return {"key-file", DoctorResult::ok, shown};
}

std::vector<DoctorCheck> check_own_files(const exchange::Organisation& organisation) {
  std::vector<DoctorCheck> checks;
  for (const exchange::CertificateFile& file : organisation.certificates) {
    checks.push_back(check_key_file(file.key_file.empty() ? file.name() : file.key_file));
  }
  std::error_code error;
  if (std::filesystem::exists(organisation.store, error))
    checks.push_back(check_key_file(organisation.store));
  return checks;
}

DoctorCheck check_certificate(const std::string& title, const session::OwnChoice& choice, pki::Instant now) {
  DoctorCheck check{"certificate", DoctorResult::ok, title + ": "};
  const pki::CertificatePtr& certificate = choice.event.certificate;
  if (!certificate || choice.event.trouble != policy::OwnTrouble::none) {
    check.result = DoctorResult::fail;
    check.detail += choice.event.reason;
    check.remedy = "domsec policy lint names what to mend";
    return check;
  }
  check.detail += certificate->subject;
  if (certificate->not_after <= now) {
    check.result = DoctorResult::fail;
    check.detail += " expired at " + pki::rfc3339(certificate->not_after);
    check.remedy = "renew it";
  } else if (certificate->not_before > now) {
    check.result = DoctorResult::fail;
    check.detail += " is not valid before " + pki::rfc3339(certificate->not_before);
    check.remedy = "wait, or look at the clock";
  } else if (certificate->not_after - now < expires_soon) {
    check.result = DoctorResult::warn;
    check.detail += " expires in " + days_text(certificate->not_after - now);
    check.remedy = "renew it in time; tell the partner when the issuer changes";
  } else {
    check.detail += ", " + days_text(certificate->not_after - now) + " left";
  }
  return check;
}

DoctorCheck check_directory(const std::string& name, const std::string& path) {
  // What is missing is made at the first use: then the nearest directory above it has to be writable.
  std::filesystem::path place = std::filesystem::absolute(path);
  std::error_code error;
  while (!std::filesystem::exists(place, error) && place.has_parent_path() && place != place.parent_path())
    place = place.parent_path();
  if (std::filesystem::is_directory(place, error) && ::access(place.c_str(), W_OK | X_OK) == 0) {
    return {"directory", DoctorResult::ok, name + ": " + path};
  }
  return {"directory", DoctorResult::fail, name + ": " + path + " cannot be written",
          "make the directory, or let this user write there"};
}

DoctorCheck check_lint(const exchange::Organisation& organisation, const CertificateStore& store,
                       pki::Instant now) {
  std::vector<policy::LintFinding> findings = policy::lint(organisation, store.certificates, now);
  findings.insert(findings.end(), store.findings.begin(), store.findings.end());
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const policy::LintFinding& each : findings) {
    errors += each.finding.severity == finding::Severity::fails ? 1 : 0;
    warnings += each.finding.severity == finding::Severity::warning ? 1 : 0;
  }
  DoctorCheck check{"policy", DoctorResult::ok, "lint finds nothing"};
  if (errors + warnings == 0) return check;
  check.result = errors > 0 ? DoctorResult::fail : DoctorResult::warn;
  check.detail = "lint finds " + std::to_string(errors) + (errors == 1 ? " error and " : " errors and ") +
                 std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings");
  check.remedy = "domsec policy lint --config " + organisation.origin.file;
  return check;
}

DoctorCheck check_lab(const std::string& directory) {
  const auto state = lab::running(directory);
  if (!state) return {"lab", DoctorResult::skip, "none is running"};
  return {"lab", DoctorResult::ok,
          "running, process " + std::to_string(state->process) + ", DNS " + state->dns + ", " +
              lab::ipv6_text(*state)};
}

int exit_code(const std::vector<DoctorCheck>& checks) {
  int code = 0;
  for (const DoctorCheck& check : checks) {
    if (check.result == DoctorResult::fail)
      code = policy::worse_exit_code(code, check.fault == DoctorFault::own ? 2 : 3);
  }
  return code;
}

void write_text(const std::vector<DoctorCheck>& checks, std::ostream& out) {
  for (const DoctorCheck& check : checks) {
    const std::string word(text(check.result));
    out << "  " << word << std::string(6 - word.size(), ' ') << check.name
        << std::string(check.name.size() < 14 ? 14 - check.name.size() : 1, ' ') << check.detail << '\n';
    if (!check.remedy.empty()) out << std::string(22, ' ') << check.remedy << '\n';
  }
}

void write_sum(const std::vector<DoctorCheck>& checks, std::ostream& out) {
  const auto count = [&](DoctorResult result) {
    return std::ranges::count(checks, result, &DoctorCheck::result);
  };
  out << count(DoctorResult::fail) << " FAIL, " << count(DoctorResult::warn) << " warn\n";
}

std::string_view text(DoctorResult result) {
  switch (result) {
    case DoctorResult::ok:
      return "ok";
    case DoctorResult::warn:
      return "warn";
    case DoctorResult::fail:
      return "FAIL";
    case DoctorResult::skip:
      return "skip";
  }
  return "";
}

}  // namespace domsec::cli
