// [[step]] tables: one verb each, and what must come of it.
#include <sstream>

#include "placeholders.h"
#include "read_fault_parts.h"
#include "read_scenario_parts.h"

namespace domsec::lab {
namespace {

constexpr const char* verbs[] = {"send", "break", "fix", "wait", "configure", "run", "counters"};

std::string verb_of(const toml::table& source, const std::string& file) {
  std::string found;
  for (const char* verb : verbs) {
    if (!source.contains(verb)) continue;
    if (!found.empty()) {
      throw LabError(place(file, source) + "a step does one thing, this one has '" + found + "' and '" +
                     verb + "'; make two of it");
    }
    found = verb;
  }
  if (!found.empty()) return found;
  throw LabError(place(file, source) +
                 "the step does nothing; write one of send, break, fix, wait, configure, run, counters");
}

ExpectedEnd read_end(const Table& step, const char* key) {
  ExpectedEnd end;
  const toml::table* source = step.table_if(key);
  if (source == nullptr) return end;
  const Table table(*source, step.file(), {"finding", "level", "treatment", "reply", "log", "log_lacks"});
  static constexpr std::pair<std::string_view, policy::Treatment> treatments[] = {
      {"domain-secured", policy::Treatment::domain_secured},
      {"tls-required", policy::Treatment::tls_required},
      {"opportunistic", policy::Treatment::opportunistic},
      {"clear", policy::Treatment::clear},
      {"refuse", policy::Treatment::refuse}};
  end.line = table.line();
  if (table.has("finding")) end.finding = read_finding(table, "finding");
  end.level = table.word_if("level", level_words);
  end.treatment = table.word_if("treatment", treatments);
  end.reply = table.text_if("reply");
  end.log = table.texts("log");
  end.log_lacks = table.texts("log_lacks");
  if (end.level && !end.finding)
    throw LabError(table.where("level") + "'level' is of a finding; write 'finding', too");
  return end;
}

void read_direction(const Table& table, const Recipe& recipe, SendStep& step) {
  const std::string written = table.text("send");
  const std::size_t arrow = written.find(" -> ");
  if (arrow == std::string::npos) {
    throw LabError(table.where("send") + "'" + written +
                   "' says not who sends to whom; write contoso -> woodgrove");
  }
  step.from = written.substr(0, arrow);
  step.to = written.substr(arrow + 4);
  for (const std::string& name : {step.from, step.to}) {
    try {
      (void)organisation(recipe, name);
    } catch (const LabError& error) {
      throw LabError(table.where("send") + error.what());
    }
  }
  if (step.from == step.to)
    throw LabError(table.where("send") + "an organisation does not send to itself here");
}

SendStep read_send(const toml::table& source, const std::string& file, const Recipe& recipe) {
  const Table table(
      source, file,
      {"send", "mail_from", "rcpt_to", "content", "mail", "sender", "receiver", "stored", "stored_lacks"});
  SendStep step;
  read_direction(table, recipe, step);
  step.mail_from = table.text_if("mail_from");
  step.rcpt_to = table.text_if("rcpt_to");
  const auto mailbox = [&table](const char* key, const std::optional<std::string>& text, bool may_be_empty) {
    if (!text || (text->empty() && may_be_empty)) return;
    const std::optional<smtp::Mailbox> read = smtp::parse_mailbox(*text);
    if (read && read->domain()) return;
    throw LabError(table.where(key) + "'" + *text + "' is no mailbox; write one such as bob@contoso.com");
  };
  mailbox("mail_from", step.mail_from, true);
  mailbox("rcpt_to", step.rcpt_to, false);
  step.content = table.text_if("content");
  static constexpr std::pair<std::string_view, bool> ends[] = {{"passes", true}, {"refused", false}};
  step.passes = table.word_if("mail", ends);
  step.sender = read_end(table, "sender");
  step.receiver = read_end(table, "receiver");
  step.stored = table.texts("stored");
  step.stored_lacks = table.texts("stored_lacks");
  const bool looks_at_mail = !step.stored.empty() || !step.stored_lacks.empty();
  if (looks_at_mail && step.passes == false)
    throw LabError(table.where() + "mail that is refused is not stored; leave 'stored' out");
  return step;
}

BreakStep read_break(const toml::table& source, const std::string& file, const Recipe& recipe) {
  const Table table(source, file, {"break"});
  const toml::table* faults = table.table_if("break");
  BreakStep step;
  for (const auto& [place_name, node] : *faults) {
    const std::string name(place_name.str());
    check_place(recipe, name, place(file, node));
    const auto fault = node.value_exact<std::string>();
    if (!fault || fault->empty())
      throw LabError(place(file, node) + "the fault of '" + name + "' is no text; write its name in quotes");
    step.faults[name] = *fault;
  }
  return step;
}

BreakStep read_fix(const toml::table& source, const std::string& file, const Recipe& recipe) {
  const Table table(source, file, {"fix"});
  const std::string name = table.text("fix");
  check_place(recipe, name, table.where("fix"));
  BreakStep step;
  step.faults[name] = std::string();
  return step;
}

ConfigureStep read_configure(const toml::table& source, const std::string& file, const Recipe& recipe) {
  const Table table(source, file, {"configure"});
  ConfigureStep step;
  for (const auto& [place_name, node] : *table.table_if("configure")) {
    const std::string name(place_name.str());
    check_place(recipe, name, place(file, node));
    if (!node.is_table())
      throw LabError(place(file, node) + "what '" + name +
                     "' is to have is no table; write { TransportConfig = { … } }");
    step.configurations[name] = read_configuration(*node.as_table(), recipe, name, place(file, node));
  }
  return step;
}

RunStep read_run(const toml::table& source, const std::string& file, const Recipe& recipe) {
  const Table table(source, file,
                    {"run", "input", "exit", "output", "output_lacks", "limit", "meets", "receiver"});
  RunStep step;
  step.command = table.texts("run");
  if (step.command.empty()) throw LabError(table.where("run") + "'run' names no program");
  check_placeholders(step.command, recipe, table.where("run"));
  step.input = table.text_or("input", "");
  step.exit_code = table.number_or("exit", 0);
  step.output = table.texts("output");
  step.output_lacks = table.texts("output_lacks");
  step.limit = table.span_if("limit").value_or(step.limit);
  step.meets = table.text_or("meets", "");
  step.receiver = read_end(table, "receiver");
  if (!step.meets.empty()) {
    try {
      (void)organisation(recipe, step.meets);
    } catch (const LabError& error) {
      throw LabError(table.where("meets") + error.what());
    }
  } else if (step.receiver.line != 0) {
    throw LabError(table.where("receiver") + "whose view this is, is not said; write meets = \"contoso\"");
  }
  return step;
}

CountersStep read_counters(const toml::table& source, const std::string& file, const Recipe& recipe) {
  const Table table(source, file, {"counters"});
  CountersStep step;
  for (const auto& [place_name, node] : *table.table_if("counters")) {
    const std::string name(place_name.str());
    try {
      (void)organisation(recipe, name);
    } catch (const LabError& error) {
      throw LabError(place(file, node) + error.what());
    }
    if (!node.is_table()) throw LabError(place(file, node) + "the counters of '" + name + "' are no table");
    for (const auto& [counter, value] : *node.as_table()) {
      const auto count = value.value_exact<std::int64_t>();
      if (!count || *count < 0)
        throw LabError(place(file, value) + "'" + std::string(counter.str()) + "' is no count");
      step.counters[name][std::string(counter.str())] = static_cast<std::uint64_t>(*count);
    }
  }
  return step;
}

std::string title_of(const Step& step) {
  struct Title {
    std::string operator()(const SendStep& send) const { return send.from + " -> " + send.to; }
    std::string operator()(const BreakStep& step) const {
      std::string text;
      for (const auto& [place, fault] : step.faults) {
        text += (text.empty() ? "" : ", ") + (fault.empty() ? place + " is mended" : place + " has " + fault);
      }
      return text;
    }
    std::string operator()(const WaitStep& wait) const {
      return "wait " + std::to_string(wait.span.count()) + " s";
    }
    std::string operator()(const ConfigureStep& configure) const {
      std::string text = "configure";
      for (const auto& [place, configuration] : configure.configurations) text += " " + place;
      return text;
    }
    std::string operator()(const RunStep& run) const {
      std::string text = "run";
      for (const std::string& word : run.command) text += " " + word;
      return text;
    }
    std::string operator()(const CountersStep&) const { return "counters"; }
  };
  return std::visit(Title(), step.what);
}

}  // namespace

Step read_step(const toml::table& source, const std::string& file, const Recipe& recipe) {
  const std::string verb = verb_of(source, file);
  Step step;
  step.line = static_cast<int>(source.source().begin.line);
  if (verb == "send") {
    step.what = read_send(source, file, recipe);
  } else if (verb == "break") {
    step.what = read_break(source, file, recipe);
  } else if (verb == "fix") {
    step.what = read_fix(source, file, recipe);
  } else if (verb == "wait") {
    const Table table(source, file, {"wait"});
    step.what = WaitStep{std::chrono::duration_cast<std::chrono::seconds>(*table.span_if("wait"))};
  } else if (verb == "configure") {
    step.what = read_configure(source, file, recipe);
  } else if (verb == "run") {
    step.what = read_run(source, file, recipe);
  } else {
    step.what = read_counters(source, file, recipe);
  }
  step.title = title_of(step);
  return step;
}

}  // namespace domsec::lab
