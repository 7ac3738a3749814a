// What each stage showed. Whether an observation counts as FAIL or as warn is the verdict's business: a stage
// fails when one of the verdict's failing findings belongs to it.
#include "stage.h"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <set>

#include "domsec/transcript/check.h"
#include "staple.h"

namespace domsec::report {

namespace {

using finding::Code;
using policy::Step;

constexpr std::size_t names_shown = 6;

bool fails(const policy::Finding& finding) {
  return finding.severity == finding::Severity::fails || finding.severity == finding::Severity::inconclusive;
}

std::string alert_text(const pki::Alert& alert) {
  return "alert " + std::to_string(alert.number) + " " + pki::alert_name(alert.number);
}

/// `SAN[1]`: which entry it was.
std::string place_of(const pki::NameMatch& match) {
  std::size_t index = 0;
  for (const pki::NameAttempt& attempt : match.attempts) {
    if (attempt.presented.source != match.by->source) continue;
    if (attempt.matches && attempt.presented.text == match.by->text) break;
    ++index;
  }
  return match.by->source == pki::PresentedId::Source::san ? "SAN[" + std::to_string(index) + "]" : "CN";
}

std::vector<std::string> problems_of(const pki::PathExamination& path) {
  std::vector<std::string> lines;
  for (const pki::PathProblem& problem : path.problems) {
    lines.push_back((problem.text.empty() ? std::string(pki::text(problem.fault)) : problem.text) +
                    (problem.subject.empty() ? "" : ": " + problem.subject));
  }
  return lines;
}

/// `6 d left`, `5 h left`
std::string left_until(pki::Instant end, pki::Instant at) {
  const auto left = std::chrono::duration_cast<std::chrono::hours>(end - at);
  if (left.count() < 0) return "overdue";
  return left.count() >= 48 ? std::to_string(left.count() / 24) + " d left"
                            : std::to_string(left.count()) + " h left";
}

std::string revocation_text(const pki::Revocation& one) {
  if (one.state == pki::RevocationState::revoked) {
    return one.subject + " is revoked" + (one.revoked_at ? " since " + pki::rfc3339(*one.revoked_at) : "") +
           (one.reason.empty() ? "" : " (" + one.reason + ")");
  }
  return "CRL " + std::string(pki::text(one.problem)) + ": " + (one.detail.empty() ? one.uri : one.detail);
}

std::string usage_text(const pki::Certificate& certificate) {
  if (!certificate.extended_key_usage) return ", no EKU";
  std::string usages;
  for (const std::string& usage : *certificate.extended_key_usage)
    usages += (usages.empty() ? ", EKU " : " ") + usage;
  return usages;
}

class Stages {
 public:
  Stages(const Report& report, const Session& session)
      : report_(report), session_(session), evidence_(transcript::evidence_of(session.transcript)) {}

  std::vector<Stage> take() {
    resolution();
    connection();
    steps_gone_wrong({Step::greeting, Step::ehlo});
    starttls();
    handshake();
    name();
    chain();
    revocation();
    stapled_status();
    client_certificate();
    steps_gone_wrong({Step::ehlo_inside_tls, Step::mail, Step::rcpt, Step::data, Step::end_of_data});
    messages();
    return std::move(stages_);
  }

 private:
  void add(Status status, std::string name, std::string text, std::vector<std::string> further = {}) {
    stages_.push_back({status, std::move(name), std::move(text), std::move(further)});
  }
  /// warn, unless the verdict failed for one of these.
  [[nodiscard]] Status weight(std::initializer_list<Code> codes) const {
    const auto of_this_stage = [&](const policy::Finding& finding) {
      return fails(finding) && std::any_of(codes.begin(), codes.end(), [&](Code code) {
               return finding.code == code || finding.observed == code;
             });
    };
    const policy::Verdict& verdict = session_.verdict;
    const bool failed = of_this_stage(verdict.headline) ||
                        std::any_of(verdict.findings.begin(), verdict.findings.end(), of_this_stage);
    return failed ? Status::fails : Status::warns;
  }
  [[nodiscard]] bool broken_at(Step step) const { return evidence_.broken && evidence_.broken->step == step; }
  [[nodiscard]] std::string broken_text() const {
    return evidence_.broken->what.empty() ? std::string(policy::text(evidence_.broken->kind))
                                          : evidence_.broken->what;
  }

