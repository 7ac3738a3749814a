// `domsec policy import --json`. Names are snake_case.
#include <boost/json.hpp>

#include "json_values.h"
#include "policy_import_report.h"

namespace domsec::cli {

namespace {

namespace json = boost::json;

json::array texts(const std::vector<std::string>& all) {
  json::array out;
  for (const std::string& text : all) out.emplace_back(text);
  return out;
}

json::object to_json(const exchange::ImportedObject& object) {
  json::array not_understood;
  for (const exchange::NotUnderstood& one : object.not_understood) {
    not_understood.push_back(json::object{{"property", one.property},
                                          {"line", one.place.line},
                                          {"column", one.place.column},
                                          {"value", one.value},
                                          {"why", one.why}});
  }
  return {{"file", object.file},
          {"line", object.place.line},
          {"column", object.place.column},
          {"kind", text_or_null(object.kind)},
          {"name", object.name},
          {"taken", texts(object.taken)},
          {"bookkeeping", object.bookkeeping},
          {"not_carried", texts(object.not_carried)},
          {"not_understood", not_understood}};
}

}  // namespace

std::string import_json(const exchange::Import& import, const PolicyImportOptions& options) {
  json::array objects;
  for (const exchange::ImportedObject& object : import.objects) objects.push_back(to_json(object));
  json::array certificates;
  for (const pki::CertificatePtr& certificate : import.certificates) {
    certificates.push_back(json::object{{"thumbprint", certificate->thumbprint},
                                        {"subject", certificate->subject},
                                        {"file", certificate->thumbprint + ".pem"}});
  }
  return json::serialize(
             json::object{{"config", options.config},
                          {"written", options.run == ImportRun::write},
                          {"mode", options.mode == exchange::ImportMode::merge ? "merge" : "replace"},
                          {"objects", objects},
                          {"certificates", certificates}}) +
         "\n";
}

}  // namespace domsec::cli
