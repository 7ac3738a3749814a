// `domsec policy export`. The output may be put anywhere, so that paths are absolute.
#include <filesystem>
#include <ostream>

#include "domsec/cli/policy_exchange.h"
#include "domsec/exchange/export.h"

namespace domsec::cli {

namespace {

std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

std::string exported(const exchange::Organisation& organisation, PolicyFormat form) {
  switch (form) {
    case PolicyFormat::powershell:
      return exchange::export_powershell(organisation, absolute);
    case PolicyFormat::toml:
      return exchange::export_toml(organisation, absolute);
    case PolicyFormat::json:
      return exchange::export_json(organisation, absolute);
  }
  return {};
}

}  // namespace

int run_policy_export(const PolicyExportOptions& options, std::ostream& out, std::ostream& err) {
  try {
    out << exported(exchange::read_toml(options.config), options.form);
    return 0;
  } catch (const exchange::ConfigError& error) {
    err << error.what() << '\n';
    return 2;
  }
}

}  // namespace domsec::cli
