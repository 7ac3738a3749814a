// [[fault]] tables, faults/*.toml and those of scenarios.
#include "domsec/finding/catalogue.h"
#include "domsec/lab/fault.h"
#include "read_fault_parts.h"
#include "toml_table.h"

namespace domsec::lab {
namespace {

Expectation read_expectation(const toml::table& source, const std::string& file) {
  const Table table(source, file, {"finding", "level", "mail", "reply"});
  Expectation expectation;
  expectation.code = read_finding(table, "finding");
  expectation.level = table.word_if("level", level_words).value_or(policy::Level::exact);
  static constexpr std::pair<std::string_view, bool> ends[] = {{"refused", true}, {"passes", false}};
  expectation.refused = table.word_if("mail", ends).value_or(true);
  expectation.reply = table.text_or("reply", "");
  return expectation;
}

}  // namespace

finding::Code read_finding(const Table& table, const char* key) {
  const std::string written = table.text(key);
  if (const finding::Row* row = finding::find(written)) return row->code;
  throw LabError(table.where(key) + "there is no finding '" + written + "'; domsec explain lists them");
}

Fault read_fault(const toml::table& source, const std::string& file, FaultOf of) {
  const Table table(
      source, file,
      {"name",   "family",           "summary",       "use",         "daily",     "certificate", "issuing",
       "signer", "more_authorities", "sent",          "another_key", "revoked",   "list",        "tls",
       "server", "client",           "configuration", "mail",        "as_server", "as_client"});
  Fault fault;
  fault.name = table.text("name");
  const bool listed = of == FaultOf::catalogue;
  fault.summary = listed ? table.text("summary") : table.text_or("summary", fault.name);
  fault.use = listed ? table.text("use") : table.text_or("use", "");
  fault.daily = table.flag("daily");
  static constexpr std::pair<std::string_view, FaultFamily> families[] = {
      {"certificate", FaultFamily::certificate},
      {"revocation", FaultFamily::revocation},
      {"tls", FaultFamily::tls},
      {"smtp", FaultFamily::smtp},
      {"policy", FaultFamily::policy}};
  fault.family = table.word_if("family", families).value_or(FaultFamily::certificate);
  fault.certificate = read_certificate_fault(table);
  fault.deviations = read_deviations(table);
  if (const toml::table* configuration = table.table_if("configuration")) {
    const Table written(
        *configuration, file,
        {"ignore_starttls", "not_domain_secure", "certificate_by_name", "partners_compare_exactly"});
    fault.configuration.not_domain_secure = written.flag("not_domain_secure");
    fault.configuration.ignore_starttls = written.flag("ignore_starttls");
    fault.configuration.certificate_by_name = written.flag("certificate_by_name");
    fault.configuration.partners_compare_exactly = written.flag("partners_compare_exactly");
  }
  if (const toml::table* mail = table.table_if("mail")) {
    const Table written(*mail, file, {"second_domain", "author", "null_sender"});
    fault.mail.second_domain = written.flag("second_domain");
    fault.mail.author = written.text_or("author", "");
    fault.mail.null_sender = written.flag("null_sender");
  }
  if (const toml::table* expected = table.table_if("as_server"))
    fault.as_server = read_expectation(*expected, file);
  if (const toml::table* expected = table.table_if("as_client"))
    fault.as_client = read_expectation(*expected, file);
  if (listed && !fault.as_server && !fault.as_client) {
    throw LabError(
        table.where() + "the fault '" + fault.name +
        "' says for no role what the partner finds; write as_server = { finding = … } or as_client");
  }
  return fault;
}

std::vector<Fault> read_faults(std::string_view text, const std::string& file) {
  std::vector<Fault> faults;
  try {
    const toml::table root = toml::parse(text, file);
    const Table table(root, file, {"fault"});
    for (const toml::table* source : table.tables("fault")) {
      faults.push_back(read_fault(*source, file, FaultOf::catalogue));
      for (std::size_t i = 0; i + 1 < faults.size(); ++i) {
        if (faults[i].name == faults.back().name)
          throw LabError(place(file, *source) + "there is a fault '" + faults[i].name +
                         "' already; give each its own name");
      }
    }
  } catch (const toml::parse_error& error) {
    throw no_toml(file, error);
  }
  return faults;
}

}  // namespace domsec::lab
