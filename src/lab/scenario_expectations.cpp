#include "scenario_expectations.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "domsec/lab/broken_peer.h"
#include "domsec/pki/bundle.h"

namespace domsec::lab {
namespace {

std::string code_text(finding::Code code) {
  return std::string(finding::name(code)) + " " + std::string(finding::slug(code));
}

const policy::Finding* found(const policy::Verdict& verdict, finding::Code code) {
  if (verdict.headline.code == code) return &verdict.headline;
  const auto at = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                               [code](const policy::Finding& finding) { return finding.code == code; });
  return at == verdict.findings.end() ? nullptr : &*at;
}

std::vector<std::filesystem::path> files_below(const std::vector<std::string>& directories,
                                               const char* folder, const char* extension) {
  std::vector<std::filesystem::path> files;
  for (const std::string& directory : directories) {
    std::error_code none;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory + "/" + folder, none)) {
      if (entry.path().extension() == extension) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The lines of one session in the protocol logs of an end.
std::string log_of(const transcript::Transcript& session, const std::vector<std::string>& directories) {
  const std::string id = transcript::session_id_text(session.session_id());
  std::string lines;
  for (const std::filesystem::path& file : files_below(directories, "logs", ".LOG")) {
    std::istringstream text(pki::read_file(file.string()));
    for (std::string line; std::getline(text, line);) {
      if (line.find("," + id + ",") != std::string::npos) lines += line + "\n";
    }
  }
  return lines;
}

void compare_finding(const ExpectedEnd& expected, const std::string& end, const Seen& seen,
                     std::vector<Mismatch>& into) {
  const policy::Verdict& verdict = seen.verdict;
  const policy::Finding* finding = found(verdict, *expected.finding);
  // Where mail did not pass the finding has to be the reason; a note beside the proof of both ends is none.
  const bool decides = seen.delivered || verdict.headline.code == *expected.finding ||
                       verdict.headline.who == policy::Who::note;
  if (finding == nullptr || !decides) {
    into.push_back({expected.line, end + ": finding", code_text(*expected.finding),
                    code_text(verdict.headline.code) + " (" + verdict.headline.detail + ")"});
    return;
  }
  if (expected.level && finding->level != *expected.level) {
    into.push_back({expected.line, end + ": level", std::string(text(*expected.level)),
                    std::string(text(finding->level))});
  }
}

}  // namespace

void compare_text(int line, const std::string& what, const std::string& text,
                  const std::vector<std::string>& parts, const std::vector<std::string>& lacks,
                  std::vector<Mismatch>& into) {
  constexpr std::size_t most_shown = 4000;
  const std::string shown = text.size() > most_shown ? text.substr(0, most_shown) + "…" : text;
  std::size_t from = 0;
  for (const std::string& part : parts) {
    const std::size_t at = text.find(part, from);
    if (at == std::string::npos) {
      into.push_back(
          {line, what, "'" + part + "'" + (from > 0 ? " behind what was found before it" : ""), shown});
      return;
    }
    from = at + part.size();
  }
  for (const std::string& part : lacks) {
    if (text.find(part) != std::string::npos) into.push_back({line, what, "nowhere '" + part + "'", shown});
  }
}

void compare_end(const ExpectedEnd& expected, const std::string& end, const Seen& seen,
                 const std::vector<std::string>& directories, std::vector<Mismatch>& into) {
  if (expected.line == 0) return;
  if (!seen.partners) {
    into.push_back({expected.line, end, "a session", "there was none"});
    return;
  }
  if (expected.finding) {
    if (last_verdict(*seen.partners) == nullptr && end == "receiver") {
      into.push_back({expected.line, end + ": finding", code_text(*expected.finding),
                      "it ended before mail or TLS was asked for; nothing was judged"});
    } else {
      compare_finding(expected, end, seen, into);
    }
  }
  if (expected.treatment && seen.verdict.treatment != *expected.treatment) {
    into.push_back({expected.line, end + ": treatment", std::string(text(*expected.treatment)),
                    std::string(text(seen.verdict.treatment))});
  }
  if (expected.reply && seen.reply != *expected.reply)
    into.push_back({expected.line, end + ": reply", *expected.reply, seen.reply});
  if (!expected.log.empty() || !expected.log_lacks.empty()) {
    compare_text(expected.line, end + ": protocol log", log_of(*seen.partners, directories), expected.log,
                 expected.log_lacks, into);
  }
}

std::set<std::string> stored_mail(const std::vector<std::string>& directories) {
  std::set<std::string> mail;
  for (const std::filesystem::path& file : files_below(directories, "mail", ".eml"))
    mail.insert(file.string());
  return mail;
}

}  // namespace domsec::lab
