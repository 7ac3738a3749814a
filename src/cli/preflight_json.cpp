// `domsec preflight --json`: schema domsec.preflight/1. The rows are those of `doctor --json`.
#include <boost/json.hpp>

#include "doctor_json.h"
#include "preflight_checks.h"

namespace domsec::cli {

std::string json_of(const std::vector<DoctorCheck>& server, const std::vector<PartnerChecks>& partners,
                    int code) {
  namespace json = boost::json;
  json::array rows;
  for (const PartnerChecks& one : partners) {
    rows.push_back(json::object{
        {"domain", one.domain}, {"exit_code", exit_code(one.checks)}, {"checks", rows_of(one.checks)}});
  }
  return json::serialize(json::object{{"schema", "domsec.preflight/1"},
                                      {"exit_code", code},
                                      {"checks", rows_of(server)},
                                      {"partners", std::move(rows)}});
}

}  // namespace domsec::cli
