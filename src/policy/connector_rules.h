// What the rules of all connectors share: a finding names the connector, the parameter with its value and line, and the
// command that mends it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/exchange/write_toml.h"
#include "domsec/policy/connector_lint.h"
#include "domsec/policy/own_configuration.h"

namespace domsec::policy {

/// As the shell prints and takes it: `$true`, `25`, `'a b'`, `a,b`, `$null`.
[[nodiscard]] std::string shell_literal(const exchange::Value& value);
/// `Set-SendConnector Internet -RequireTLS $true`.
[[nodiscard]] std::string set_command(std::string_view noun, std::string_view identity, std::string_view arguments);

/// Collects the findings of one connector; every text begins with its name.
template <typename Connector>
class ConnectorFindings {
 public:
  ConnectorFindings(std::vector<LintFinding>& all, const Connector& connector) : all_(all), connector_(connector) {}

  /// `parameter` gives value and line; the connector's own line when it is a default. `arguments` mend it.
  void add(finding::Code code, std::string rule, std::string_view parameter, const std::string& what,
           std::string_view arguments) {
    const std::string noun(exchange::object_name<Connector>());
    const exchange::Origin at = connector_.origins.of(parameter);
    LintFinding found{own_configuration(code, noun + " " + connector_.name + ": " + what), std::move(rule),
                      at.file.empty() ? connector_.origin : at};
    found.parameter = parameter;
    if (const auto* row = exchange::find_parameter<Connector>(parameter)) found.value = shell_literal(row->get(connector_));
    if (!arguments.empty()) found.repair = set_command(noun, connector_.name, arguments);
    all_.push_back(std::move(found));
  }

 private:
  std::vector<LintFinding>& all_;
  const Connector& connector_;
};

void add_send_connector_rules(const exchange::SendConnector& connector, std::vector<LintFinding>& all);
void add_receive_connector_rules(const exchange::ReceiveConnector& connector, const exchange::Organisation& organisation,
                                 std::vector<LintFinding>& all);
/// RC-6, which concerns two connectors.
void add_binding_rules(const exchange::Organisation& organisation, std::vector<LintFinding>& all);
void add_online_connector_rules(const exchange::Organisation& organisation, std::vector<LintFinding>& all);

/// Spec exchange 2.3: an Edge takes 256 characters.
template <typename Connector>
void add_certificate_name_rule(const Connector& connector, ConnectorFindings<Connector>& found) {
  constexpr std::size_t edge_limit = 256;
  if (!connector.tls_certificate_name) return;
  const std::size_t size = connector.tls_certificate_name->text().size();
  if (size <= edge_limit) return;
  found.add(finding::Code::tls_certificate_name_invalid, "R38", "TlsCertificateName",
            "TlsCertificateName has " + std::to_string(size) +
                " characters; an Edge takes 256 and its subscription stays incomplete",
            "-TlsCertificateName $null");
}

}  // namespace domsec::policy
