#include "domsec/cli/faults.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "domsec/cli/lab_start.h"
#include "domsec/cli/options.h"
#include "domsec/exchange/configuration.h"
#include "domsec/finding/catalogue.h"
#include "domsec/finding/profile.h"
#include "domsec/lab/scenario.h"
#include "domsec/lab/trial.h"
#include "fault_peers.h"
#include "scratch_directory.h"

namespace domsec::cli {
namespace {

constexpr std::size_t name_width = 34;
constexpr policy::Role both[] = {policy::Role::receive, policy::Role::send};

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 2), ' ');
  return text;
}

std::string full_name(const lab::Fault& fault, policy::Role role) {
  return (role == policy::Role::receive ? "server/" : "client/") + fault.name;
}

const std::optional<lab::Expectation>& expected_of(const lab::Fault& fault, policy::Role role) {
  return role == policy::Role::receive ? fault.as_server : fault.as_client;
}

std::string finding_text(finding::Code code) {
  return std::string(finding::name(code)) + " " + std::string(finding::slug(code));
}

/// What stacks of their own make of the finding (docs/findings.md).
std::string_view treatment(finding::Severity severity) {
  switch (severity) {
    case finding::Severity::ok:
      return "accepts";
    case finding::Severity::information:
      return "accepts, and tells";
    case finding::Severity::warning:
      return "accepts, with a warning";
    case finding::Severity::fails:
      return "refuses";
    case finding::Severity::silent:
      return "accepts: it does not look";
    case finding::Severity::inconclusive:
      return "cannot tell";
    case finding::Severity::unknown:
      return "not known";
  }
  return "not known";
}

void print_role(std::ostream& out, const lab::Fault& fault, policy::Role role) {
  const std::optional<lab::Expectation>& expected = expected_of(fault, role);
  if (!expected) return;
  out << (role == policy::Role::receive ? "\nas server    who sends to it finds "
                                        : "\nas client    who receives from it finds ")
      << finding_text(expected->code) << " (" << policy::text(expected->level) << "); mail "
      << (expected->refused ? "does not pass" : "passes") << '\n';
  if (!expected->reply.empty()) out << "  replies    " << expected->reply << '\n';
  for (const finding::Profile profile :
       {finding::Profile::exchange, finding::Profile::postfix, finding::Profile::exim,
        finding::Profile::opensmtpd, finding::Profile::strict}) {
    out << "  " << padded(std::string(finding::text(profile)), 11)
        << treatment(finding::severity(expected->code, profile)) << '\n';
  }
  const finding::Row& row = finding::row(expected->code);
  const std::pair<const char*, std::string_view> logs[] = {{"Postfix", row.postfix},
                                                           {"Exim", row.exim},
                                                           {"sendmail", row.sendmail},
                                                           {"OpenSMTPD", row.opensmtpd},
                                                           {"Exchange", row.exchange_log}};
  for (const auto& [stack, line] : logs) {
    if (line != "–") out << "  log of " << stack << ": " << line << '\n';
  }
  print_peers_of(out, fault, role);
}

int print_one(const lab::Fault& fault, const FaultsOptions& options, std::ostream& out) {
  out << fault.name << ": " << fault.summary << '\n' << "good for     " << fault.use << '\n';
  for (const policy::Role role : both) {
    if (is_asked_for(options, fault, role)) print_role(out, fault, role);
  }
  const bool server = is_asked_for(options, fault, policy::Role::receive);
  out << "\ntry          domsec repro "
      << full_name(fault, server ? policy::Role::receive : policy::Role::send)
      << (server ? "" : " --connect 127.0.0.1:25") << '\n'
      << "             domsec lab break woodgrove " << fault.name << '\n';
  return 0;
}

