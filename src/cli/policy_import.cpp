// `domsec policy import`: read everything, judge everything, then write: certificates first, the
// configuration last, so that it never names what is not there. Whatever is refused before leaves the
// configuration as it was.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <ostream>

#include "domsec/cli/policy_exchange.h"
#include "domsec/exchange/configuration.h"
#include "domsec/exchange/export.h"
#include "domsec/policy/connector_lint.h"
#include "policy_import_report.h"
#include "policy_import_script.h"

namespace domsec::cli {

namespace {

namespace fs = std::filesystem;
using exchange::ConfigError;

void refuse_nothing_known(const exchange::Import& import) {
  const bool known = std::any_of(import.objects.begin(), import.objects.end(),
                                 [](const exchange::ImportedObject& object) { return !object.kind.empty(); });
  if (known) return;
  const std::string where = import.objects.empty() ? "the files" : import.objects.front().file;
  throw ConfigError(
      where +
      ": there is no object that domsec knows; export TransportConfig, SendConnector, "
      "ReceiveConnector, InboundConnector, OutboundConnector, ExchangeCertificate or AuthConfig");
}

/// RC-6: Exchange refuses connectors that take the same sessions; the file that has them was not exported
/// from it.
void refuse_overlaps(const exchange::Organisation& organisation) {
  for (const policy::LintFinding& finding : policy::lint_connectors(organisation)) {
    if (finding.rule != "RC-6") continue;
    exchange::refuse_export(finding.origin.file, {finding.origin.line, finding.origin.column},
                            finding.finding.detail);
  }
}

/// A new configuration reads relative paths from its own directory.
std::string new_configuration(const exchange::Organisation& organisation, const std::string& config) {
  const fs::path directory = fs::path(config).parent_path();
  const std::string text = exchange::export_toml(organisation, [&directory](const std::string& path) {
    const bool beside = fs::path(path).parent_path() == directory;  // where the certificates are
    return beside ? fs::path(path).filename().string() : fs::absolute(path).string();
  });
  (void)exchange::read_toml_text(text, config);  // what is written can be read
  return text;
}

/// New files are removed again when the configuration cannot be written.
class Certificates {
 public:
  void write(const exchange::Import& import, const std::string& config) {
    for (const pki::CertificatePtr& certificate : import.certificates) {
      const fs::path file = fs::path(config).parent_path() / (certificate->thumbprint + ".pem");
      std::error_code error;
      if (fs::exists(file, error))
        continue;  // its name is its content, and the key may have been added to it
      fresh_.push_back(file);
      exchange::replace_file(file.string(), certificate->pem());
    }
  }
  void keep() { fresh_.clear(); }
  Certificates() = default;
  ~Certificates() {
    std::error_code error;
    for (const fs::path& file : fresh_) fs::remove(file, error);
  }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

 private:
  std::vector<fs::path> fresh_;
};

/// Exported objects first, then the scripts, each kind in the order of the command line.
exchange::Import import_into(exchange::Organisation before, const PolicyImportOptions& options,
                             std::ostream& err) {
  std::vector<exchange::ExportedFile> files;
  std::vector<exchange::ExportedText> scripts;
  for (const std::string& file : options.files) {
    exchange::ExportedText text = exchange::read_exported_text(file);
    switch (text.form()) {
      case exchange::ExportForm::json:
        files.push_back({file, exchange::read_export_json(text)});
        break;
      case exchange::ExportForm::clixml:
        files.push_back({file, exchange::read_export_clixml(text)});
        break;
      case exchange::ExportForm::script:
        scripts.push_back(std::move(text));
        break;
    }
  }
  exchange::Import import = exchange::import_objects(std::move(before), files, options.mode, options.config);
  for (const exchange::ExportedText& script : scripts) {
    ScriptedImport scripted = run_script(script, std::move(import.organisation), options.mode);
    import.organisation = std::move(scripted.organisation);
    std::move(scripted.objects.begin(), scripted.objects.end(), std::back_inserter(import.objects));
    for (const std::string& warning : scripted.warnings) err << "warning: " << warning << '\n';
  }
  if (scripts.empty()) refuse_nothing_known(import);
  refuse_overlaps(import.organisation);
  return import;
}

/// Into a file that is there: its comments stay, and what it includes is changed where it stands.
exchange::Import change(const PolicyImportOptions& options, std::ostream& err) {
  exchange::Configuration configuration(options.config);
  exchange::Import import = import_into(configuration.organisation(), options, err);
  if (options.run == ImportRun::dry) {
    (void)exchange::edited(configuration.texts(), configuration.organisation(), import.organisation);
    return import;
  }
  Certificates certificates;
  certificates.write(import, options.config);
  configuration.replace(import.organisation);
  certificates.keep();
  return import;
}

exchange::Import create(const PolicyImportOptions& options, std::ostream& err) {
  exchange::Import import = import_into({}, options, err);
  const std::string text = new_configuration(import.organisation, options.config);
  if (options.run == ImportRun::dry) return import;
  Certificates certificates;
  certificates.write(import, options.config);
  exchange::replace_file(options.config, text);
  certificates.keep();
  return import;
}

}  // namespace

int run_policy_import(const PolicyImportOptions& options, std::ostream& out, std::ostream& err) {
  try {
    std::error_code fault;
    const bool fresh = !fs::exists(options.config, fault) && !fault;
    const exchange::Import import = fresh ? create(options, err) : change(options, err);
    out << (options.form == PolicyForm::json ? import_json(import, options) : import_text(import, options));
    return 0;
  } catch (const ConfigError& error) {
    err << error.what() << '\n';
    return 2;
  }
}

}  // namespace domsec::cli
