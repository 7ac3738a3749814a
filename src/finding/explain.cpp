// Renders rows of the catalogue: one for people, all of them as a page. Knows no session: what a finding
// means in general.
#include "domsec/finding/explain.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "letter_case.h"

namespace domsec::finding {
namespace {

constexpr std::size_t page_width = 80;
constexpr std::size_t label_width = 19;
constexpr std::string_view dash = "–";

/// Columns that a terminal needs for UTF-8 text: one for each code point is right for the signs of the
/// catalogue.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// `label` once, then the words of `text`, wrapped and indented under each other. A word too long for a line
/// stays whole.
void add_wrapped(std::string& out, std::string_view label, std::string_view text) {
  out += "  ";
  out += label;
  out.append(label_width - std::min(label_width, columns(label)), ' ');
  std::size_t used = label_width + 2;
  bool first = true;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text = blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1);
    if (!first && used + 1 + columns(word) > page_width) {
      out += '\n';
      out.append(label_width + 2, ' ');
      used = label_width + 2;
    } else if (!first) {
      out += ' ';
      used += 1;
    }
    out += word;
    used += columns(word);
    first = false;
  }
  out += '\n';
}

struct Line {
  std::string_view label;
  std::string_view text;
};

void add_section(std::string& out, std::span<const Line> lines) {
  if (std::ranges::all_of(lines, [](const Line& line) { return line.text == dash; })) return;
  out += '\n';
  for (const Line& line : lines) {
    if (line.text != dash) add_wrapped(out, line.label, line.text);
  }
}

std::string who_text(Code code) {
  const WhoSet set = who(code);
  std::vector<std::string_view> words;
  if (set.we) words.push_back("we refuse the peer");
  if (set.they) words.push_back("the peer refuses us");
  if (set.own) words.push_back("own configuration or certificate");
  if (set.env) words.push_back("environment: network, DNS, CRL or a device on the path");
  if (set.note) words.push_back("nobody refuses, an observation");
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += "; or ";
    out += word;
  }
  return out;
}

std::string_view severity_words(std::string_view letter) {
  if (letter == "ok") return "good";
  if (letter == "I") return "information";
  if (letter == "W") return "accepted with a warning";
  if (letter == "F") return "fails: refused or held";
  if (letter == "F?") return "fails (inferred, not run)";
  if (letter == "P") return "accepted, that stack does not look";
  if (letter == "P?") return "accepted (inferred, not run)";
  if (letter == "N") return "inconclusive";
  return "does not arise or unknown";
}

void add_severities(std::string& out, const Row& row) {
  const std::pair<Profile, std::string_view> severities[] = {{Profile::exchange, row.severity_exchange},
                                                             {Profile::postfix, row.severity_postfix},
                                                             {Profile::exim, row.severity_exim},
                                                             {Profile::opensmtpd, row.severity_opensmtpd},
                                                             {Profile::strict, row.severity_strict}};
  out += "\n  Severity by profile\n";
  for (const auto& [profile, letter] : severities) {
    add_wrapped(out, "  " + std::string(text(profile)), severity_words(letter));
  }
}

/// Levenshtein's distance, one row kept. Bounded by the caller.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> costs(b.size() + 1);
  std::iota(costs.begin(), costs.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(costs[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(costs[j], std::min({replaced, costs[j] + 1, costs[j - 1] + 1}));
    }
  }
  return costs[b.size()];
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = lower(c);
    if (c == '_' || c == ' ') c = '-';
  }
  return out;
}

/// A cell of a Markdown table: the bar is its only special sign.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string explain_text(const Row& row) {
  std::string out = std::string(row.name) + "  " + std::string(row.slug) + "\n";
  out += "  " + who_text(row.code) + "\n";

  std::string parent(dash);
  if (row.parent)
    parent = std::string(name(*row.parent)) + " " + std::string(slug(*row.parent)) + " (the coarser answer)";
  const Line meaning[] = {{"Cause", row.cause},
                          {"How to tell", row.tell_apart},
                          {"First remedy", row.remedy},
                          {"Rules", row.requirements},
                          {"Part of", parent}};
  const Line exchange[] = {{"Exchange status", row.exchange_status},
                           {"Exchange event", row.exchange_event},
                           {"Exchange log", row.exchange_log},
                           {"We answer", row.reply_sent_by_us},
                           {"We are answered", row.reply_seen_by_us}};
  const Line tls[] = {{"X509_V_ERR", row.x509_errors},
                      {"TLS alert", row.tls_alert},
                      {"Schannel", row.schannel},
                      {"RFC 8460 result", row.tlsrpt_result}};
  const Line others[] = {
      {"Postfix", row.postfix}, {"Exim", row.exim}, {"sendmail", row.sendmail}, {"OpenSMTPD", row.opensmtpd}};
  add_section(out, meaning);
  add_section(out, exchange);
  add_section(out, tls);
  add_section(out, others);
  add_severities(out, row);
  return out;
}

