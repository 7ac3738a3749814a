#include "policy_import_script.h"

#include <algorithm>

#include "domsec/cli/clock.h"
#include "domsec/shell/auth_config_cmdlets.h"
#include "domsec/shell/connector_cmdlets.h"
#include "domsec/shell/core_cmdlets.h"
#include "domsec/shell/evaluator.h"
#include "domsec/shell/transport_service_cmdlets.h"

namespace domsec::cli {

namespace {

using exchange::ImportedObject;
using exchange::Organisation;

/// What a script prints is not wanted here; files and questions are for `domsec shell`.
class ImportHost : public shell::Host {
 public:
  void write(std::string_view) override {}
  void warn(std::string_view sentence) override { warnings.emplace_back(sentence); }
  shell::Answer confirm(std::string_view) override {
    throw shell::HostError("an import answers no questions; give -Confirm:$false");
  }
  pki::Instant now() override { return cli::now(); }
  shell::Bytes read_file(const std::string&) override { refuse(); }
  void write_file(const std::string&, std::string_view) override { refuse(); }
  void append_file(const std::string&, std::string_view) override { refuse(); }

  std::vector<std::string> warnings;

 private:
  [[noreturn]] static void refuse() {
    throw shell::HostError("an import opens no files; run the script with domsec shell --root DIR");
  }
};

class InMemory : public shell::ChangeableOrganisation {
 public:
  explicit InMemory(Organisation organisation) : organisation_(std::move(organisation)) {}
  [[nodiscard]] const Organisation& organisation() const override { return organisation_; }
  void replace(Organisation after) override { organisation_ = std::move(after); }
  [[nodiscard]] Organisation take() && { return std::move(organisation_); }

 private:
  Organisation organisation_;
};

/// The cmdlets call their place `shell`; here it is a file. Says what they set.
template <typename Object>
void name_file(Object& object, const std::string& file, ImportedObject& report) {
  for (auto& [parameter, origin] : object.origins.by_parameter) {
    if (origin.file != "shell") continue;
    origin.file = file;
    if (report.taken.empty()) report.place = {origin.line, origin.column};
    report.taken.push_back(parameter);
  }
}

template <typename Connector>
void name_file(std::vector<Connector>& connectors, const std::string& file,
               std::vector<ImportedObject>& reports) {
  for (Connector& connector : connectors) {
    ImportedObject report{file, {}, std::string(exchange::object_name<Connector>()), connector.name, {}, 0,
                          {},   {}};
    name_file(connector, file, report);
    if (connector.origin.file == "shell") {
      connector.origin.file = file;
      report.place = {connector.origin.line, connector.origin.column};
    }
    if (!report.taken.empty()) reports.push_back(std::move(report));
  }
}

/// `before` where the script made none of the kind.
template <typename Connector>
void restore(std::vector<Connector>& now, const std::vector<Connector>& before) {
  if (now.empty()) now = before;
}

Organisation without_connectors(Organisation organisation) {
  organisation.send_connectors.clear();
  organisation.receive_connectors.clear();
  organisation.inbound_connectors.clear();
  organisation.outbound_connectors.clear();
  return organisation;
}

void run(const exchange::ExportedText& script, ImportHost& host, InMemory& memory) {
  shell::CmdletTable table;
  shell::add_core_cmdlets(table);
  shell::add_pipeline_cmdlets(table);
  shell::add_connector_cmdlets(table, memory);
  shell::add_transport_service_cmdlets(table, memory);
  shell::add_auth_config_cmdlets(table, memory);
  shell::Interpreter interpreter(host, table);
  try {
    (void)interpreter.run(script.text());
  } catch (const shell::ScriptError& error) {
    exchange::refuse_export(script.file(), {error.place().line, error.place().column}, error.what());
  }
}

}  // namespace

ScriptedImport run_script(const exchange::ExportedText& script, Organisation before,
                          exchange::ImportMode mode) {
  const bool replaces = mode == exchange::ImportMode::replace;
  ImportHost host;
  InMemory memory(replaces ? without_connectors(before) : before);
  run(script, host, memory);
  ScriptedImport out{std::move(memory).take(), {}, {}};
  Organisation& after = out.organisation;
  ImportedObject config{script.file(), {}, "TransportConfig", {}, {}, 0, {}, {}};
  name_file(after.transport_config, script.file(), config);
  if (!config.taken.empty()) out.objects.push_back(std::move(config));
  name_file(after.send_connectors, script.file(), out.objects);
  name_file(after.receive_connectors, script.file(), out.objects);
  name_file(after.inbound_connectors, script.file(), out.objects);
  name_file(after.outbound_connectors, script.file(), out.objects);
  if (replaces) {
    restore(after.send_connectors, before.send_connectors);
    restore(after.receive_connectors, before.receive_connectors);
    restore(after.inbound_connectors, before.inbound_connectors);
    restore(after.outbound_connectors, before.outbound_connectors);
  }
  for (const std::string& warning : host.warnings) out.warnings.push_back(script.file() + ": " + warning);
  return out;
}

}  // namespace domsec::cli
