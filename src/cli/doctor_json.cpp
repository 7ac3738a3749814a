// `domsec doctor --json`: schema domsec.doctor/1.
#include "doctor_json.h"

#include "json_values.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

std::string_view word(DoctorResult result) {
  switch (result) {
    case DoctorResult::ok:
      return "ok";
    case DoctorResult::warn:
      return "warn";
    case DoctorResult::fail:
      return "fail";
    case DoctorResult::skip:
      return "skip";
  }
  return "";
}

}  // namespace

json::array rows_of(const std::vector<DoctorCheck>& checks) {
  json::array rows;
  for (const DoctorCheck& check : checks) {
    json::object row{{"name", check.name}, {"result", word(check.result)}, {"detail", check.detail}};
    row["remedy"] = text_or_null(check.remedy);
    if (check.result == DoctorResult::fail) row["who"] = check.fault == DoctorFault::own ? "own" : "env";
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string json_of(const std::vector<DoctorCheck>& checks) {
  return json::serialize(json::object{
      {"schema", "domsec.doctor/1"}, {"exit_code", exit_code(checks)}, {"checks", rows_of(checks)}});
}

}  // namespace domsec::cli