int print_all(const FaultsOptions& options, std::ostream& out) {
  std::optional<lab::FaultFamily> family;
  for (const lab::Fault& fault : lab::faults()) {
    const bool server = is_asked_for(options, fault, policy::Role::receive);
    const bool client = is_asked_for(options, fault, policy::Role::send);
    if (!server && !client) continue;
    if (family != fault.family) {
      out << (family ? "\n" : "") << text(fault.family) << '\n';
      family = fault.family;
    }
    const char* roles = server && client ? "both  " : server ? "server" : "client";
    const finding::Code code = server ? fault.as_server->code : fault.as_client->code;
    out << "  " << padded(fault.name, name_width) << roles << "  " << finding::name(code) << "  "
        << fault.summary << '\n';
  }
  return 0;
}

int check(const FaultsOptions& options, std::ostream& out, std::ostream& err) {
  const ScratchDirectory directory;
  net::Loop loop;
  lab::Trials trials(loop, trial_settings(directory.path));
  std::size_t tried = 0;
  std::size_t failed = 0;
  for (const lab::Fault& fault : lab::faults()) {
    for (const policy::Role role : both) {
      if (!is_asked_for(options, fault, role)) continue;
      const lab::Trial trial = net::run(loop, trials.meet(fault, role, "woodgrove", "contoso"));
      const lab::Expectation& expected = *expected_of(fault, role);
      ++tried;
      failed += trial.difference.empty() ? 0 : 1;
      out << (trial.difference.empty() ? "ok    " : "FAIL  ") << padded(trial.name(), name_width + 7)
          << finding_text(expected.code) << (trial.difference.empty() ? "" : ": " + trial.difference) << '\n';
    }
  }
  trials.lab().stop();
  err << tried - failed << " of " << tried << " faults were found as expected\n";
  return failed == 0 ? 0 : 1;
}

int print_scenario(const FaultsOptions& options, std::ostream& out) {
  if (options.name.empty())
    throw UsageError("--scenario: of which fault? Name one; --scenarios DIR writes those of all");
  out << lab::scenario_of(lab::fault_named(options.name));
  return 0;
}

int write_scenarios(const FaultsOptions& options, std::ostream& err) {
  std::size_t written = 0;
  for (const lab::Fault& fault : lab::faults()) {
    if (!is_asked_for(options, fault, policy::Role::receive) && !is_asked_for(options, fault, policy::Role::send))
      continue;
    const std::string folder = options.directory + "/" + std::string(text(fault.family));
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw UsageError("--scenarios: " + folder + ": " + error.message());
    try {
      exchange::replace_file(folder + "/" + fault.name + ".scenario.toml", lab::scenario_of(fault));
    } catch (const exchange::ConfigError& failure) {
      throw UsageError(std::string("--scenarios: ") + failure.what());
    }
    ++written;
  }
  err << written << " scenarios written below " << options.directory << "; domsec run " << options.directory
      << " plays them\n";
  return 0;
}

}  // namespace

bool is_asked_for(const FaultsOptions& options, const lab::Fault& fault, policy::Role role) {
  const bool server = role == policy::Role::receive;
  if (!expected_of(fault, role)) return false;
  if (!options.role.empty() && options.role != (server ? "server" : "client")) return false;
  if (!options.family.empty() && options.family != text(fault.family)) return false;
  if (options.name.empty()) return true;
  const bool of_server = options.name.starts_with("server/");
  const bool of_client = options.name.starts_with("client/");
  return lab::find_fault(options.name) == &fault && !(server ? of_client : of_server);
}

int run_faults(const FaultsOptions& options, std::ostream& out, std::ostream& err) {
  if (!options.name.empty() && lab::find_fault(options.name) == nullptr) {
    throw UsageError("there is no fault '" + options.name + "'; domsec faults lists them");
  }
  if (!options.directory.empty()) return write_scenarios(options, err);
  if (options.form == FaultsForm::scenario) return print_scenario(options, out);
  refuse_unknown_peer(options);
  if (options.check) return check(options, out, err);
  if (options.form == FaultsForm::json) {
    out << faults_json(options) << '\n';
    return 0;
  }
  if (!options.peer.empty()) {
    options.name.empty() ? print_peer(options, out) : print_peer_met(options, out);
    return 0;
  }
  return options.name.empty() ? print_all(options, out)
                              : print_one(lab::fault_named(options.name), options, out);
}

}  // namespace domsec::cli