  void resolution() {
    if (evidence_.dns == policy::DnsOutcome::ok || evidence_.dns == policy::DnsOutcome::not_asked) return;
    add(Status::fails, "dns", evidence_.dns_detail.empty() ? "no host to connect to" : evidence_.dns_detail);
  }

  void connection() {
    if (!evidence_.connected) {
      if (evidence_.broken) add(Status::fails, "connect", broken_text());
      return;
    }
    std::optional<transcript::Time> begun;
    std::string text = "accepted";
    for (const transcript::Event& event : session_.transcript.events()) {
      if (event.body.is<transcript::Connecting>()) {
        begun = event.at;
      } else if (event.body.is<transcript::Connected>() && begun) {
        text = std::to_string((event.at - *begun).count()) + " ms";
      }
    }
    add(Status::ok, "connect", text);
  }

  /// Steps that are shown only when they went wrong. A late refusal is told at client-cert.
  void steps_gone_wrong(std::initializer_list<Step> steps) {
    for (const Step step : steps) {
      if (step == Step::ehlo_inside_tls && late_refusal()) continue;
      if (evidence_.refusal && evidence_.refused_at == step) {
        add(Status::fails, std::string(policy::text(step)), "refused: " + evidence_.refusal->text());
      } else if (broken_at(step)) {
        add(Status::fails, std::string(policy::text(step)), broken_text());
      }
    }
  }

  void starttls() {
    const policy::TlsEvidence& tls = evidence_.tls;
    if (tls.masked)
      return add(weight({Code::starttls_intercepted}), "starttls",
                 "rewritten on the path: a device inspects SMTP");
    if (tls.refused)
      return add(weight({Code::starttls_refused}), "starttls", "offered, refused: " + tls.refused->text());
    if (tls.started) return add(Status::ok, "starttls", tls.offered ? "offered, 220" : "TLS from the start");
    if (broken_at(Step::starttls)) return add(Status::fails, "starttls", broken_text());
    if (tls.offered) return add(Status::skipped, "starttls", "offered, not used");
    const bool greeted = evidence_.connected && evidence_.reached >= Step::ehlo && !broken_at(Step::ehlo) &&
                         !(evidence_.refusal && evidence_.refused_at <= Step::ehlo);
    if (greeted) add(weight({Code::starttls_not_supported, Code::policy_no_tls}), "starttls", "not offered");
  }

  void handshake() {
    const policy::TlsEvidence& tls = evidence_.tls;
    if (!tls.started) return;
    if (tls.established) {
      return add(Status::ok, "handshake",
                 tls.version + "  " + tls.cipher + (tls.group.empty() ? "" : "  " + tls.group));
    }
    std::vector<std::string> further;
    if (tls.clear_text) further.emplace_back("clear text came where TLS was due");
    if (tls.alert_received) further.push_back("they sent " + alert_text(*tls.alert_received));
    if (tls.alert_sent) further.push_back("we sent " + alert_text(*tls.alert_sent));
    add(Status::fails, "handshake",
        !tls.failure.empty() ? tls.failure
        : evidence_.broken   ? broken_text()
                             : "not finished",
        std::move(further));
  }

