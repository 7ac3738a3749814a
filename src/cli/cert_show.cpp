#include <algorithm>
#include <ostream>

#include "cert_json.h"
#include "domsec/cli/cert.h"
#include "domsec/cli/clock.h"
#include "domsec/pki/harmless.h"
#include "domsec/policy/verdict.h"
#include "domsec/report/certificate.h"
#include "issuer_fetch.h"
#include "presented_chain.h"

namespace domsec::cli {
namespace {

constexpr int not_trusted = 1;
constexpr int nothing_shown = 3;

pki::Instant instant_of(const CertShowOptions& options) {
  if (options.at.empty()) return now();
  if (const auto at = pki::read_rfc3339(options.at)) return *at;
  throw UsageError("--at: '" + options.at + "' is no time such as 2026-11-22T09:15:02Z");
}

pki::Purpose purpose_of(const CertShowOptions& options, pki::Purpose otherwise) {
  check_word(options.purpose, {"server", "client", "any"}, "--purpose");
  if (options.purpose.empty()) return otherwise;
  if (options.purpose == "any") return pki::Purpose::any;
  return options.purpose == "client" ? pki::Purpose::client : pki::Purpose::server;
}

pki::PathExamination examine(const CertShowOptions& options, const pki::Chain& chain,
                             const Presentation& presentation, pki::Purpose purpose, pki::Instant at) {
  pki::PathInput input;
  input.presented = chain;
  input.anchors = presentation.anchors;
  input.purpose = purpose;
  input.at = at;
  input.security_level = 2;  // as check examines
  pki::PathExamination examined = pki::examine_path(input);
  examined.fetched = fetch_issuers(options.end, presentation.organisation, input, examined);
  return examined;
}

/// Whom the chain comes from: `MX 10 mail1.woodgrovebank.com -> 127.0.0.4:2525`.
std::string origin_text(const PresentedChain& shown, const std::string& target) {
  if (shown.host.empty() && shown.remote.empty()) return pki::harmless(target);
  std::string text = shown.preference >= 0 ? "MX " + std::to_string(shown.preference) + " " : std::string();
  text += pki::harmless(shown.host);
  return shown.remote.empty() ? text : text + " -> " + shown.remote;
}

bool same_chain(const pki::Chain& one, const pki::Chain& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](const auto& a, const auto& b) {
    return a->thumbprint_sha256 == b->thumbprint_sha256;
  });
}

/// Does a host before it show the same?
const PresentedChain* shown_before(const Presentation& presentation, const PresentedChain& shown) {
  for (const PresentedChain& other : presentation.chains) {
    if (&other == &shown) return nullptr;
    if (!other.chain.empty() && same_chain(other.chain, shown.chain)) return &other;
  }
  return nullptr;
}

void write_chain(const PresentedChain& shown, const pki::PathExamination& path, pki::Instant at,
                 std::ostream& out) {
  std::size_t number = 0;
  for (const pki::CertificatePtr& certificate : shown.chain)
    out << report::certificate_text(*certificate, number++, at);
  out << report::trust_text(path);
}

void write_text(const std::string& target, const Presentation& presentation,
                const std::vector<pki::PathExamination>& paths, pki::Instant at, std::ostream& out) {
  for (std::size_t i = 0; i < presentation.chains.size(); ++i) {
    const PresentedChain& shown = presentation.chains[i];
    out << origin_text(shown, target) << ": ";
    if (shown.chain.empty()) {
      out << "no certificate, " << pki::harmless(shown.trouble, 500) << '\n';
      continue;
    }
    if (const PresentedChain* other = shown_before(presentation, shown)) {
      out << "the same chain as " << origin_text(*other, target) << '\n';
      continue;
    }
    out << shown.chain.size() << (shown.chain.size() == 1 ? " certificate\n" : " certificates\n");
    write_chain(shown, paths[i], at, out);
  }
}

void write_pem(const Presentation& presentation, std::ostream& out) {
  for (const PresentedChain& shown : presentation.chains) {
    if (shown.chain.empty() || shown_before(presentation, shown) != nullptr) continue;
    out << pki::pem_of(shown.chain);
  }
}

int code_of(const CertShowOptions& options, const Presentation& presentation,
            const std::vector<pki::PathExamination>& paths) {
  int code = presentation.chains.empty() ? nothing_shown : 0;
  for (std::size_t i = 0; i < presentation.chains.size(); ++i) {
    const bool shown = !presentation.chains[i].chain.empty();
    if (!shown) code = policy::worse_exit_code(code, nothing_shown);
    if (shown && options.demand == CertDemand::trusted && !paths[i].good())
      code = policy::worse_exit_code(code, not_trusted);
  }
  return code;
}

int show_one(const CertShowOptions& options, const std::string& target, pki::Instant at, std::ostream& out,
             std::ostream& err) {
  const Presentation presentation =
      names_a_host(target) ? present_hosts(options, target) : present_file(options, target);
  if (!presentation.from_lab.empty())
    err << "domsec: using the running lab as " << presentation.from_lab << '\n';
  const pki::Purpose purpose = purpose_of(options, presentation.purpose);
  std::vector<pki::PathExamination> paths;
  for (const PresentedChain& shown : presentation.chains) {
    paths.push_back(shown.chain.empty() ? pki::PathExamination()
                                        : examine(options, shown.chain, presentation, purpose, at));
  }
  const int code = code_of(options, presentation, paths);
  switch (options.form) {
    case CertForm::text:
      write_text(target, presentation, paths, at, out);
      break;
    case CertForm::json:
      out << certificates_json(target, presentation, paths, at, code) << '\n';
      break;
    case CertForm::pem:
      write_pem(presentation, out);
      break;
  }
  if (options.form != CertForm::pem) return code;
  for (const PresentedChain& shown : presentation.chains) {
    if (!shown.chain.empty()) continue;
    err << "domsec: " << origin_text(shown, target) << ": " << pki::harmless(shown.trouble, 500) << '\n';
  }
  return code;
}

}  // namespace

int run_cert_show(const CertShowOptions& options, std::ostream& out, std::ostream& err) {
  const pki::Instant at = instant_of(options);
  (void)purpose_of(options, pki::Purpose::any);  // before anybody is asked
  int code = 0;
  for (const std::string& target : options.targets)
    code = policy::worse_exit_code(code, show_one(options, target, at, out, err));
  return code;
}

}  // namespace domsec::cli
