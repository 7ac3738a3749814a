// A host for tests: a fixed time, files in memory, answers that were given before, output kept.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "domsec/shell/core_cmdlets.h"
#include "domsec/shell/evaluator.h"

namespace domsec::shell {

class ScriptedHost : public Host {
 public:
  std::string output;
  std::vector<std::string> warnings;
  std::vector<std::string> questions;
  std::deque<Answer> answers;
  std::map<std::string, std::string> files;
  pki::Instant at = *pki::read_rfc3339("2026-11-22T09:15:02Z");

  void write(std::string_view text) override { output += text; }
  void warn(std::string_view sentence) override { warnings.emplace_back(sentence); }
  Answer confirm(std::string_view question) override {
    questions.emplace_back(question);
    if (answers.empty()) throw HostError("nobody is there to answer");
    const Answer answer = answers.front();
    answers.pop_front();
    return answer;
  }
  pki::Instant now() override { return at; }
  Bytes read_file(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) throw HostError(path + ": no such file");
    return Bytes(found->second.begin(), found->second.end());
  }
  void write_file(const std::string& path, std::string_view content) override { files[path] = content; }
  void append_file(const std::string& path, std::string_view content) override { files[path] += content; }
};

/// A shell with the core cmdlets and `Get-Thing`, which puts out two objects.
struct TestShell {
  ScriptedHost host;
  CmdletTable table;
  Limits limits;

  TestShell() {
    add_core_cmdlets(table);
    add_pipeline_cmdlets(table);
    table.add({"Get-Thing",
               "two objects",
               {{.name = "Identity", .kind = ParameterKind::text, .position = 0}},
               Feed::none,
               [](Invocation& call) {
                 List all;
                 for (const char* name : {"First", "Second"}) {
                   if (call.has("Identity") && !same_word(call.text("Identity"), name)) continue;
                   all.push_back(Object{"Thing",
                                        {{"Identity", name, Access::read_only},
                                         {"Enabled", same_word(name, "First")},
                                         {"Names", List{Value("a.example"), Value("b.example")}},
                                         {"Size", same_word(name, "First") ? 10 : 9},
                                         {"Empty", {}}},
                                        {"Identity", "Enabled"},
                                        View::table,
                                        name});
                 }
                 return all;
               }});
    table.add({"Set-Thing",
               "keeps what it was given",
               {{.name = "Identity",
                 .kind = ParameterKind::text,
                 .position = 0,
                 .pipeline = FromPipeline::value_or_property,
                 .presence = Presence::mandatory},
                {.name = "Names", .kind = ParameterKind::edits},
                {.name = "Level", .kind = ParameterKind::text, .words = {"None", "Verbose"}},
                {.name = "Enabled", .kind = ParameterKind::truth},
                {.name = "Effective", .kind = ParameterKind::date_time},
                {.name = "Data", .kind = ParameterKind::octets}},
               Feed::each,
               [](Invocation& call) {
                 std::string line;
                 for (const auto& [name, argument] : call.bound)
                   line += ' ' + name + '=' + shown_text(argument.value, -1);
                 return List{Value("Set" + line)};
               }});
  }

  /// What the script prints; for a fault `line:column: sentence`.
  std::string run(std::string_view script) {
    Interpreter interpreter(host, table, limits);
    host.output.clear();
    try {
      (void)interpreter.run(script);
    } catch (const ScriptError& error) {
      return host.output + std::to_string(error.place().line) + ':' + std::to_string(error.place().column) +
             ": " + error.what();
    }
    return host.output;
  }
};

}  // namespace domsec::shell
