// The report line by line. What a stage says is stage.cpp's, where a line breaks is layout.cpp's. Text of a
// peer is made one line of valid UTF-8 first, so that nothing it sends can move the cursor of a terminal.
#include "domsec/report/text.h"

#include "domsec/finding/catalogue.h"
#include "domsec/transcript/protocol_log.h"
#include "layout.h"
#include "stage.h"
#include "staple.h"

namespace domsec::report {

namespace {

constexpr std::size_t stage_indent = 21;   // `  FAIL  revocation   `
constexpr std::size_t verdict_indent = 8;  // `  why   `

/// Orange and blue are told apart by nearly everybody.
std::string coloured(std::string_view word, Status status, Colour colour) {
  if (colour == Colour::none) return std::string(word);
  std::string_view code;
  switch (status) {
    case Status::ok: code = "34"; break;
    case Status::fails: code = "1;38;5;208"; break;
    case Status::warns: code = "33"; break;
    case Status::skipped: code = "2"; break;
  }
  return "\x1B[" + std::string(code) + "m" + std::string(word) + "\x1B[0m";
}

std::string_view word(Status status) {
  switch (status) {
    case Status::ok: return "ok";
    case Status::fails: return "FAIL";
    case Status::warns: return "warn";
    case Status::skipped: return "skip";
  }
  return "skip";
}

std::string stage_lines(const Stage& stage, Colour colour) {
  const std::string_view status = word(stage.status);
  const std::string indent(stage_indent, ' ');
  std::string lines = "  " + coloured(status, stage.status, colour) + std::string(6 - status.size(), ' ') +
                      padded(stage.name, 13);
  if (width(stage.name) >= 13) lines = lines.substr(0, lines.size() - 1) + "\n" + indent;
  lines += wrapped(stage.text, stage_indent);
  for (const std::string& further : stage.further) lines += indent + wrapped(further, stage_indent);
  return lines;
}

std::string target_line(const Report& report) {
  const policy::TlsRequirement& requirement = report.requirement;
  std::string line = report.target + "   require: " + std::string(policy::text(requirement.requirement));
  if (requirement.listed) line += "  (" + requirement.list + ", " + requirement.list_origin.text() + ")";
  std::string lines = wrapped(line, 2, 0);
  for (const std::string& flag : requirement.broken_by)
    lines += "  " + wrapped("the list is inert: " + flag, 2);
  return lines;
}

/// `MX 10 mail.woodgrove.test -> 127.0.0.2:2525          connections used: 1`
std::string host_line(const Report& report, const Session& session) {
  const std::string& remote = session.transcript.remote();
  if (session.transcript.role() == policy::Role::receive) return wrapped("from " + remote, 2, 0);
  if (session.host.empty() && remote.empty()) return "";
  const std::string preference =
      session.preference < 0 ? "" : "MX " + std::to_string(session.preference) + " ";
  std::string line =
      transcript::one_line(preference + session.host + (remote.empty() ? "" : " -> " + remote));
  if (&session == report.sessions.data()) {
    const std::string used = "connections used: " + std::to_string(report.connections);
    if (width(line) + 2 + used.size() <= columns)
      line += std::string(columns - width(line) - used.size(), ' ') + used;
  }
  return wrapped(line, 2, 0);
}

std::string_view consequence(const Session& session) {
  switch (session.verdict.treatment) {
    case policy::Treatment::domain_secured: return "domain secured";
    case policy::Treatment::tls_required: return "TLS as required";
    case policy::Treatment::opportunistic: return "TLS, not domain secured";
    case policy::Treatment::clear: return "in clear, not domain secured";
    case policy::Treatment::refuse:
      return session.transcript.role() == policy::Role::send ? "not domain secured; would queue"
                                                             : "refused at MAIL FROM";
  }
  return "";
}

std::string verdict_word(policy::Result result, Colour colour) {
  switch (result) {
    case policy::Result::pass: return coloured("PASS", Status::ok, colour);
    case policy::Result::fail: return coloured("FAIL", Status::fails, colour);
    case policy::Result::inconclusive: return coloured("INCONCLUSIVE", Status::warns, colour);
  }
  return "";
}

bool is_remark(const policy::Finding& finding) {
  return finding.severity == finding::Severity::warning || finding.severity == finding::Severity::fails;
}

std::string verdict_line(const Session& session, Colour colour) {
  const policy::Finding& headline = session.verdict.headline;
  const std::string title = std::string(finding::name(headline.code)) + " " +
                            std::string(finding::slug(headline.code)) + " (" +
                            std::string(policy::text(headline.level)) + ")";
  const std::string meaning(consequence(session));
  const std::size_t used =
      width("verdict " + verdict_word(session.verdict.result, Colour::none) + "  " + title + "   " + meaning);
  const std::string between = used <= columns ? "   " : "\n" + std::string(verdict_indent, ' ');
  return "verdict " + verdict_word(session.verdict.result, colour) + "  " + title + between + meaning + "\n";
}

std::string verdict_lines(const Session& session, Colour colour) {
  const policy::Verdict& verdict = session.verdict;
  const policy::Finding& headline = verdict.headline;
  const finding::Row& row = finding::row(headline.code);
  const bool passed = verdict.result == policy::Result::pass;
  std::string lines = verdict_line(session, colour);
  if (!headline.detail.empty() || !passed) {
    lines += "  why   " + wrapped(headline.detail.empty() ? row.cause : headline.detail, verdict_indent);
  }
  if (verdict.reply && !passed) lines += "  reply " + wrapped(verdict.reply->text(), verdict_indent);
  for (const policy::Finding& other : verdict.findings) {
    if (other.code == headline.code || !is_remark(other)) continue;
    const std::string name =
        std::string(finding::name(other.code)) + " " + std::string(finding::slug(other.code));
    lines += "  also  " + wrapped(name + (other.detail.empty() ? "" : ": " + other.detail), verdict_indent);
  }
  if (passed) return lines;
  if (row.remedy != "–" && !row.remedy.empty()) lines += "  next  " + wrapped(row.remedy, verdict_indent);
  return lines + std::string(verdict_indent, ' ') + "domsec explain " + std::string(row.slug) + "\n";
}

// ---- -v ----

std::string certificate_lines(std::string_view title, const pki::Chain& chain) {
  std::string lines = std::string(title) + "\n";
  for (std::size_t depth = 0; depth < chain.size(); ++depth) {
    const pki::Certificate& certificate = *chain[depth];
    lines += "  " + padded(std::to_string(depth), 3) + wrapped(certificate.subject, 5);
    const auto fact = [&](const char* label, const std::string& text) {
      if (!text.empty()) lines += "     " + padded(label, 8) + wrapped(text, 13);
    };
    fact("issuer", certificate.issuer);
    fact("valid", pki::rfc3339(certificate.not_before) + " to " + pki::rfc3339(certificate.not_after));
    fact("serial", certificate.serial);
    fact("sha1", certificate.thumbprint);
    fact("sha256", certificate.thumbprint_sha256);
    std::string names;
    for (const std::string& name : certificate.dns_names) names += (names.empty() ? "" : ", ") + name;
    fact("names", names);
  }
  return lines;
}

std::string examined_lines(const Session& session) {
  const policy::Evidence evidence = transcript::evidence_of(session.transcript);
  std::string lines;
  if (!evidence.peer.presented.empty())
    lines += certificate_lines("certificates of the peer", evidence.peer.presented);
  if (evidence.own.certificate) lines += certificate_lines("own certificate", {evidence.own.certificate});
  if (evidence.role == policy::Role::send && evidence.tls.established && !evidence.peer.presented.empty()) {
    lines += "stapled OCSP response " + wrapped(staple_text(evidence.peer.stapled.value_or(pki::StapledStatus{})), 2, 22);
  }
  if (evidence.peer.name) {
    const pki::NameMatch& match = *evidence.peer.name;
    lines += "names tried for " +
             wrapped(match.reference.text + " (mode " + std::string(pki::text(match.rule.mode)) + ")", 2, 16);
    for (const pki::NameAttempt& attempt : match.attempts) {
      const std::string outcome = attempt.matches ? "matches" : "no: " + attempt.why;
      lines += "  " + padded(std::string(pki::text(attempt.presented.source)), 5) +
               wrapped(attempt.presented.text + "  " + outcome, 7);
    }
    if (match.attempts_left_out > 0) lines += "  and " + std::to_string(match.attempts_left_out) + " more\n";
  }
  if (!evidence.tls.requested_ca_names.empty()) {
    lines += "CA names that the server asked for\n";
    for (const std::string& name : evidence.tls.requested_ca_names) lines += "  " + wrapped(name, 2);
  }
  return lines;
}

// ---- -vv: swaks' marks ----

enum class Layer { clear, tls };

std::string_view mark_of(std::string_view mark, Layer layer) {
  if (mark == ">") return layer == Layer::tls ? " ~> " : " -> ";
  if (mark == "<") return layer == Layer::tls ? "<~  " : "<-  ";
  return "=== ";
}

/// `<**` a reply that refuses, `***` trouble and alerts; nothing when the usual mark stands.
std::string_view trouble_mark(const transcript::Event& event) {
  if (event.body.is<transcript::TlsFailed>() ||
      event.body.is<transcript::Broken>())
    return "*** ";
  if (event.body.is<transcript::AlertSeen>()) return "*** ";
  const auto* given = event.body.as<transcript::ReplyGiven>();
  if (given == nullptr || given->direction != transcript::Direction::received) return "";
  return given->reply.transient_failure() || given->reply.permanent_failure() ? "<** " : "";
}

}  // namespace

std::string dialogue(const transcript::Transcript& session) {
  transcript::ProtocolLog log(session.role());
  std::string lines = "transcript\n";
  Layer layer = Layer::clear;
  for (const transcript::Event& event : session.events()) {
    const std::string_view trouble = trouble_mark(event);
    for (const transcript::Record& record : log.records(session, event)) {
      std::string text =
          record.context + (record.data.empty() || record.context.empty() ? "" : ": ") + record.data;
      if (record.mark == "+") text = "connected to " + session.remote();
      if (record.mark == "-") text = "disconnected: " + text;
      const bool line = record.mark == "<" || record.mark == ">";
      const bool usual = trouble.empty() || (trouble == "<** " && !line);
      lines += std::string(usual ? mark_of(record.mark, layer) : trouble) + transcript::one_line(text) + "\n";
    }
    if (event.body.is<transcript::TlsEstablished>()) layer = Layer::tls;
  }
  return lines;
}

namespace {

std::string plaintext_lines(const PlaintextTrial& trial, Detail detail) {
  const policy::Finding& finding = trial.judgement.finding;
  std::string lines = "in clear " + std::string(policy::text(trial.judgement.answer)) + "  " +
                      std::string(finding::name(finding.code)) + " " + std::string(finding::slug(finding.code)) +
                      (finding.severity == finding::Severity::warning ? " (warning)" : "") + "\n";
  lines += "  why   " + wrapped(finding.detail, verdict_indent);
  return detail == Detail::transcript ? lines + dialogue(trial.transcript) : lines;
}

}  // namespace

std::string_view fate(const policy::Verdict& verdict) {
  const bool open = verdict.result == policy::Result::inconclusive && !verdict.reply;
  return open ? policy::text(verdict.result) : policy::text(verdict.treatment);
}

std::string text(const Report& report, Detail detail, Colour colour) {
  std::string out = target_line(report);
  for (const Session& session : report.sessions) {
    out += host_line(report, session);
    for (const Stage& stage : stages_of(report, session)) out += stage_lines(stage, colour);
    out += verdict_lines(session, colour);
    switch (detail) {
      case Detail::checklist: break;
      case Detail::certificates: out += examined_lines(session); break;
      case Detail::transcript: out += examined_lines(session) + dialogue(session.transcript); break;
    }
  }
  if (report.plaintext) out += plaintext_lines(*report.plaintext, detail);
  return out;
}

}  // namespace domsec::report
