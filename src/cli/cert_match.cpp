#include "domsec/cli/cert_match.h"

#include <algorithm>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/cli/outcome.h"
#include "domsec/pki/bundle.h"
#include "domsec/report/certificate_matrix.h"
#include "domsec/smtp/domain.h"

namespace domsec::cli {
namespace {

using policy::CellOutcome;

constexpr const char* system_roots = "/etc/ssl/certs/ca-certificates.crt";

std::vector<finding::Profile> profiles_of(const std::string& word) {
  using enum finding::Profile;
  if (word == "all") return {exchange, postfix, exim, opensmtpd, strict};
  if (const auto profile = finding::read_profile(word)) return {*profile};
  throw UsageError("--profile: '" + word + "' is none of all, exchange, postfix, exim, opensmtpd, strict");
}

std::vector<policy::ShownAs> roles_of(const std::string& word) {
  check_word(word, {"server", "client", "both"}, "--role");
  if (word == "server") return {policy::ShownAs::server};
  if (word == "client") return {policy::ShownAs::client};
  return {policy::ShownAs::server, policy::ShownAs::client};
}

/// `*.contoso.com` as TlsDomain has it: the domain and everything below it.
std::optional<pki::ReferenceId> reference_of(const std::string& name) {
  if (name.empty()) return std::nullopt;
  const bool below = name.starts_with("*.");
  const auto domain = smtp::Domain::parse(below ? name.substr(2) : name);
  if (!domain) throw UsageError("--name: '" + name + "' is no domain name");
  return pki::ReferenceId{domain->text(), below};
}

pki::Chain roots_of(const std::vector<std::string>& files) {
  pki::Chain roots;
  for (const std::string& file : files.empty() ? std::vector<std::string>{system_roots} : files) {
    const pki::Chain found = pki::read_certificates(pki::read_file(file), file);
    roots.insert(roots.end(), found.begin(), found.end());
  }
  return roots;
}

/// Beside roots that were named; a machine without any has none to add.
pki::Chain system_roots_beside(const std::vector<std::string>& files) {
  if (files.empty()) return {};
  try {
    return pki::read_certificates(pki::read_file(system_roots), system_roots);
  } catch (const pki::BundleError&) {
    return {};
  }
}

std::optional<std::vector<pki::CrlCandidate>> lists_of(const std::vector<std::string>& files) {
  if (files.empty()) return std::nullopt;
  std::vector<pki::CrlCandidate> lists;
  for (const std::string& file : files) {
    const auto found = pki::Crl::read_all(pki::read_file(file, 256U << 20));
    if (found.empty()) {
      throw pki::BundleError(pki::BundleError::Kind::garbage,
                             file + " holds no revocation list: name a CRL in PEM or DER");
    }
    for (const auto& crl : found)
      lists.push_back({crl, pki::CrlOrigin::file, file, pki::CrlProblem::none, ""});
  }
  return lists;
}

pki::Chain presented_of(const std::string& certificate, const std::string& chain) {
  pki::Chain presented = pki::read_certificates(pki::read_file(certificate), certificate);
  if (chain.empty()) return presented;
  const pki::Chain more = pki::read_certificates(pki::read_file(chain), chain);
  presented.insert(presented.end(), more.begin(), more.end());
  return presented;
}

int exit_code_of(const report::CertificateMatrix& matrix, const policy::FailOn& fail_on) {
  const auto fails = [&](const policy::Cell& cell) {
    switch (cell.outcome) {
      case CellOutcome::accepts:
        return false;
      case CellOutcome::warns:
        return fail_on.warnings;
      case CellOutcome::not_known:
        return fail_on.inconclusive;
      case CellOutcome::refuses:
        return true;
    }
    return true;
  };
  return std::ranges::any_of(matrix.certificates,
                             [&](const report::MatchedCertificate& certificate) {
                               return std::ranges::any_of(certificate.cells, fails);
                             })
             ? 1
             : 0;
}

report::MatchedCertificate matched(policy::MatchQuestion question, const std::string& file,
                                   const std::vector<policy::ShownAs>& roles,
                                   const std::vector<finding::Profile>& profiles) {
  report::MatchedCertificate certificate;
  certificate.file = file;
  certificate.remarks = policy::remarks_on(question);
  for (const policy::ShownAs role : roles) {
    for (const finding::Profile profile : profiles) {
      certificate.cells.push_back(policy::predict(question, role, profile));
      if (role != policy::ShownAs::client) continue;
      if (const auto later = policy::predict_after_sunset(question, profile))
        certificate.after_sunset.push_back(*later);
    }
  }
  certificate.question = std::move(question);
  return certificate;
}

}  // namespace

int run_cert_match(const CertMatchOptions& options, std::ostream& out) {
  check_word(options.name_match, {"exact", "subdomains"}, "--name-match");
  if (!options.chain.empty() && options.certificates.size() > 1)
    throw UsageError("--chain goes with one --cert; put the intermediates behind the leaf in each file");
  const policy::FailOn fail_on = read_fail_on(options.fail_on);
  const std::vector<policy::ShownAs> roles = roles_of(options.role);
  report::CertificateMatrix matrix;
  matrix.profiles = profiles_of(options.profile);
  matrix.at = options.at ? *options.at : now();

  policy::MatchQuestion question;
  question.reference = reference_of(options.name);
  if (options.name_match == "exact") question.name.mode = pki::NameMatchMode::exact;
  question.at = matrix.at;
  question.anchors = roots_of(options.roots);
  question.system_anchors = system_roots_beside(options.roots);
  question.lists = lists_of(options.crl_files);
  for (const std::string& file : options.certificates) {
    question.presented = presented_of(file, options.chain);
    matrix.certificates.push_back(matched(question, file, roles, matrix.profiles));
  }
  matrix.exit_code = exit_code_of(matrix, fail_on);
  const bool settings = options.form == MatchForm::settings;
  if (options.form == MatchForm::json) {
    out << report::matrix_json(matrix) << '\n';
  } else {
    out << report::text(matrix, settings ? report::MatrixDetail::settings : report::MatrixDetail::cells);
  }
  return matrix.exit_code;
}

}  // namespace domsec::cli
