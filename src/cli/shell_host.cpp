#include "shell_host.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/pki/bundle.h"
#include "domsec/shell/file_path.h"
#include "domsec/transcript/protocol_log.h"

namespace domsec::cli {
namespace {

namespace fs = std::filesystem;
using shell::HostError;

constexpr std::size_t largest_file = 16 << 20;
constexpr const char* choices =
    "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [?] Help (default is \"Y\"): ";
constexpr const char* choices_help =
    "Y - this one; A - this one and all that follow; N - not this one; L - neither this one nor any that "
    "follows\n";

std::string shown(const fs::path& path) {
  return transcript::one_line(path.string());
}

/// Is `path` below `root`, both canonical?
bool below(const fs::path& path, const fs::path& root) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

/// Control characters of a value shall not move a terminal's cursor.
std::string without_controls(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f) c = '?';
  return out;
}

}  // namespace

ShellHost::ShellHost(std::ostream& out, std::ostream& err, std::string root, AskLine ask)
    : out_(out), err_(err), ask_(std::move(ask)) {
  if (root.empty()) return;
  std::error_code error;
  root_ = fs::canonical(root, error);
  if (error || !fs::is_directory(root_))
    throw UsageError("--root: " + shown(root) + " is no directory; make it first");
}

void ShellHost::write(std::string_view text) {
  out_ << without_controls(text) << std::flush;
}

void ShellHost::warn(std::string_view sentence) {
  out_.flush();  // what came before stands before
  err_ << "WARNING: " << without_controls(sentence) << '\n' << std::flush;
}

shell::Answer ShellHost::confirm(std::string_view question) {
  constexpr int most_questions = 100;
  write("\nConfirm\n" + std::string(question) + '\n');
  for (int i = 0; i < most_questions; ++i) {
    const std::optional<std::string> line = ask_(choices);
    if (!line) break;
    const std::string answer = shell::lower(*line);
    if (answer.empty() || answer == "y" || answer == "yes") return shell::Answer::yes;
    if (answer == "a") return shell::Answer::yes_to_all;
    if (answer == "n" || answer == "no") return shell::Answer::no;
    if (answer == "l") return shell::Answer::no_to_all;
    if (answer == "?") write(choices_help);
  }
  throw HostError("nobody answers the question; give -Confirm:$false, or the answer on standard input");
}

pki::Instant ShellHost::now() {
  return cli::now();
}

/// The file that a path of the script means. Throws HostError when it leads out of the root.
fs::path ShellHost::place_of(const std::string& path) const {
  if (root_.empty()) {
    if (shell::is_windows_path(path))
      throw HostError("'" + shown(path) +
                      "' is a Windows path; start the shell with --root DIR, and C:\\x is DIR/x");
    return path;
  }
  const fs::path place = root_ / shell::below_root(path);
  std::error_code error;
  const fs::path real = fs::weakly_canonical(place, error);
  if (error || !below(real, root_))
    throw HostError("'" + shown(path) + "' leads out of the directory of --root; name a file below it");
  return place;
}

shell::Bytes ShellHost::read_file(const std::string& path) {
  const fs::path place = place_of(path);
  try {
    const std::string content = pki::read_file(place.string(), largest_file);
    return {content.begin(), content.end()};
  } catch (const pki::BundleError& error) {
    throw HostError(error.what());
  }
}

void ShellHost::write_file(const std::string& path, std::string_view content) {
  const fs::path place = place_of(path);
  std::error_code error;
  if (!root_.empty()) fs::create_directories(place.parent_path(), error);
  try {
    pki::write_private_file(place.string(), content);
  } catch (const pki::BundleError& fault) {
    throw HostError(fault.what());
  }
}

void ShellHost::append_file(const std::string& path, std::string_view content) {
  std::string whole;
  std::error_code error;
  if (fs::exists(place_of(path), error)) {
    const shell::Bytes before = read_file(path);
    whole.assign(before.begin(), before.end());
  }
  if (whole.size() + content.size() > largest_file)
    throw HostError(shown(path) + " would get larger than 16 MiB");
  write_file(path, whole.append(content));
}

void ConfigurationFile::replace(exchange::Organisation after) {
  try {
    configuration_.replace(std::move(after));
  } catch (const exchange::ConfigError& error) {
    const std::string sentence = error.what();
    try {  // what another program wrote meanwhile is in force from here on
      configuration_ = exchange::Configuration(configuration_.file());
    } catch (const exchange::ConfigError&) {
      throw HostError(sentence);  // it cannot be read: the last one that could stays
    }
    throw HostError(sentence);
  }
}

}  // namespace domsec::cli