  void name() {
    if (!evidence_.tls.established) return;
    const std::optional<pki::NameMatch>& match = evidence_.peer.name;
    if (!match)
      return add(Status::skipped, "name",
                 evidence_.peer.presented.empty() ? "no certificate to compare" : "not compared");
    const std::string reference = (match->reference.with_subdomains ? "*." : "") + match->reference.text;
    const bool outside = evidence_.peer.path && evidence_.peer.path->common_name_violates_constraints;
    if (match->only_by_common_name && outside) {
      return add(
          weight({Code::certificate_host_mismatch}), "name",
          "only the subject CN covers " + reference + ", and it lies outside a name constraint of its CA");
    }
    if (match->matches) {
      std::string text = reference;
      if (match->by)
        text += " = " + place_of(*match) +
                (match->by->text == match->reference.text ? "" : " " + match->by->text);
      return add(match->only_by_common_name ? Status::warns : Status::ok, "name", text);
    }
    std::vector<std::string> further;
    std::set<std::string> presented;
    for (const pki::NameAttempt& attempt : match->attempts) {
      if (presented.insert(attempt.presented.text).second && presented.size() <= names_shown) {
        further.push_back("presented: " + attempt.presented.text +
                          (attempt.why.empty() ? "" : " (" + attempt.why + ")"));
      }
    }
    if (presented.size() > names_shown)
      further.push_back("and " + std::to_string(presented.size() - names_shown) + " more names");
    if (match->other_mode_matches) further.emplace_back("the other name mode would accept it");
    add(weight({Code::certificate_host_mismatch}), "name", "no name of the certificate covers " + reference,
        std::move(further));
  }

  void chain() {
    if (!evidence_.tls.established || evidence_.peer.presented.empty()) return;
    if (!evidence_.peer.path) return add(Status::skipped, "chain", "not examined");
    const pki::PathExamination& path = *evidence_.peer.path;
    const bool send = evidence_.role == policy::Role::send;
    const transcript::ChainExamined examined{path, evidence_.peer.usage,
                                             send ? pki::Purpose::server : pki::Purpose::client};
    const std::string status = transcript::chain_status(examined);
    if (status == "Valid" || status == "ValidSelfSigned") {
      const std::string count =
          std::to_string(path.path.size()) + (path.path.size() == 1 ? " certificate" : " certificates");
      return add(path.good() ? Status::ok : Status::warns, "chain",
                 count + " -> " + (path.anchor.empty() ? status : path.anchor), problems_of(path));
    }
    add(weight({Code::certificate_not_trusted, Code::certificate_self_signed, Code::chain_incomplete,
                Code::certificate_expired, Code::certificate_not_yet_valid,
                Code::certificate_signature_invalid, Code::chain_constraint_violated, Code::certificate_weak,
                Code::validation_failure, Code::server_cert_eku, Code::client_cert_eku}),
        "chain", status, problems_of(path));
  }

  void revocation() {
    if (!evidence_.tls.established || evidence_.peer.presented.empty()) return;
    if (!evidence_.peer.revocation_checked) return add(Status::skipped, "revocation", "not checked" + mode());
    std::vector<std::string> bad;
    std::optional<pki::Instant> until;
    std::string from;
    for (const pki::Revocation& one : evidence_.peer.revocations) {
      if (one.state != pki::RevocationState::good) bad.push_back(revocation_text(one));
      if (one.next_update && (!until || *one.next_update < *until)) until = one.next_update;
      if (from.empty() && one.origin != pki::CrlOrigin::none)
        from = ", " + std::string(pki::text(one.origin));
    }
    if (!bad.empty()) {
      const std::string first = bad.front() + mode();
      bad.erase(bad.begin());
      if (std::string others = other_modes(); !others.empty()) bad.push_back(std::move(others));
      return add(weight({Code::certificate_revoked, Code::revocation_unavailable, Code::crl_unreachable,
                         Code::crl_stale, Code::crl_delta_stale, Code::crl_wrong_issuer, Code::crl_no_cdp,
                         Code::crl_too_large, Code::crl_not_yet_valid, Code::crl_invalid}),
                 "revocation", first, std::move(bad));
    }
    if (evidence_.peer.revocations.empty())
      return add(Status::ok, "revocation", "nothing below the anchor to check");
    add(Status::ok, "revocation",
        "CRL fresh" + (until ? ", " + left_until(*until, report_.at) : "") + from + mode());
  }

  /// Only where it changes something; otherwise -v tells it.
  void stapled_status() {
    const std::optional<pki::StapledStatus>& stapled = evidence_.peer.stapled;
    if (!stapled) return;
    if (stapled->revoked()) return add(weight({Code::certificate_revoked}), "ocsp-staple", staple_text(*stapled));
    if (stapled->lacking()) add(Status::warns, "ocsp-staple", staple_text(*stapled));
  }

