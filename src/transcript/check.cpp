// Events as checks. Codes of single observations come from the catalogue's own tables; which of them matters
// is for policy/.
#include "domsec/transcript/check.h"

#include "domsec/policy/revocation_code.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "domsec/finding/catalogue.h"

namespace domsec::transcript {

namespace {

using finding::Code;

constexpr std::size_t names_told = 20;

struct PathWords {
  Code code;
  std::string_view status;  // spec exchange 5.4
};

/// X509_V_ERR numbers of a violated constraint: KEYUSAGE_NO_CERTSIGN; INVALID_CA and PATH_LENGTH_EXCEEDED;
/// others.
std::string_view constraint_status(int x509_error) {
  switch (x509_error) {
    case 32:
      return "PurposeError";
    case 24:
    case 25:
    case 79:
      return "BasicConstraintsError";
    default:
      return "InternalChainFailure";
  }
}

PathWords path_words(const pki::PathProblem& problem, const ChainExamined& examined) {
  switch (problem.fault) {
    case pki::PathFault::untrusted_root:
    case pki::PathFault::issuer_not_found:  // D-18
      return problem.fault == pki::PathFault::issuer_not_found ||
                     examined.path.lacks_intermediate()
                 ? PathWords{Code::chain_incomplete, "InternalChainFailure"}
                 : PathWords{Code::certificate_not_trusted, "UntrustedRoot"};
    case pki::PathFault::self_signed:
      return {Code::certificate_self_signed, "UntrustedRoot"};
    case pki::PathFault::expired:
      return {Code::certificate_expired, "CertificateExpired"};
    case pki::PathFault::not_yet_valid:
      return {Code::certificate_not_yet_valid, "CertificateExpired"};
    case pki::PathFault::bad_signature:
      return {Code::certificate_signature_invalid, "SignatureFailure"};
    case pki::PathFault::not_a_ca:
    case pki::PathFault::path_too_long:
    case pki::PathFault::name_constraint:
      return {Code::chain_constraint_violated, constraint_status(problem.x509_error)};
    case pki::PathFault::wrong_purpose:
      return {examined.purpose == pki::Purpose::client ? Code::client_cert_eku : Code::server_cert_eku,
              "WrongUsage"};
    case pki::PathFault::weak:
      return {Code::certificate_weak, "InternalChainFailure"};
    case pki::PathFault::rejected:
      return {Code::validation_failure, "ExplicitDistrust"};
    case pki::PathFault::other:
      break;
  }
  return {Code::validation_failure, "InternalChainFailure"};
}

/// The order of the judgement (policy/): who vouches for a chain comes before what it says. A test holds them
/// together.
int rank(pki::PathFault fault) {
  switch (fault) {
    case pki::PathFault::bad_signature:
      return 0;
    case pki::PathFault::rejected:
      return 1;
    case pki::PathFault::self_signed:
      return 2;
    case pki::PathFault::untrusted_root:
      return 3;
    case pki::PathFault::issuer_not_found:
      return 4;
    case pki::PathFault::not_a_ca:
      return 5;
    case pki::PathFault::path_too_long:
      return 6;
    case pki::PathFault::name_constraint:
      return 7;
    case pki::PathFault::other:
      return 8;
    case pki::PathFault::wrong_purpose:
      return 9;
    case pki::PathFault::expired:
      return 10;
    case pki::PathFault::not_yet_valid:
      return 11;
    case pki::PathFault::weak:
      return 12;
  }
  return 13;
}

/// Weak keys and digests are a remark (DS109). D-10: so is a client certificate for serverAuth only; real
/// Exchange certificates are like that. A key usage without any bit for TLS is none of D-10's business.
bool excused(const ChainExamined& examined, const pki::PathProblem& problem) {
  if (problem.fault == pki::PathFault::weak) return true;
  const pki::Chain& path = examined.path.path;
  return problem.fault == pki::PathFault::wrong_purpose && problem.depth == 0 &&
         examined.purpose == pki::Purpose::client && examined.usage == pki::UsageFit::only_server_auth &&
         (path.empty() || !path.front() || pki::key_usage_fits(*path.front(), examined.purpose));
}

/// The problem that the chain check is named after; of equal ones the nearest to the leaf.
const pki::PathProblem* leading_problem(const ChainExamined& examined) {
  const pki::PathProblem* leading = nullptr;
  for (const pki::PathProblem& problem : examined.path.problems) {
    if (excused(examined, problem)) continue;
    if (leading == nullptr || rank(problem.fault) < rank(leading->fault)) leading = &problem;
  }
  return leading;
}

Check chain_check(const ChainExamined& examined) {
  Check check{"chain", "pass", {}, {{"status", chain_status(examined)}}};
  if (examined.path.remembered) check.facts.push_back({"remembered", "yes"});
  const pki::PathProblem* leading = leading_problem(examined);
  if (leading == nullptr) {
    const bool weak =
        std::any_of(examined.path.problems.begin(), examined.path.problems.end(),
                    [](const pki::PathProblem& problem) { return problem.fault == pki::PathFault::weak; });
    if (weak) {
      check.result = "warn";
      check.code = Code::certificate_weak;
    }
    return check;
  }
  check.result = "fail";
  check.code = path_words(*leading, examined).code;
  check.facts.push_back({"depth", std::to_string(leading->depth)});
  check.facts.push_back({"x509-error", std::to_string(leading->x509_error)});
  if (!leading->text.empty()) check.facts.push_back({"detail", leading->text});
  std::vector<std::string> also;
  for (const pki::PathProblem& problem : examined.path.problems) {
    if (problem == *leading || excused(examined, problem)) continue;
    std::string code(finding::name(path_words(problem, examined).code));
    if (std::find(also.begin(), also.end(), code) == also.end()) also.push_back(std::move(code));
  }
  if (!also.empty()) check.facts.push_back({"also", std::move(also)});
  return check;
}

/// DS121 as a remark (D-10). Every other misfit is part of the chain's status.
std::optional<Check> usage_check(const ChainExamined& examined) {
  if (examined.purpose != pki::Purpose::client || examined.usage != pki::UsageFit::only_server_auth)
    return {};
  return Check{"eku", "warn", Code::client_cert_eku, {{"purpose", "clientAuth"}, {"eku", "serverAuth"}}};
}

Check revocation_check(const pki::Revocation& revocation) {
  Check check{"revocation", "good", {}, {{"source", "crl"}, {"depth", std::to_string(revocation.depth)}}};
  const auto tell = [&check](std::string key, std::string value) {
    if (!value.empty()) check.facts.push_back({std::move(key), std::move(value)});
  };
  tell("uri", revocation.uri);
  if (revocation.this_update) tell("this-update", pki::rfc3339(*revocation.this_update));
  if (revocation.next_update) tell("next-update", pki::rfc3339(*revocation.next_update));
  switch (revocation.state) {
    case pki::RevocationState::good:
      break;
    case pki::RevocationState::revoked:
      check.result = "revoked";
      check.code = Code::certificate_revoked;
      if (revocation.revoked_at) tell("revoked-at", pki::rfc3339(*revocation.revoked_at));
      tell("reason", revocation.reason);
      break;
    case pki::RevocationState::unknown:
      check.result = "unknown";
      check.code = policy::revocation_code(revocation.problem);
      tell("detail", revocation.detail);
      break;
  }
  return check;
}

/// What a server stapled is one more source of the leaf's state. That nothing was, or nothing that counts, is a
/// fault only of a certificate that demands it (RFC 7633).
Check staple_check(const pki::StapledStatus& status) {
  const pki::OcspAnswer& answer = status.answer;
  Check check{"revocation", status.stapled ? std::string(pki::text(answer.state)) : "none", {}, {}};
  if (status.revoked()) check.code = Code::certificate_revoked;
  if (status.lacking()) check.code = Code::revocation_unavailable;
  check.facts = {{"source", "ocsp-staple"}, {"depth", "0"}};
  const auto tell = [&check](std::string key, std::string value) {
    if (!value.empty()) check.facts.push_back({std::move(key), std::move(value)});
  };
  if (status.demanded) tell("demanded", "yes");
  tell("responder", answer.responder);
  if (answer.this_update) tell("this-update", pki::rfc3339(*answer.this_update));
  if (answer.next_update) tell("next-update", pki::rfc3339(*answer.next_update));
  if (answer.revoked_at) tell("revoked-at", pki::rfc3339(*answer.revoked_at));
  tell("reason", answer.reason);
  if (status.stapled && !status.verified()) tell("problem", std::string(pki::text(answer.problem)));
  if (!status.verified()) tell("detail", answer.detail);
  return check;
}

Check name_check(const pki::NameMatch& match) {
  Check check{"name", match.matches ? "match" : "mismatch", {}, {}};
  const std::string wildcard = match.reference.with_subdomains ? "*." : "";
  check.facts.push_back({"reference", wildcard + match.reference.text});
  if (match.matches) {
    if (match.only_by_common_name) check.code = Code::name_cn_only;
    if (match.by) {
      check.facts.push_back({"presented", std::vector<std::string>{match.by->text}});
      check.facts.push_back({"by", std::string(pki::text(match.by->source))});
    }
  } else {
    check.code = Code::certificate_host_mismatch;
    std::vector<std::string> presented;
    for (const pki::NameAttempt& attempt : match.attempts) {
      if (presented.size() == names_told) break;
      if (std::find(presented.begin(), presented.end(), attempt.presented.text) == presented.end()) {
        presented.push_back(attempt.presented.text);
      }
    }
    if (!presented.empty()) check.facts.push_back({"presented", std::move(presented)});
  }
  // R69: would the other name mode have decided differently?
  if (match.other_mode_matches != match.matches) {
    check.facts.push_back({"other-mode", match.other_mode_matches ? "match" : "mismatch"});
  }
  return check;
}

Check policy_check(const PolicyDecided& decided) {
  const policy::Verdict& verdict = decided.verdict;
  Check check{"policy", std::string(policy::text(verdict.result)), verdict.headline.code, {}};
  if (verdict.headline.level != policy::Level::exact) {
    check.facts.push_back({"level", std::string(policy::text(verdict.headline.level))});
  }
  if (verdict.headline.observed) {
    check.facts.push_back({"observed", std::string(finding::name(*verdict.headline.observed))});
  }
  if (!decided.list.empty()) check.facts.push_back({"list", decided.list});
  if (!decided.domain.empty()) check.facts.push_back({"domain", decided.domain});
  return check;
}

Check alert_check(const AlertSeen& seen) {
  Check check{"alert", seen.direction == Direction::sent ? "sent" : "received", {}, {}};
  if (seen.direction == Direction::received)
    check.code = finding::from_alert_received(seen.alert.number).first;
  check.facts.push_back({"number", std::to_string(seen.alert.number)});
  check.facts.push_back({"name", pki::alert_name(seen.alert.number)});
  check.facts.push_back({"after-handshake", seen.after_handshake ? "yes" : "no"});
  return check;
}

std::optional<Code> own_code(policy::OwnTrouble trouble) {
  switch (trouble) {
    case policy::OwnTrouble::none:
      return {};
    case policy::OwnTrouble::not_found:
    case policy::OwnTrouble::name_not_found:
      return Code::own_cert_not_found;
    case policy::OwnTrouble::key_missing:
      return Code::own_key_missing;
    case policy::OwnTrouble::key_mismatch:
      return Code::own_key_mismatch;
    case policy::OwnTrouble::key_protected:
      return Code::own_key_protected;
    case policy::OwnTrouble::not_for_smtp:
      return Code::own_cert_no_smtp;
    case policy::OwnTrouble::expired:
      return Code::own_cert_expired;
  }
  return {};
}

std::string yes_or_no(bool value) {
  return value ? "yes" : "no";
}

/// Events to checks; chain, usage and the missing certificate have their own order and are Checks' business.
struct Plain {
  policy::Role role;
  const TlsEstablished* tls;  // for the mutual check

