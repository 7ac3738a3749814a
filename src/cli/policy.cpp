// `domsec policy show|lint|explain`. Output on `out`, the one sentence of a refusal on `err`.
#include "domsec/cli/policy.h"

#include <algorithm>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/exchange/write_toml.h"
#include "domsec/pki/bundle.h"
#include "domsec/policy/connector_lint.h"
#include "domsec/smtp/path.h"
#include "domsec/transcript/protocol_log.h"
#include "policy_explanation.h"
#include "policy_store.h"

namespace domsec::cli {

namespace {

constexpr int good = 0;
constexpr int own_configuration_wrong = 2;

pki::Instant instant_of(const PolicyOptions& options) {
  return options.at.value_or(now());
}

bool fails(const policy::Finding& finding, FailOn fail_on) {
  return finding.severity == finding::Severity::fails ||
         (fail_on == FailOn::warnings && finding.severity == finding::Severity::warning);
}

/// Runs `command` with the organisation; a configuration that cannot be read is one sentence and exit code 2.
template <typename Command>
int with_organisation(const PolicyOptions& options, std::ostream& err, const Command& command) {
  try {
    return command(exchange::read_toml(options.config));
  } catch (const exchange::ConfigError& error) {
    err << error.what() << '\n';
    return own_configuration_wrong;
  }
}

/// R12; spec exchange 2.7: what `Format-List Name,DNSRoutingEnabled,FQDN,DomainSecureEnabled` shows.
void write_four_columns(const exchange::SendConnector& connector, std::ostream& out) {
  const auto word = [](const exchange::Sourced<bool>& flag) { return *flag ? "True" : "False"; };
  out << "Name,DNSRoutingEnabled,FQDN,DomainSecureEnabled\n"
      << transcript::csv_field(connector.name) << ',' << word(connector.dns_routing_enabled) << ','
      << (connector.fqdn ? connector.fqdn->text() : "") << ',' << word(connector.domain_secure_enabled) << '\n';
}

int show_connector(const PolicyOptions& options, const exchange::Organisation& organisation, std::ostream& out, std::ostream& err) {
  std::string names;
  for (const exchange::SendConnector& connector : organisation.send_connectors) {
    names += (names.empty() ? "" : ", ") + connector.name;
    if (!exchange::same_word(connector.name, options.connector)) continue;
    if (options.form == PolicyForm::json) {
      out << json_of(connector) << '\n';
    } else {
      write_four_columns(connector, out);
    }
    return good;
  }
  err << options.config << ": no send connector is called '" << options.connector << "'; "
      << (names.empty() ? "there is none at all" : "there is " + names) << '\n';
  return own_configuration_wrong;
}

std::vector<policy::LintFinding> lint_all(const exchange::Organisation& organisation, pki::Instant at) {
  const CertificateStore store = load_certificates(organisation);
  std::vector<policy::LintFinding> all = policy::lint(organisation, store.certificates, at);
  all.insert(all.end(), store.findings.begin(), store.findings.end());
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.origin.line < b.origin.line; });
  return all;
}

void write_text(const std::vector<policy::LintFinding>& findings, std::ostream& out) {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const policy::LintFinding& one : findings) {
    const policy::Finding& finding = one.finding;
    errors += finding.severity == finding::Severity::fails ? 1 : 0;
    warnings += finding.severity == finding::Severity::warning ? 1 : 0;
    out << one.origin.text() << ": " << severity_word(finding.severity) << ": " << finding::name(finding.code) << ' '
        << finding::slug(finding.code) << " [" << one.rule << "] " << finding.detail << '\n'
        << "  remedy: " << finding::row(finding.code).remedy << '\n';
    if (!one.parameter.empty() && !one.value.empty()) out << "  value:  " << one.parameter << " is " << one.value << '\n';
    if (!one.repair.empty()) out << "  repair: " << one.repair << '\n';
  }
  out << errors << (errors == 1 ? " error, " : " errors, ") << warnings << (warnings == 1 ? " warning\n" : " warnings\n");
}

/// `user@domain`, a domain, or `<>`.
struct ExplainedAddress {
  bool valid = false;
  std::optional<smtp::Domain> domain;
};

ExplainedAddress read_address(const std::string& text) {
  if (text == "<>") return {true, std::nullopt};
  std::optional<smtp::Domain> domain;
  if (text.find('@') == std::string::npos) {
    domain = smtp::Domain::parse(text);
  } else if (const std::optional<smtp::Mailbox> mailbox = smtp::parse_mailbox(text, smtp::AllowUtf8::yes)) {
    domain = mailbox->domain();
  }
  return {domain.has_value(), domain};
}

}  // namespace

int run_policy_show(const PolicyOptions& options, std::ostream& out, std::ostream& err) {
  return with_organisation(options, err, [&](const exchange::Organisation& organisation) {
    if (!options.connector.empty()) return show_connector(options, organisation, out, err);
    out << (options.form == PolicyForm::json ? json_of(organisation) + "\n" : exchange::show(organisation));
    return good;
  });
}

int run_policy_lint(const PolicyOptions& options, std::ostream& out, std::ostream& err) {
  return with_organisation(options, err, [&](const exchange::Organisation& organisation) {
    const std::vector<policy::LintFinding> findings = lint_all(organisation, instant_of(options));
    const bool failing = std::any_of(findings.begin(), findings.end(),
                                     [&](const policy::LintFinding& one) { return fails(one.finding, options.fail_on); });
    const int code = failing ? own_configuration_wrong : good;
    if (options.form == PolicyForm::json) {
      out << json_of(findings, code) << '\n';
    } else {
      write_text(findings, out);
    }
    return code;
  });
}

int run_policy_explain(const PolicyOptions& options, std::ostream& out, std::ostream& err) {
  ExplanationQuestion question;
  question.send = options.direction != "receive";
  question.receive = options.direction != "send";
  question.fail_closed = options.fail_closed;
  question.at = instant_of(options);
  try {
    if (!options.certificate.empty()) {
      question.certificate = pki::read_certificates(pki::read_file(options.certificate), options.certificate).front();
    }
  } catch (const pki::BundleError& error) {
    err << "policy explain: --certificate: " << error.what() << '\n';
    return own_configuration_wrong;
  }
  const ExplainedAddress address = read_address(options.address);
  if (!address.valid) {
    err << "policy explain: the address is neither user@domain nor a domain nor <>; write one such as user@contoso.com\n";
    return own_configuration_wrong;
  }
  return with_organisation(options, err, [&](const exchange::Organisation& organisation) {
    const CertificateStore store = load_certificates(organisation);
    for (const policy::LintFinding& trouble : store.findings) err << trouble.origin.text() << ": " << trouble.finding.detail << '\n';
    question.address = options.address;
    question.domain = address.domain;
    const Explanation explanation = explain(organisation, store.certificates, question);
    const std::vector<policy::Finding> findings = findings_of(explanation);
    const bool failing =
        std::any_of(findings.begin(), findings.end(), [&](const policy::Finding& one) { return fails(one, options.fail_on); });
    const int code = failing ? own_configuration_wrong : good;
    if (options.form == PolicyForm::json) {
      out << json_of(explanation, code) << '\n';
    } else {
      write_text(explanation, out);
    }
    return code;
  });
}

}  // namespace domsec::cli
