// Where results go: report on stdout, files that were asked for, exit code.
#pragma once

#include <iosfwd>
#include <string>

#include "domsec/cli/options.h"
#include "domsec/report/text.h"

namespace domsec::cli {

/// Colour for a stream: --color, NO_COLOR, CLICOLOR_FORCE, TERM=dumb, and whether it is a terminal.
[[nodiscard]] report::Colour colour_for(const OutputOptions& options, int descriptor);

/// The report of one target: text or JSON on `out`, the files of --json-file, --transcript and --log-json.
void write_report(const OutputOptions& options, const report::Report& report, std::ostream& out);

/// --ndjson: each event of a transcript as one line on `out`, at once.
[[nodiscard]] transcript::Sink event_stream(std::ostream& out);

/// Before a long run: throws UsageError when `file` cannot be appended to.
void require_writable(const std::string& file);
/// Appends one line to a file; throws UsageError with path and cause.
void append_line(const std::string& file, const std::string& line);

}  // namespace domsec::cli
