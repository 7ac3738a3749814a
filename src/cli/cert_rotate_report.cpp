#include "cert_rotate_report.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "domsec/pki/bundle.h"
#include "domsec/pki/harmless.h"
#include "domsec/report/text.h"
#include "domsec/transcript/ndjson.h"

namespace domsec::cli {

namespace {

using lab::RehearsedMoment;
using lab::RehearsedSession;
using policy::RotationStep;

std::string shown(const std::string& text) {
  return pki::harmless(text, 400);
}

void write_certificate(std::string_view label, const pki::Certificate& certificate, std::ostream& out) {
  out << "  " << label << certificate.thumbprint << "  " << shown(certificate.subject) << '\n'
      << "            issued by " << shown(certificate.issuer) << ", " << pki::rfc3339(certificate.not_before)
      << " to " << pki::rfc3339(certificate.not_after) << '\n';
}

std::string connector_of(const RehearsedSession& session) {
  return (session.role == policy::Role::send ? "send connector " : "receive connector ") + session.connector;
}

void write_outcome(const RehearsedMoment& moment, std::ostream& out) {
  if (!moment.refusal.empty()) {
    out << "       refused: " << moment.refusal << '\n';
    return;
  }
  if (moment.sessions.empty()) out << "       no connector meets the partner\n";
  if (moment.mail_flows() && !moment.sessions.empty()) out << "       mail flows\n";
  for (const RehearsedSession& session : moment.sessions) {
    if (!session.mail_flows)
      out << "       MAIL STOPS, " << connector_of(session) << ": " << cause_text(session) << '\n';
  }
}

void write_step(const RehearsedEdge& edge, std::size_t number, const RehearsedMoment& moment,
                std::ostream& out) {
  const std::vector<std::string> lines =
      moment.step ? commands(edge, *moment.step) : std::vector<std::string>{"as it is"};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out << (i == 0 ? "  " + std::to_string(number) + "  " : std::string("     ")) << lines[i] << '\n';
  }
  write_outcome(moment, out);
}

void write_order(const RehearsedEdge& edge, std::string_view title,
                 const std::vector<RehearsedMoment>& moments, std::ostream& out) {
  out << '\n' << title << '\n';
  for (std::size_t i = 0; i < moments.size(); ++i) write_step(edge, i, moments[i], out);
}

bool same_steps(const std::vector<RehearsedMoment>& a, const std::vector<RehearsedMoment>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const RehearsedMoment& x, const RehearsedMoment& y) {
                      return x.step == y.step && x.refusal == y.refusal;
                    });
}

std::string_view conclusion(const RehearsedEdge& edge) {
  const lab::RehearsedRotation& rehearsed = edge.rehearsed;
  if (rehearsed.done.sessions.empty()) return "No connector of this configuration meets the partner.";
  if (!rehearsed.best.front().mail_flows()) return "Mail stops before anything is changed.";
  if (rehearsed.interruptions > 0) return "There is no order in which mail never stops.";
  if (!rehearsed.done.mail_flows())
    return "Mail stops when today's certificate has expired, whatever is done.";
  return "Mail never stops when the steps are taken in the last order shown.";
}

void write_edge(const RehearsedEdge& edge, std::ostream& out) {
  out << edge.file << '\n';
  write_certificate("today     ", *edge.today, out);
  write_certificate("tomorrow  ", *edge.tomorrow, out);
  const policy::Rotation& rotation = edge.rehearsed.rotation;
  if (rotation.by_name) {
    out << "  connectors name today's by TlsCertificateName"
        << (rotation.same_names ? ", which means tomorrow's as well: issuer and subject are the same\n"
                                : "\n");
  }
  write_order(edge, "The usual order", edge.rehearsed.usual, out);
  if (edge.rehearsed.interruptions == 0 && same_steps(edge.rehearsed.usual, edge.rehearsed.best)) {
    out << "\nThe usual order interrupts nothing.\n";
  } else {
    write_order(edge,
                edge.rehearsed.interruptions == 0
                    ? std::string("The order that interrupts nothing")
                    : "The best order; mail stops after " + std::to_string(edge.rehearsed.interruptions) +
                          " of its steps",
                edge.rehearsed.best, out);
  }
  out << "\nWhen today's certificate has expired, " << pki::rfc3339(edge.rehearsed.undone.at) << '\n';
  out << "  -  nothing was done\n";
  write_outcome(edge.rehearsed.undone, out);
  out << "  -  everything was done\n";
  write_outcome(edge.rehearsed.done, out);
  out << '\n' << conclusion(edge) << '\n';
}

