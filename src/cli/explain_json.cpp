#include <boost/json.hpp>
#include <ostream>

#include "domsec/cli/explain.h"
#include "domsec/cli/options.h"
#include "domsec/finding/catalogue.h"
#include "domsec/finding/explain.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::object to_json(const finding::Row& row) {
  json::object severity{{"exchange", row.severity_exchange},
                        {"postfix", row.severity_postfix},
                        {"exim", row.severity_exim},
                        {"opensmtpd", row.severity_opensmtpd},
                        {"strict", row.severity_strict}};
  json::object object{{"code", row.name},
                      {"slug", row.slug},
                      {"who", row.who},
                      {"cause", row.cause},
                      {"tell_apart", row.tell_apart},
                      {"remedy", row.remedy},
                      {"requirements", row.requirements},
                      {"exchange_status", row.exchange_status},
                      {"exchange_event", row.exchange_event},
                      {"tlsrpt_result", row.tlsrpt_result},
                      {"x509_errors", row.x509_errors},
                      {"tls_alert", row.tls_alert},
                      {"reply_sent_by_us", row.reply_sent_by_us},
                      {"reply_seen_by_us", row.reply_seen_by_us},
                      {"schannel", row.schannel},
                      {"postfix", row.postfix},
                      {"exim", row.exim},
                      {"sendmail", row.sendmail},
                      {"opensmtpd", row.opensmtpd},
                      {"exchange_log", row.exchange_log},
                      {"severity", severity}};
  object["parent"] = row.parent ? json::value(finding::name(*row.parent)) : json::value(nullptr);
  object["rfc8460_word"] = row.rfc8460_word;
  return object;
}

/// One line per finding: what `domsec explain` without an argument shows.
void list_all(std::ostream& out) {
  for (const finding::Row& row : finding::rows()) {
    const std::string slug(row.slug);
    out << row.name << "  " << slug << std::string(slug.size() < 28 ? 28 - slug.size() : 1, ' ') << row.who << '\n';
  }
}

std::string unknown(const std::string& code) {
  std::string sentence = "domsec explain: '" + code + "' is no code or slug of the catalogue";
  std::string near;
  for (const std::string_view each : finding::nearest(code)) near += (near.empty() ? "" : ", ") + std::string(each);
  return near.empty() ? sentence + "; domsec explain lists them all" : sentence + "; did you mean " + near + "?";
}

}  // namespace

int run_explain(const ExplainOptions& options, std::ostream& out, std::ostream& err) {
  std::vector<const finding::Row*> chosen;
  for (const std::string& code : options.codes) {
    const finding::Row* row = finding::find(code);
    if (!row) {
      err << unknown(code) << '\n';
      return 2;
    }
    chosen.push_back(row);
  }
  if (options.form == ExplainForm::markdown) {
    if (!chosen.empty()) throw UsageError("explain: --markdown prints the whole catalogue; leave the codes out");
    out << finding::catalogue_markdown();
    return 0;
  }
  if (options.form == ExplainForm::json) {
    if (options.codes.empty()) {
      for (const finding::Row& row : finding::rows()) chosen.push_back(&row);
    }
    json::array rows;
    for (const finding::Row* row : chosen) rows.push_back(to_json(*row));
    const json::object document{{"schema", "domsec.findings/1"}, {"findings", rows}};
    out << json::serialize(document) << '\n';
    return 0;
  }
  if (options.codes.empty()) list_all(out);
  for (std::size_t i = 0; i < chosen.size(); ++i) out << (i > 0 ? "\n" : "") << finding::explain_text(*chosen[i]);
  return 0;
}

}  // namespace domsec::cli
