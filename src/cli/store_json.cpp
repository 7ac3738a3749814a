#include "store_json.h"

#include <boost/json.hpp>

#include "domsec/transcript/protocol_log.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::object check_head(const std::string& file, bool usable) {
  return {{"schema", "domsec.store-check/1"}, {"store", file}, {"usable", usable}};
}

}  // namespace

std::string store_check_json(const store::StoreCheck& check, int exit_code) {
  json::array problems;
  for (const store::StoreProblem& problem : check.problems) {
    problems.push_back({{"about", store::text(problem.about)},
                        {"problem", transcript::one_line(problem.what)},
                        {"remedy", problem.remedy}});
  }
  json::object document = check_head(check.file, !check.damaged);
  document["version"] = check.version;
  document["certificates"] = check.certificates;
  document["requests"] = check.requests;
  document["messages"] = check.messages;
  document["problems"] = problems;
  document["exit_code"] = exit_code;
  return json::serialize(document);
}

std::string store_check_json(const std::string& file, const store::StoreError& error, int exit_code) {
  json::object document = check_head(file, false);
  document["error"] = transcript::one_line(error.what());
  document["problems"] = json::array();
  document["exit_code"] = exit_code;
  return json::serialize(document);
}

std::string store_backup_json(const std::string& store, const store::Backup& made) {
  return json::serialize(json::object{{"schema", "domsec.store-backup/1"},
                                      {"store", store},
                                      {"backup", made.file},
                                      {"version", made.version},
                                      {"octets", made.octets}});
}

}  // namespace domsec::cli
