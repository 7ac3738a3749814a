// Any bytes are a script or one ScriptError with a place inside the text; what runs stays within its limits and touches
// nothing but the host. What is incomplete is not complete without more text.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "domsec/shell/completion.h"
#include "domsec/shell/core_cmdlets.h"
#include "domsec/shell/evaluator.h"
#include "fuzz/property.h"

namespace {

using namespace domsec;

class NullHost : public shell::Host {
 public:
  void write(std::string_view) override {}
  void warn(std::string_view) override {}
  shell::Answer confirm(std::string_view) override { return shell::Answer::no; }
  pki::Instant now() override { return pki::Instant(std::chrono::seconds(1'795'338'902)); }
  shell::Bytes read_file(const std::string&) override { return {0, 255, 65}; }
  void write_file(const std::string&, std::string_view) override {}
  void append_file(const std::string&, std::string_view) override {}
};

const shell::CmdletTable& table() {
  static const shell::CmdletTable cmdlets = [] {
    shell::CmdletTable all;
    shell::add_core_cmdlets(all);
    shell::add_pipeline_cmdlets(all);
    return all;
  }();
  return cmdlets;
}

void check_place(const shell::ScriptError& error, std::string_view text) {
  const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
  property(error.place().line >= 1 && error.place().line <= lines, "an error stands on a line of the script");
  property(error.place().column >= 1, "columns count from 1");
  property(*error.what() != '\0', "an error has a sentence");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT: the fuzzer's interface
  NullHost host;
  shell::Limits limits;
  limits.steps = 2'000;
  limits.octets = 1 << 20;
  limits.longest_text = 1 << 16;
  limits.longest_list = 1'000;
  shell::Interpreter interpreter(host, table(), limits);
  (void)shell::completions(text.substr(0, text.find('\n')), interpreter);
  try {
    (void)interpreter.run(text);
  } catch (const shell::ScriptError& error) {
    check_place(error, text);
  }
  return 0;
}
