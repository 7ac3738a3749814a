// Runs a script over a host. Everything that a script can make grow is bounded: steps, octets, entries,
// depth.
#pragma once

#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/shell/cmdlets.h"
#include "domsec/shell/host.h"
#include "domsec/shell/syntax.h"

namespace domsec::shell {

/// Of one call of run().
struct Limits {
  std::int64_t steps = 2'000'000;
  std::int64_t octets = 64LL << 20;  // of text and lists made or copied
  std::size_t longest_text = 16 << 20;
  std::size_t longest_list = 100'000;
  int depth = 300;  // of expressions and script blocks within each other
};

/// What is left of the limits.
class Budget {
 public:
  explicit Budget(Limits limits) : limits_(limits) {}
  void renew() { steps_ = octets_ = 0; }
  /// Ends the script at its next step once `flag` is set, by a signal's handler for instance.
  void watch(const volatile std::sig_atomic_t& flag) { interrupted_ = &flag; }
  void step(Place place);
  void charge(std::size_t octets, Place place);
  /// Before a text or a list gets this long.
  void text(std::size_t octets, Place place);
  void list(std::size_t entries, Place place);
  [[nodiscard]] const Limits& limits() const { return limits_; }

 private:
  Limits limits_;
  std::int64_t steps_ = 0;
  std::int64_t octets_ = 0;
  const volatile std::sig_atomic_t* interrupted_ = nullptr;
};

enum class ToAll { unanswered, yes, no };

class Interpreter {
 public:
  Interpreter(Host& host, const CmdletTable& cmdlets, Limits limits = {});

  /// Parses and runs; results go to the host as each statement ends. Throws ScriptError at the first fault.
  /// Returns the exit code when the script said `exit`.
  std::optional<int> run(std::string_view text);
  /// As run, over what has been parsed.
  std::optional<int> run(const StatementsPtr& statements);

  /// For cmdlets: runs a block with `$_` set; what it puts out.
  List run_block(const ScriptBlock& block, const Value& current, Place place);
  /// A variable's value; $null when it was never set.
  [[nodiscard]] Value variable(std::string_view name) const;
  void set_variable(std::string_view name, Value value);
  /// Names of the variables that were set, for completion.
  [[nodiscard]] std::vector<std::string> variables() const;

  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] const CmdletTable& cmdlets() const { return cmdlets_; }
  [[nodiscard]] Budget& budget() { return budget_; }
  /// How many entries of a list are printed: `$FormatEnumerationLimit`, 4 unless set, -1 = all.
  [[nodiscard]] std::int64_t enumeration_limit() const;
  ToAll to_all = ToAll::unanswered;

 private:
  friend class Evaluation;
  Host& host_;
  const CmdletTable& cmdlets_;
  Budget budget_;
  std::map<std::string, Value, std::less<>> variables_;
  int depth_ = 0;
};

/// What `exit` throws; run() catches it.
struct Exit {
  int code = 0;
};

}  // namespace domsec::shell
