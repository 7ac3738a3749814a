// `domsec policy import|export`: the configuration from what Exchange exported, and back. Files are all that
// is read and written.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/cli/policy.h"
#include "domsec/exchange/import.h"

namespace domsec::cli {

enum class ImportRun { write, dry };  // --dry-run

struct PolicyImportOptions {
  std::vector<std::string> files;
  std::string config = "domsec.toml";
  exchange::ImportMode mode = exchange::ImportMode::merge;
  ImportRun run = ImportRun::write;
  PolicyForm form = PolicyForm::text;
};

enum class PolicyFormat { powershell, toml, json };

struct PolicyExportOptions {
  std::string config = "domsec.toml";
  PolicyFormat form = PolicyFormat::toml;
};

/// 0; 2 when a file or a value in it is refused, or the result cannot be written: the configuration is then as
/// it was.
int run_policy_import(const PolicyImportOptions& options, std::ostream& out, std::ostream& err);
/// 0, or 2 when the configuration cannot be read.
int run_policy_export(const PolicyExportOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
