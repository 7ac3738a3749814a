// A scenario: what two organisations of the lab are, what they do step by step, and what each step must come
// to. Plain values, read from TOML (docs/scenarios.md); scenario_play.h plays them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domsec/lab/fault.h"
#include "domsec/lab/recipe.h"
#include "domsec/net/channel.h"

namespace domsec::lab {

/// What one end makes of one session. What is empty is not looked at.
struct ExpectedEnd {
  int line = 0;
  std::optional<finding::Code> finding;  // its headline; where mail passes, a listed remark as well
  std::optional<policy::Level> level;
  std::optional<policy::Treatment> treatment;
  std::optional<std::string> reply;    // what MAIL FROM or the delivery came to
  std::vector<std::string> log;        // parts of lines of its protocol log, in this order
  std::vector<std::string> log_lacks;  // parts of no line
};

/// Mail from one organisation to another.
struct SendStep {
  std::string from;
  std::string to;
  std::optional<std::string> mail_from;  // empty text = the null reverse-path
  std::optional<std::string> rcpt_to;
  std::optional<std::string> content;  // header and body
  std::optional<bool> passes;
  ExpectedEnd sender;
  ExpectedEnd receiver;
  std::vector<std::string> stored;  // parts of the accepted mail as it was stored
  std::vector<std::string> stored_lacks;
};

/// Place → fault; no fault mends it.
struct BreakStep {
  std::map<std::string, std::string> faults;
};

/// The clock goes on; revocation lists are published anew.
struct WaitStep {
  std::chrono::seconds span{0};
};

/// Place → TOML that goes over what the lab writes for it.
struct ConfigureStep {
  std::map<std::string, std::string> configurations;
};

/// A program from outside. Words may hold the places of `Placeholders`.
struct RunStep {
  std::vector<std::string> command;
  std::string input;
  int exit_code = 0;
  std::vector<std::string> output;  // parts of what it says, in this order
  std::vector<std::string> output_lacks;
  std::chrono::milliseconds limit{10'000};
  /// An organisation that it meets as a client; then what that organisation saw.
  std::string meets;
  ExpectedEnd receiver;
};

/// Place → name of a counter → its value since the scenario began.
struct CountersStep {
  std::map<std::string, std::map<std::string, std::uint64_t>> counters;
};

struct Step {
  int line = 0;
  std::string title;  // `woodgrove -> contoso`
  std::variant<SendStep, BreakStep, WaitStep, ConfigureStep, RunStep, CountersStep> what;
};

/// A server that takes the place of an organisation's hosts.
struct ExternalServer {
  int line = 0;
  std::vector<std::string> program;   // started here; empty = it runs already
  std::optional<net::Endpoint> host;  // where it runs; nothing = {address}:{port} of the first host
  std::chrono::milliseconds ready_within{10'000};
};

/// What a place (an organisation or one of its hosts) is at the beginning.
struct Side {
  int line = 0;
  std::string fault;          // empty = sound
  std::string configuration;  // TOML over what the lab writes; empty = nothing
  std::optional<ExternalServer> external;
};

struct Scenario {
  std::string file;
  std::string title;
  std::vector<std::string> requirements;     // `R8`
  std::optional<pki::Instant> time;          // where its clock begins; nothing = now
  std::chrono::milliseconds patience{2000};  // of each wait of either end
  Recipe recipe;
  std::string recipe_text;            // of the same recipe; equal texts, equal identities
  std::vector<Fault> faults;          // its own, beside the catalogue's
  std::map<std::string, Side> sides;  // by place
  std::vector<Step> steps;
};

/// Throws LabError, `file:line: sentence`. A recipe's file name is relative to `file`.
[[nodiscard]] Scenario read_scenario(std::string_view toml, const std::string& file);

/// The scenario of a fault, each role that it has: broken, met, mended, met again.
[[nodiscard]] std::string scenario_of(const Fault& fault);

}  // namespace domsec::lab