  /// ` (hard)`: what a state that cannot be told would cost, or costs.
  [[nodiscard]] std::string mode() const {
    const auto& outlook = session_.verdict.revocation;
    return outlook ? " (" + std::string(policy::text(outlook->in_force)) + ")" : std::string();
  }

  /// What the other modes make of the same session.
  [[nodiscard]] std::string other_modes() const {
    const auto& outlook = session_.verdict.revocation;
    if (!outlook) return {};
    using policy::RevocationMode;
    std::string text;
    const auto tell = [&](RevocationMode mode, const std::optional<policy::Result>& result) {
      if (mode == outlook->in_force || !result) return;
      text += (text.empty() ? "with " : "; with ") + std::string(policy::text(mode)) + ": " +
              std::string(policy::text(*result));
    };
    tell(RevocationMode::hard, outlook->hard);
    tell(RevocationMode::soft, outlook->soft);
    tell(RevocationMode::off, outlook->off);
    return text;
  }

  /// D-16: what came back instead of the first reply inside TLS.
  [[nodiscard]] bool late_refusal() const {
    const policy::TlsEvidence& tls = evidence_.tls;
    if (evidence_.role != policy::Role::send || !tls.established || !tls.client_certificate_requested)
      return false;
    if (tls.alert_after_handshake) return true;
    if (!tls.confirmed) return broken_at(Step::ehlo_inside_tls);
    return evidence_.refusal && evidence_.refused_at == Step::ehlo_inside_tls;
  }

  void client_certificate() {
    if (!evidence_.tls.established) return;
    if (evidence_.role == policy::Role::receive) {
      if (evidence_.peer.presented.empty())
        return add(weight({Code::client_cert_missing}), "client-cert", "none was presented");
      // D-10: serverAuth only is a remark, unless the verdict says otherwise.
      const bool fits = evidence_.peer.usage == pki::UsageFit::fits ||
                        evidence_.peer.usage == pki::UsageFit::absent_any ||
                        evidence_.peer.usage == pki::UsageFit::only_client_auth;
      const pki::Certificate& presented = *evidence_.peer.presented.front();
      return add(fits ? Status::ok : weight({Code::client_cert_eku}), "client-cert",
                 presented.subject + usage_text(presented));
    }
    const policy::TlsEvidence& tls = evidence_.tls;
    const policy::OwnEvidence& own = evidence_.own;
    std::vector<std::string> sent;
    if (tls.own_certificate_sent && own.certificate)
      sent.push_back("sent: " + own.certificate->subject + usage_text(*own.certificate));
    if (late_refusal()) {
      const std::string how = tls.alert_received  ? alert_text(*tls.alert_received)
                              : evidence_.refusal ? evidence_.refusal->text()
                                                  : broken_text();
      return add(Status::fails, "client-cert", "refused after handshake: " + how, std::move(sent));
    }
    if (!tls.client_certificate_requested)
      return add(weight({Code::client_cert_not_requested}), "client-cert", "not asked for by the server");
    if (!tls.own_certificate_sent) {
      return add(weight({Code::own_cert_not_found, Code::own_key_missing, Code::own_key_mismatch,
                         Code::own_key_protected, Code::own_cert_no_smtp, Code::own_cert_expired,
                         Code::own_cert_unusable}),
                 "client-cert", "asked for, none sent" + (own.detail.empty() ? "" : ": " + own.detail));
    }
    add(tls.confirmed ? Status::ok : Status::warns, "client-cert",
        tls.confirmed ? "sent, and the next reply came" : "sent, no reply since", std::move(sent));
  }

  void messages() {
    for (const transcript::Event& event : session_.transcript.events()) {
      const auto* message = event.body.as<transcript::MessageAccepted>();
      if (message == nullptr) continue;
      add(Status::ok, "message",
          message->id + ", " + std::to_string(message->octets) + " octets" +
              (message->domain_secured ? ", domain secured" : ""));
    }
  }

  const Report& report_;
  const Session& session_;
  policy::Evidence evidence_;
  std::vector<Stage> stages_;
};

}  // namespace

std::vector<Stage> stages_of(const Report& report, const Session& session) {
  return Stages(report, session).take();
}

}  // namespace domsec::report
