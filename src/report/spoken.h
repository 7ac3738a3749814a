// What was said in a session, one utterance after the other, and which utterance of one end is which of the
// other. Texts decide, not times: clocks of two machines differ.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "domsec/transcript/transcript.h"

namespace domsec::report {

/// A command, the content of a message, or a reply.
struct Utterance {
  enum class Kind { command, content, reply };
  Kind kind = Kind::command;
  std::size_t event = 0;  // its index in the transcript
  std::string text;       // empty for content: what counts as its size differs between the ends
  std::string subject;    // `command MAIL`, `content`, `reply to MAIL`, `greeting`
  bool inside_tls = false;
};

/// Utterances of one direction, of the last connection in the transcript, in their order.
[[nodiscard]] std::vector<Utterance> commands_of(const transcript::Transcript& transcript);
[[nodiscard]] std::vector<Utterance> replies_of(const transcript::Transcript& transcript);

/// Which utterance arrived as which; one of the two is missing when it never arrived, or was never said. In
/// order.
struct Arrival {
  std::optional<std::size_t> said;   // index into what was said
  std::optional<std::size_t> heard;  // index into what was heard
};
/// Equal beginnings and ends belong together; what is left between them is paired one by one, in clear and
/// inside TLS apart.
[[nodiscard]] std::vector<Arrival> arrivals(const std::vector<Utterance>& said,
                                            const std::vector<Utterance>& heard);

}  // namespace domsec::report
