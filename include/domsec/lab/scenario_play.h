// A scenario played: a lab of its own, real sessions on loopback, a clock that moves when the scenario says
// so.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/lab/scenario.h"
#include "domsec/net/loop.h"
#include "domsec/net/task.h"
#include "domsec/transcript/transcript.h"

namespace domsec::lab {

/// An expectation that did not hold.
struct Mismatch {
  int line = 0;      // of the scenario's file
  std::string what;  // `receiver: finding`
  std::string expected;
  std::string seen;
};

struct PlayedStep {
  const Step* step = nullptr;
  std::vector<Mismatch> mismatches;
  std::optional<transcript::Transcript> sender;
  std::optional<transcript::Transcript> receiver;
  std::string output;  // of its program
};

struct Played {
  std::vector<PlayedStep> steps;  // as far as it came
  std::string trouble;            // why it came no further, a sentence; empty = it came to its end
  int trouble_line = 0;
  std::chrono::milliseconds took{0};
  [[nodiscard]] bool held() const;
};

struct PlaySettings {
  std::string directory;  // its own, empty
  std::string program;    // what `domsec` in a command stands for
  std::function<pki::Instant()> now;
  transcript::Clock clock;
};

/// Steps in their order until one does not hold; those behind it would show nothing. The scenario must
/// outlive the result.
[[nodiscard]] net::task<Played> play(net::Loop& loop, const Scenario& scenario, PlaySettings settings);

}  // namespace domsec::lab