std::vector<std::string_view> nearest(std::string_view code_or_slug) {
  constexpr std::size_t longest_word = 64;
  constexpr std::size_t most = 3;
  const std::string wanted = lower_case(code_or_slug.substr(0, longest_word));
  if (wanted.empty()) return {};
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const Row& row : rows()) {
    const bool part = wanted.size() >= 3 && row.slug.find(wanted) != std::string_view::npos;
    ranked.emplace_back(part ? 1 : edit_distance(wanted, row.slug), row.slug);
    ranked.emplace_back(edit_distance(wanted, lower_case(row.name)), row.name);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string_view>::first);
  std::vector<std::string_view> out;
  for (const auto& [distance, word] : ranked) {
    // A third of the letters may be wrong: more is another word.
    if (out.size() == most || distance * 3 > word.size() + 1) break;
    out.push_back(word);
  }
  return out;
}

std::string catalogue_markdown() {
  std::string out =
      "# Findings\n\nGenerated by `domsec explain --markdown`; do not edit. How a finding becomes a verdict: "
      "[verdicts.md](verdicts.md).\n\n"
      "* A dash means: nothing attested, or it cannot arise. † marks an Exchange status that is a tester "
      "name, (C) a word that\n"
      "  follows from a naming pattern and was not seen. The codes are domsec's own.\n"
      "* *Who*: `we` refuse the peer, `they` refuse us, `own` configuration or certificate, `env`ironment, "
      "`note`: nobody refused.\n"
      "* The rows *exchange* to *strict* are the severity under each profile: F fails (mail refused or "
      "held), W accepted with a\n"
      "  warning, I information, P accepted silently because that stack does not look, N inconclusive, `?` "
      "inferred.\n"
      "* Replies: T1 `451 5.7.3 STARTTLS is required to send mail` · T2(S) `454 4.7.0 Failed to establish "
      "appropriate TLS channel:\n"
      "  <S>: Access Denied` · T3(S) `454 4.7.5 Certificate validation failure, Reason:<S>` · T4(text) `421 "
      "4.7.1 <host> Error: <text>` ·\n"
      "  T5 `454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be "
      "found.`\n";
  for (const Row& row : rows()) {
    out += "\n## " + std::string(row.name) + " `" + std::string(row.slug) + "`\n\n| | |\n|---|---|\n";
    const Line lines[] = {{"Who", row.who},
                          {"Cause", row.cause},
                          {"How to tell", row.tell_apart},
                          {"First remedy", row.remedy},
                          {"Rules", row.requirements},
                          {"Exchange status", row.exchange_status},
                          {"Exchange event", row.exchange_event},
                          {"RFC 8460 result", row.tlsrpt_result},
                          {"X509_V_ERR", row.x509_errors},
                          {"TLS alert", row.tls_alert},
                          {"We answer", row.reply_sent_by_us},
                          {"We are answered", row.reply_seen_by_us},
                          {"Schannel", row.schannel},
                          {"Postfix", row.postfix},
                          {"Exim", row.exim},
                          {"sendmail", row.sendmail},
                          {"OpenSMTPD", row.opensmtpd},
                          {"Exchange log", row.exchange_log},
                          {"exchange", row.severity_exchange},
                          {"postfix", row.severity_postfix},
                          {"exim", row.severity_exim},
                          {"opensmtpd", row.severity_opensmtpd},
                          {"strict", row.severity_strict}};
    for (const Line& line : lines) out += "| " + std::string(line.label) + " | " + cell(line.text) + " |\n";
  }
  return out;
}

}  // namespace domsec::finding
