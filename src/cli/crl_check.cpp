// `domsec crl check`: the examination of a session, for certificates of files.
#include <ostream>

#include "crl_json.h"
#include "domsec/cli/clock.h"
#include "domsec/cli/crl.h"
#include "domsec/policy/revocation_code.h"
#include "domsec/policy/verdict.h"
#include "domsec/report/certificate.h"
#include "domsec/report/crl.h"
#include "domsec/session/examination.h"
#include "presented_chain.h"

namespace domsec::cli {
namespace {

constexpr int refused = 1;
constexpr int untold = 3;

exchange::Organisation organisation_for(const CrlOptions& options) {
  EndOptions end = options.end;
  if (end.crl == "off") throw UsageError("crl check looks at lists: give --crl cached or fetch");
  if (end.crl_cache.empty()) end.crl_cache = default_crl_cache();
  end.roots.insert(end.roots.end(), options.issuers.begin(), options.issuers.end());
  return organisation_of(end);
}

pki::Instant instant_of(const CrlOptions& options) {
  if (options.at.empty()) return now();
  if (const auto at = pki::read_rfc3339(options.at)) return *at;
  throw UsageError("--at: '" + options.at + "' is no time such as 2026-11-22T09:15:02Z");
}

pki::Chain chain_of(const CrlOptions& options, const std::string& target) {
  pki::Chain chain = read_certificate_file(target, {});
  for (const std::string& file : options.chains) {
    const pki::Chain more = read_certificate_file(file, {});
    chain.insert(chain.end(), more.begin(), more.end());
  }
  return chain;
}

CheckedCertificate examine(net::Loop& loop, const session::Edge& edge, const pki::Chain& chain,
                           pki::Instant at) {
  CheckedCertificate checked;
  transcript::Transcript transcript(policy::Role::send, "crl", 1, now_in_milliseconds);
  net::run(loop, session::examine_peer(edge.examination(), chain, pki::Purpose::any, at, transcript));
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* path = event.body.as<transcript::ChainExamined>()) checked.path = path->path;
    if (const auto* lists = event.body.as<transcript::RevocationExamined>())
      checked.revocations = lists->certificates;
  }
  return checked;
}

/// No peer stands behind a file: issuers that were fetched are taken as if they had been given with --chain.
CheckedCertificate check(net::Loop& loop, const session::Edge& edge, pki::Chain chain,
                         const std::string& target, pki::Instant at) {
  CheckedCertificate checked = examine(loop, edge, chain, at);
  const std::shared_ptr<const pki::IssuersFetched> fetched = checked.path.fetched;
  if (fetched != nullptr && fetched->path.size() > checked.path.path.size()) {
    for (const pki::IssuerAsked& asked : fetched->asked)
      chain.insert(chain.end(), asked.certificates.begin(), asked.certificates.end());
    checked = examine(loop, edge, chain, at);
    checked.path.fetched = fetched;
  }
  checked.source = target;
  return checked;
}

int code_of(const CheckedCertificate& checked, policy::CrlFail crl_fail) {
  int code = 0;
  for (const pki::Revocation& each : checked.revocations) {
    const auto severity = policy::revocation_severity(each, crl_fail, finding::Profile::exchange);
    if (severity != finding::Severity::fails) continue;
    code = policy::worse_exit_code(code, each.state == pki::RevocationState::revoked ? refused : untold);
  }
  return code;
}

}  // namespace

int run_crl_check(const CrlOptions& options, std::ostream& out) {
  const pki::Instant at = instant_of(options);
  const auto crl_fail = options.end.crl_fail == "soft" ? policy::CrlFail::soft : policy::CrlFail::hard;
  net::Loop loop;
  session::EdgeSettings settings = edge_settings_of(options.end);
  settings.now = now;
  const session::Edge edge(loop, organisation_for(options), settings);
  int code = 0;
  for (const std::string& target : options.targets) {
    const CheckedCertificate checked = check(loop, edge, chain_of(options, target), target, at);
    const int own = code_of(checked, crl_fail);
    code = policy::worse_exit_code(code, own);
    if (options.form == CrlForm::json) {
      out << check_json(checked, at, own) << '\n';
    } else {
      out << target << '\n'
          << report::trust_text(checked.path) << report::revocations_text(checked.revocations);
    }
  }
  return code;
}

}  // namespace domsec::cli