  std::vector<Check> operator()(const RevocationExamined& event) const {
    std::vector<Check> checks;
    for (const pki::Revocation& revocation : event.certificates)
      checks.push_back(revocation_check(revocation));
    return checks;
  }
  std::vector<Check> operator()(const StapledStatusExamined& event) const { return {staple_check(event.status)}; }
  std::vector<Check> operator()(const NameCompared& event) const { return {name_check(event.match)}; }
  std::vector<Check> operator()(const PolicyDecided& event) const { return {policy_check(event)}; }
  std::vector<Check> operator()(const AlertSeen& event) const {
    if (event.alert.number == 0) return {};  // close_notify, RFC 8446 6.1
    return {alert_check(event)};
  }
  std::vector<Check> operator()(const StarttlsOffer& event) const {
    if (!event.masked) return {};
    return {{"starttls", "masked", Code::starttls_intercepted, {}}};
  }
  std::vector<Check> operator()(const OwnCertificateChosen& event) const {
    if (event.trouble == policy::OwnTrouble::none) return {};
    Check check{"own-certificate", "fail", own_code(event.trouble), {}};
    if (!event.reason.empty()) check.facts.push_back({"detail", event.reason});
    return {check};
  }
  /// D-16: a client knows that mutual TLS stands only after the first reply inside it.
  std::vector<Check> operator()(const TlsConfirmed&) const {
    if (role != policy::Role::send || tls == nullptr) return {};
    const bool mutual = tls->client_certificate_requested && tls->own_certificate_sent;
    Check check{"mutual", mutual ? "pass" : "warn", {}, {}};
    if (!tls->client_certificate_requested) check.code = Code::client_cert_not_requested;
    check.facts = {{"client-cert-requested", yes_or_no(tls->client_certificate_requested)},
                   {"client-cert-sent", yes_or_no(tls->own_certificate_sent)},
                   {"confirmed-by", "first-reply"}};
    return {check};
  }
  std::vector<Check> operator()(const TlsFailed& event) const {
    Check check{"handshake", "fail", {}, {{"kind", std::string(policy::text(event.kind))}}};
    if (event.clear_text) check.facts.push_back({"clear-text", "yes"});
    if (!event.reason.empty()) check.facts.push_back({"detail", event.reason});
    return {check};
  }
  std::vector<Check> operator()(const Irregularity& event) const {
    return {{"irregularity", "noted", {}, {{"detail", event.what}}}};
  }
  std::vector<Check> operator()(const CapabilitiesDecided& event) const {
    const policy::DomainCapabilities& decided = event.decided;
    const bool granted = decided.outcome == policy::DomainCapabilities::Outcome::granted;
    Check check{"capabilities", granted ? "granted" : decided.event() != 0 ? "fail" : "none", {}, {}};
    if (!decided.domain.empty()) check.facts.push_back({"domain", decided.domain});
    if (granted) check.facts.push_back({"granted", decided.capabilities});
    if (!decided.status.empty()) check.facts.push_back({"status", decided.status});
    if (decided.event() != 0) check.facts.push_back({"event", std::to_string(decided.event())});
    return {check};
  }
  std::vector<Check> operator()(const Broken& event) const {
    Check check{"break", "fail", {}, {{"at", std::string(policy::text(event.step))}}};
    check.facts.push_back({"kind", std::string(policy::text(event.kind))});
    if (!event.what.empty()) check.facts.push_back({"detail", event.what});
    return {check};
  }
  template <typename Other>
  std::vector<Check> operator()(const Other&) const {
    return {};
  }
};

}  // namespace

std::string chain_status(const ChainExamined& examined) {
  if (const pki::PathProblem* leading = leading_problem(examined)) {
    return std::string(path_words(*leading, examined).status);
  }
  const pki::Chain& path = examined.path.path;
  return path.size() == 1 && path.front()->self_signed ? "ValidSelfSigned" : "Valid";
}

void Checks::observe(const Body& body) {
  if (const auto* established = body.as<TlsEstablished>()) {
    tls_ = *established;
    if (role_ == policy::Role::receive)
      empty_certificate_ = Check{"chain", "none", {}, {{"status", "EmptyCertificate"}}};
  } else if (const auto* seen = body.as<PeerCertificatesSeen>()) {
    if (!seen->presented.empty()) empty_certificate_.reset();
  } else if (const auto* examined = body.as<ChainExamined>()) {
    usage_ = usage_check(*examined);
  }
}

std::optional<Check> Checks::overdue(const Body& body) {
  if (usage_ && !body.is<ChainExamined>() &&
      !body.is<RevocationExamined>()) {
    return std::exchange(usage_, std::nullopt);
  }
  const bool due = body.is<ReplyGiven>() || body.is<ChainExamined>();
  return due ? std::exchange(empty_certificate_, std::nullopt) : std::nullopt;
}

std::vector<Check> Checks::add(const Event& event) {
  std::vector<Check> checks;
  if (std::optional<Check> held = overdue(event.body)) checks.push_back(std::move(*held));
  const auto* examined = event.body.as<ChainExamined>();
  // Nothing was presented: the line about the missing certificate has said it.
  const bool told = !checks.empty() && checks.front().result == "none";
  if (examined != nullptr && !told) checks.push_back(chain_check(*examined));
  observe(event.body);
  for (Check& check : event.body.visit(Plain{role_, tls_ ? &*tls_ : nullptr}))
    checks.push_back(std::move(check));
  if (usage_ && event.body.is<RevocationExamined>()) {
    checks.push_back(*std::exchange(usage_, std::nullopt));
  }
  return checks;
}

}  // namespace domsec::transcript
