#include "domsec/report/certificate_matrix.h"

#include <algorithm>
#include <set>

#include "domsec/pki/path.h"
#include "layout.h"

namespace domsec::report {
namespace {

using policy::Cell;
using policy::CellOutcome;
using policy::Standing;

constexpr std::size_t first_column = 9;
constexpr std::size_t column = 14;
constexpr std::size_t indent = 9;

std::string line(std::string_view label, std::string_view words) {
  return padded("  " + std::string(label), indent) + wrapped(words, indent);
}

std::string without_end(std::string row) {
  row.erase(row.find_last_not_of(' ') + 1);
  return row + "\n";
}

std::string marked(const Cell& cell) {
  const std::string word(text(cell.outcome));
  switch (cell.standing) {
    case Standing::predicted:
      return word;
    case Standing::proved:
      return word + " *";
    case Standing::proved_with_key:
      return word + " +";
  }
  return word;
}

/// In brackets what this stack does not look at.
std::string code_of(const Cell& cell) {
  if (!cell.decided_by) return "";
  const std::string name(finding::name(cell.decided_by->code));
  return cell.decided_by->severity == finding::Severity::silent ? "(" + name + ")" : name;
}

std::string rows(const CertificateMatrix& matrix, const MatchedCertificate& certificate) {
  std::string out = padded("  as", first_column);
  for (const finding::Profile profile : matrix.profiles) out += padded(std::string(text(profile)), column);
  out = without_end(out);
  for (std::size_t at = 0; at + matrix.profiles.size() <= certificate.cells.size();
       at += matrix.profiles.size()) {
    std::string outcomes = padded("  " + std::string(text(certificate.cells[at].shown_as)), first_column);
    std::string codes(first_column, ' ');
    for (std::size_t i = at; i < at + matrix.profiles.size(); ++i) {
      outcomes += padded(marked(certificate.cells[i]), column);
      codes += padded(code_of(certificate.cells[i]), column);
    }
    out += without_end(outcomes);
    if (codes.find('D') != std::string::npos) out += without_end(codes);
  }
  return out;
}

std::string explanation(const policy::Finding& finding) {
  const finding::Row& row = finding::row(finding.code);
  std::string out = "  " + std::string(row.name) + " " + std::string(row.slug) + "\n";
  out += std::string(indent, ' ') + wrapped(finding.detail, indent);
  if (row.remedy != "–")
    out += std::string(indent, ' ') + wrapped("remedy: " + std::string(row.remedy), indent);
  return out;
}

/// Each finding once, with the words of the stack that takes it worst.
std::string explanations(const MatchedCertificate& certificate) {
  std::vector<policy::Finding> distinct;
  const auto note = [&](const policy::Finding& finding) {
    const auto known = std::ranges::find(distinct, finding.code, &policy::Finding::code);
    if (known == distinct.end()) {
      distinct.push_back(finding);
    } else if (finding.severity == finding::Severity::fails && known->severity != finding::Severity::fails) {
      *known = finding;
    }
  };
  for (const Cell& cell : certificate.cells) std::ranges::for_each(cell.findings, note);
  std::ranges::for_each(certificate.remarks, note);
  std::string out;
  for (const policy::Finding& finding : distinct) out += explanation(finding);
  return out;
}

std::string refusals(const MatchedCertificate& certificate) {
  std::string out;
  for (const Cell& cell : certificate.cells) {
    if (cell.outcome != CellOutcome::refuses) continue;
    const policy::Stack& stack = policy::stack_of(cell.profile);
    const bool server = cell.shown_as == policy::ShownAs::server;
    out +=
        "  " + wrapped(std::string(text(cell.profile)) + " refuses the " + std::string(text(cell.shown_as)) +
                           ": " + std::string(server ? stack.refuses_server : stack.refuses_client),
                       indent, 2);
  }
  return out;
}

std::string notes(const MatchedCertificate& certificate) {
  std::string out;
  for (const Cell& cell : certificate.cells) {
    if (!cell.note.empty())
      out += "  " + wrapped(std::string(text(cell.profile)) + " as receiver: " + cell.note, indent, 2);
  }
  return out;
}

std::string sunset(const MatchedCertificate& certificate) {
  std::string words;
  for (const Cell& cell : certificate.after_sunset)
    words +=
        (words.empty() ? "" : ", ") + std::string(text(cell.profile)) + " " + std::string(text(cell.outcome));
  return words.empty() ? "" : line("", "as a client after a renewal without clientAuth: " + words);
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string head(const MatchedCertificate& certificate) {
  const policy::MatchQuestion& question = certificate.question;
  const pki::Certificate& leaf = *question.presented.front();
  const std::string names = joined(leaf.dns_names.empty() ? leaf.common_names : leaf.dns_names);
  const std::size_t lists = question.lists ? question.lists->size() : 0;
  std::string out = wrapped(certificate.file + ": " + leaf.subject, 2, 0);
  out += line("issuer", leaf.issuer);
  out += line("valid", pki::rfc3339(leaf.not_before).substr(0, 10) + " to " +
                           pki::rfc3339(leaf.not_after).substr(0, 10) + "; " +
                           std::string(text(pki::usage_fit(leaf))) + "; " +
                           (leaf.dns_names.empty() ? "CN " : "SAN ") + (names.empty() ? "none" : names));
  out += line("asked", (question.reference ? "does it prove " + question.reference->text
                                           : std::string("no name (give --name)")) +
                           "; " +
                           (question.lists
                                ? "revocation by " + std::to_string(lists) + (lists == 1 ? " list" : " lists")
                                : "no revocation (give --crl-file)"));
  return out;
}

std::string legend(const CertificateMatrix& matrix) {
  std::string programs;
  bool with_key = false;
  std::set<Standing> seen;
  for (const finding::Profile profile : matrix.profiles) {
    const std::string_view program = policy::proved_with(profile);
    if (!program.empty()) programs += (programs.empty() ? "" : ", ") + std::string(program);
  }
  for (const MatchedCertificate& certificate : matrix.certificates)
    for (const Cell& cell : certificate.cells) seen.insert(cell.standing);
  with_key = seen.contains(Standing::proved_with_key);
  std::string out = "\n";
  if (seen.contains(Standing::proved) || with_key)
    out += "* " + wrapped("proved: the tests hold this decision against the program (" + programs + ")", 2);
  if (with_key)
    out +=
        "+ " + wrapped(
                   "proved, but with its own key handed to it: as built with OpenSSL 3 it cannot use the key "
                   "and takes no TLS session",
                   2);
  out += "  " + wrapped("no mark: predicted by rules and documents, not run", 2);
  out += "  " + wrapped("(DSnnn): that stack does not look at it; domsec explain DSnnn", 2);
  return out;
}

std::string settings(const CertificateMatrix& matrix) {
  std::string out = "\n";
  for (const finding::Profile profile : matrix.profiles) {
    const policy::Stack& stack = policy::stack_of(profile);
    out += wrapped(std::string(text(profile)) + ": " + std::string(stack.program), 2, 0);
    out += "  sending    " + wrapped(stack.sending, 13);
    out += "  receiving  " + wrapped(stack.receiving, 13);
  }
  return out;
}

}  // namespace

std::string text(const CertificateMatrix& matrix, MatrixDetail detail) {
  std::string out;
  for (const MatchedCertificate& certificate : matrix.certificates) {
    if (!out.empty()) out += "\n";
    out += head(certificate) + "\n" + rows(matrix, certificate);
    const std::string words =
        explanations(certificate) + sunset(certificate) + refusals(certificate) + notes(certificate);
    if (!words.empty()) out += "\n" + words;
  }
  out += legend(matrix);
  if (detail == MatrixDetail::settings) out += settings(matrix);
  return out;
}

}  // namespace domsec::report