std::string file_part(const RehearsedSession& session) {
  return session.role == policy::Role::send ? "send" : "receive-" + session.connector;
}

/// A name that is a file everywhere.
std::string safe_name(std::string name) {
  for (char& c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!plain) c = '_';
  }
  return name;
}

void write_session(const std::string& base, const RehearsedSession& session) {
  const auto write = [&base](const char* end, const transcript::Transcript& transcript) {
    if (transcript.events().empty()) return;  // that end saw nothing
    pki::replace_file(base + end + ".txt", report::dialogue(transcript), 0644);
    pki::replace_file(base + end + ".json", transcript::session_json(transcript) + "\n", 0644);
  };
  write("-ours", session.ours);
  write("-partners", session.partners);
}

}  // namespace

std::vector<std::string> commands(const RehearsedEdge& edge, RotationStep step) {
  switch (step) {
    case RotationStep::partner_accepts:
      return {"the partner accepts tomorrow's certificate, too"};
    case RotationStep::clear_name:
      return edge.clear_name;
    case RotationStep::import:
      return {edge.tomorrow_file.empty()
                  ? "the certificate " + edge.tomorrow->thumbprint + " is in the store"
                  : "Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path '" +
                        shown(edge.tomorrow_file) + "' -Encoding Byte -ReadCount 0))"};
    case RotationStep::enable:
      return {"Enable-ExchangeCertificate " + edge.tomorrow->thumbprint + " -Services SMTP"};
    case RotationStep::set_name:
      return edge.set_name;
    case RotationStep::remove:
      return {"Remove-ExchangeCertificate " + edge.today->thumbprint};
  }
  return {};
}

std::string cause_text(const RehearsedSession& session) {
  return std::string(finding::name(session.cause.code)) + " " +
         std::string(finding::slug(session.cause.code)) + ": " + session.cause.detail;
}

bool is_safe(const RehearsedEdge& edge) {
  const bool met = !edge.rehearsed.done.sessions.empty();
  return met && edge.rehearsed.best.front().mail_flows() && edge.rehearsed.interruptions == 0 &&
         edge.rehearsed.done.mail_flows();
}

void write_text(const std::vector<RehearsedEdge>& edges, std::ostream& out) {
  for (const RehearsedEdge& edge : edges) {
    if (&edge != &edges.front()) out << "\n\n";
    write_edge(edge, out);
  }
  if (edges.size() < 2) return;
  out << "\n\nOne Edge after the other\n";
  std::size_t number = 0;
  for (const RehearsedEdge& edge : edges) {
    for (const RehearsedMoment& moment : edge.rehearsed.best) {
      if (!moment.step) continue;
      const bool once = *moment.step == RotationStep::partner_accepts && &edge != &edges.front();
      if (once) continue;  // the partner is one
      ++number;
      for (const std::string& command : commands(edge, *moment.step)) {
        out << "  " << number << "  " << edge.file << ": " << command << '\n';
      }
    }
  }
}

void write_transcripts(const std::vector<RehearsedEdge>& edges, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const std::string edge = directory + "/edge" + std::to_string(e + 1);
    const auto write = [&](const std::string& moment_name, const RehearsedMoment& moment) {
      for (const RehearsedSession& session : moment.sessions)
        write_session(edge + "-" + moment_name + "-" + safe_name(file_part(session)), session);
    };
    const lab::RehearsedRotation& rehearsed = edges[e].rehearsed;
    for (std::size_t i = 0; i < rehearsed.usual.size(); ++i)
      write("usual-" + std::to_string(i), rehearsed.usual[i]);
    for (std::size_t i = 0; i < rehearsed.best.size(); ++i)
      write("best-" + std::to_string(i), rehearsed.best[i]);
    write("expired-undone", rehearsed.undone);
    write("expired-done", rehearsed.done);
  }
}

}  // namespace domsec::cli
