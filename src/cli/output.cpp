#include "domsec/cli/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ostream>

#include "domsec/report/session_json.h"
#include "domsec/transcript/ndjson.h"

namespace domsec::cli {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value && *value && std::strcmp(value, "0") != 0;
}

int open_for_append(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) throw UsageError("cannot write " + file + ": " + std::strerror(errno));
  return descriptor;
}

report::Detail detail_of(const OutputOptions& options) {
  if (options.verbosity >= 2) return report::Detail::transcript;
  return options.verbosity == 1 ? report::Detail::certificates : report::Detail::checklist;
}

}  // namespace

report::Colour colour_for(const OutputOptions& options, int descriptor) {
  if (options.color == "always") return report::Colour::ansi;
  if (options.color == "never") return report::Colour::none;
  if (options.color != "auto") throw UsageError("--color: '" + options.color + "' is none of auto, always, never");
  if (std::getenv("NO_COLOR") && *std::getenv("NO_COLOR")) return report::Colour::none;
  if (is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR")) return report::Colour::ansi;
  const char* terminal = std::getenv("TERM");
  const bool dumb = !terminal || std::strcmp(terminal, "dumb") == 0;
  return ::isatty(descriptor) && !dumb ? report::Colour::ansi : report::Colour::none;
}

transcript::Sink event_stream(std::ostream& out) {
  return [&out](const transcript::Transcript& transcript, const transcript::Event& event) {
    out << transcript::event_json(transcript, event) << '\n' << std::flush;
  };
}

void require_writable(const std::string& file) { ::close(open_for_append(file)); }

void append_line(const std::string& file, const std::string& line) {
  const int descriptor = open_for_append(file);
  const std::string octets = line + "\n";
  std::size_t written = 0;
  while (written < octets.size()) {
    const ssize_t count = ::write(descriptor, octets.data() + written, octets.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const std::string cause = std::strerror(errno);
      ::close(descriptor);
      throw UsageError("cannot write " + file + ": " + cause);
    }
    written += static_cast<std::size_t>(count);
  }
  ::close(descriptor);
}

void write_report(const OutputOptions& options, const report::Report& report, std::ostream& out) {
  for (const report::Session& session : report.sessions) {
    if (!options.session_file.empty()) append_line(options.session_file, transcript::session_json(session.transcript));
  }
  if (report.plaintext && !options.session_file.empty()) {
    append_line(options.session_file, transcript::session_json(report.plaintext->transcript));
  }
  if (!options.json_file.empty()) append_line(options.json_file, report::report_json(report));
  if (!options.transcript_file.empty()) {
    append_line(options.transcript_file, report::text(report, report::Detail::transcript, report::Colour::none));
  }
  if (options.ndjson) {
    for (const report::Session& session : report.sessions) out << transcript::session_json(session.transcript) << '\n';
    if (report.plaintext) out << transcript::session_json(report.plaintext->transcript) << '\n';
  } else if (options.json) {
    out << report::report_json(report) << '\n';
  } else if (!options.quiet) {
    out << report::text(report, detail_of(options), colour_for(options, STDOUT_FILENO));
  }
}

}  // namespace domsec::cli
