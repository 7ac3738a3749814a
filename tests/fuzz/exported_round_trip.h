// What was imported can be exported, and imported again to the same.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domsec/exchange/export.h"
#include "domsec/exchange/import.h"
#include "fuzz/property.h"

inline void check_round_trip(const std::vector<std::shared_ptr<const domsec::exchange::ExportedObject>>& objects) {
  using namespace domsec::exchange;
  const auto import = [](const std::vector<std::shared_ptr<const ExportedObject>>& all) {
    return import_objects({}, {{"/export.json", all}}, ImportMode::merge, "/domsec.toml").organisation;
  };
  const auto as_it_is = [](const std::string& path) { return path; };
  const Organisation organisation = import(objects);   // may throw ConfigError
  try {
    const std::string once = export_json(organisation, as_it_is);
    const Organisation again = import(read_export_json(ExportedText("/export.json", once)));
    property(export_json(again, as_it_is) == once, "an export is imported to the same");
    (void)read_toml_text(export_toml(organisation, as_it_is), "/domsec.toml");
  } catch (const ConfigError& error) {
    property(false, error.what());
  }
}
