#include "domsec/cli/shell.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <istream>
#include <iterator>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/pki/bundle.h"
#include "domsec/shell/auth_config_cmdlets.h"
#include "domsec/shell/connector_cmdlets.h"
#include "domsec/shell/core_cmdlets.h"
#include "domsec/shell/transport_service_cmdlets.h"
#include "shell_certificates.h"
#include "shell_host.h"
#include "shell_terminal.h"

namespace domsec::cli {
namespace {

constexpr int good = 0;
constexpr int script_or_configuration_wrong = 2;

enum class Source { commands, file, input, conversation };

Source source_of(const ShellOptions& options) {
  if (options.commands && !options.script.empty())
    throw UsageError("shell: -c and a script are two scripts; give one of them");
  if (options.commands) return Source::commands;
  if (options.script.empty())
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 ? Source::conversation : Source::input;
  return options.script == "-" ? Source::input : Source::file;
}

/// One octet more than a script may have is enough to see that it is too large.
std::string read_all(std::istream& in) {
  std::string text(shell::largest_script + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

struct Script {
  std::string name;  // for messages
  std::string text;
};

Script script_of(const ShellOptions& options, Source source, std::istream& in) {
  if (source == Source::commands) return {"-c", *options.commands};
  if (source == Source::input) return {"stdin", read_all(in)};
  return {options.script, pki::read_file(options.script, shell::largest_script)};
}

/// The configuration of --config, else domsec.toml of this directory where there is one.
std::optional<ConfigurationFile> configuration_of(const ShellOptions& options) {
  if (!options.config.empty()) return ConfigurationFile(options.config);
  std::error_code error;
  if (std::filesystem::exists("domsec.toml", error)) return ConfigurationFile("domsec.toml");
  return std::nullopt;
}

std::optional<std::string> answer_from(std::istream& in, std::ostream& out, const std::string& prompt) {
  constexpr std::size_t longest = 200;
  out << prompt << std::flush;
  std::string line;
  in.clear();  // an interrupted question does not end the input
  if (!std::getline(in, line)) return std::nullopt;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line.substr(0, longest);
}

}  // namespace

void write_fault(const shell::ScriptError& error, const std::string& name, std::string_view text,
                 std::ostream& err) {
  constexpr std::size_t widest = 200;
  err << shell::text(name, error.place()) << ": " << error.what() << '\n';
  for (int line = 1; line < error.place().line && !text.empty(); ++line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  std::string source(text.substr(0, text.find_first_of("\r\n")));
  for (char& c : source)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  const auto column = static_cast<std::size_t>(error.place().column);
  if (source.size() > widest || column > widest || source.find_first_not_of(' ') == std::string::npos) return;
  err << "  " << source << "\n  " << std::string(column - 1, ' ') << "^\n";
}

int run_shell(const ShellOptions& options, std::istream& in, std::ostream& out, std::ostream& err) {
  const Source source = source_of(options);
  std::optional<ConfigurationFile> configuration = configuration_of(options);
  const AskLine ask = [&](const std::string& prompt) -> std::optional<std::string> {
    if (source == Source::input) return std::nullopt;  // what follows there is script
    return answer_from(in, out, prompt);
  };
  ShellHost host(out, err, options.root, ask);
  shell::CmdletTable table;
  shell::add_core_cmdlets(table);
  shell::add_pipeline_cmdlets(table);
  const auto organisation = [&]() -> const exchange::Organisation* {
    return configuration ? &configuration->organisation() : nullptr;
  };
  ShellCertificates certificates(organisation, options.store, now);
  if (configuration) {
    shell::add_connector_cmdlets(table, *configuration);
    shell::add_transport_service_cmdlets(table, *configuration);
    shell::add_auth_config_cmdlets(table, *configuration, &certificates);
  }
  shell::add_certificate_cmdlets(table, certificates);
  shell::Interpreter interpreter(host, table);
  if (source == Source::conversation) return converse(interpreter, out, err);
  const Script script = script_of(options, source, in);
  try {
    return interpreter.run(script.text).value_or(good);
  } catch (const shell::ScriptError& error) {
    out.flush();
    write_fault(error, script.name, script.text, err);
    return script_or_configuration_wrong;
  }
}

}  // namespace domsec::cli
