// Files, dates, output and help.
#include "domsec/shell/core_cmdlets.h"

#include <utility>

#include "domsec/shell/evaluator.h"
#include "domsec/shell/format.h"
#include "domsec/shell/pattern.h"

namespace domsec::shell {
namespace {

std::string printed(const Invocation& call, const List& entries) {
  return format_default(entries, {call.interpreter.enumeration_limit()});
}

/// Runs `use`; a file's fault stands at the argument that names it.
template <typename Use>
auto with_file(const Invocation& call, const std::string& parameter, const Use& use) {
  try {
    return use(call.text(parameter));
  } catch (const HostError& error) {
    call.refuse(parameter, error.what());
  }
}

bool wants_octets(const Invocation& call) {
  return same_word(call.text("Encoding"), "Byte") || call.is_set("AsByteStream");
}

// --- Get-Content, Set-Content, Out-File

List get_content(Invocation& call) {
  Bytes octets =
      with_file(call, "Path", [&](const std::string& path) { return call.host().read_file(path); });
  Budget& budget = call.interpreter.budget();
  budget.charge(octets.size(), call.place);
  if (wants_octets(call)) return {Value(std::move(octets))};
  std::string text(octets.begin(), octets.end());
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (call.is_set("Raw")) return {Value(std::move(text))};
  List lines;
  const std::int64_t most = call.number("TotalCount", -1);
  for (std::size_t begin = 0; begin < text.size();) {
    if (most >= 0 && static_cast<std::int64_t>(lines.size()) >= most) break;
    std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::size_t next = end + 1;
    if (end > begin && text[end - 1] == '\r') --end;
    budget.list(lines.size() + 1, call.place);
    lines.emplace_back(text.substr(begin, end - begin));
    begin = next;
  }
  return lines;
}

/// The octets that Set-Content writes: a line for each value, or what the octets are.
std::string content_of(const Invocation& call) {
  const List values = call.has("Value") ? enumerated(call.value("Value")) : call.input;
  std::string content;
  for (const Value& value : values) {
    if (const Bytes* octets = value.octets()) {
      content.append(octets->begin(), octets->end());
    } else if (wants_octets(call)) {
      if (!value.number() || *value.number() < 0 || *value.number() > 255)
        call.refuse("Value",
                    "-Encoding Byte writes octets, and '" + text_of(value).substr(0, 60) + "' is none");
      content += static_cast<char>(*value.number());
    } else {
      content += text_of(value) + (call.is_set("NoNewline") ? "" : "\n");
    }
    call.interpreter.budget().text(content.size(), call.place);
  }
  return content;
}

bool changes_nothing(const Invocation& call, const std::string& what) {
  if (!call.is_set("WhatIf")) return false;
  call.host().write("What if: " + what + '\n');
  return true;
}

List set_content(Invocation& call) {
  const std::string content = content_of(call);
  if (changes_nothing(call, call.cmdlet.name + " writes " + std::to_string(content.size()) + " octets to " +
                                call.text("Path")))
    return {};
  with_file(call, "Path", [&](const std::string& path) {
    if (call.cmdlet.name == "Add-Content")
      call.host().append_file(path, content);
    else
      call.host().write_file(path, content);
  });
  return {};
}

List out_file(Invocation& call) {
  const List entries = call.has("InputObject") ? enumerated(call.value("InputObject")) : call.input;
  const std::string content = printed(call, entries);
  if (changes_nothing(
          call, "Out-File writes " + std::to_string(content.size()) + " octets to " + call.text("FilePath")))
    return {};
  with_file(call, "FilePath", [&](const std::string& path) {
    if (call.is_set("Append"))
      call.host().append_file(path, content);
    else
      call.host().write_file(path, content);
  });
  return {};
}

void add_files(CmdletTable& table) {
  using enum ParameterKind;
  const ParameterSpec encoding{.name = "Encoding",
                               .kind = text,
                               .about = "Byte: octets; otherwise UTF-8",
                               .words = {"Byte", "UTF8", "ASCII"}};
  const ParameterSpec octet_stream{
      .name = "AsByteStream", .kind = flag, .about = "octets, as -Encoding Byte"};
  const ParameterSpec path{.name = "Path",
                           .kind = text,
                           .about = "the file",
                           .position = 0,
                           .presence = Presence::mandatory,
                           .aliases = {"LiteralPath", "FilePath"}};
  const ParameterSpec value{
      .name = "Value", .about = "what is written, a line for each value", .position = 1};
  const ParameterSpec no_newline{
      .name = "NoNewline", .kind = flag, .about = "no end of line behind the values"};
  table.add({"Get-Content",
             "the lines of a file, or its octets",
             {path,
              encoding,
              octet_stream,
              {.name = "ReadCount", .kind = number, .about = "accepted; the file is read at once"},
              {.name = "TotalCount",
               .kind = number,
               .about = "no more lines than this",
               .aliases = {"First", "Head"}},
              {.name = "Raw", .kind = flag, .about = "the whole file as one text"}},
             Feed::none,
             get_content});
  table.add({"Set-Content",
             "writes a file anew",
             {path, value, encoding, octet_stream, no_newline},
             Feed::whole,
             set_content});
  table.add({"Add-Content",
             "writes at the end of a file",
             {path, value, encoding, octet_stream, no_newline},
             Feed::whole,
             set_content});
  table.add({"Out-File",
             "writes what would be printed to a file",
             {{.name = "FilePath",
               .kind = text,
               .about = "the file",
               .position = 0,
               .presence = Presence::mandatory,
               .aliases = {"Path"}},
              {.name = "InputObject", .about = "what is written, instead of the pipeline"},
              {.name = "Append", .kind = flag, .about = "at the end of the file"},
              encoding},
             Feed::whole,
             out_file});
}

// --- dates and output

List get_date(Invocation& call) {
  const pki::Instant instant = call.has("Date") ? *call.value("Date").instant() : call.host().now();
  if (call.has("Format")) return {Value(date_text(instant, call.text("Format")))};
  return {Value(instant)};
}

std::string spoken(const Value& value) {
  std::string out;
  for (const Value& entry : enumerated(value)) out += (out.empty() ? "" : " ") + text_of(entry);
  return out;
}

List write_host(Invocation& call) {
  std::string line;
  if (call.has("Object")) line = spoken(call.value("Object"));
  for (const Value& entry : call.input) line += (line.empty() ? "" : "\n") + text_of(entry);
  call.host().write(line + (call.is_set("NoNewline") ? "" : "\n"));
  return {};
}

List write_output(Invocation& call) {
  List output = call.has("InputObject") ? enumerated(call.value("InputObject")) : call.input;
  return output;
}

List write_warning(Invocation& call) {
  call.host().warn(call.text("Message"));
  return {};
}

void add_output(CmdletTable& table) {
  using enum ParameterKind;
  table.add({"Get-Date",
             "the time now, UTC",
             {{.name = "Date", .kind = date_time, .about = "this time instead", .position = 0},
              {.name = "Format", .kind = text, .about = "yyyy-MM-dd HH:mm:ss and its like"}},
             Feed::none,
             get_date});
  table.add({"Write-Host",
             "prints text at once",
             {{.name = "Object", .about = "what is printed", .position = 0, .rest = Rest::gathers},
              {.name = "NoNewline", .kind = flag, .about = "no end of line"},
              {.name = "ForegroundColor", .kind = text, .about = "accepted"},
              {.name = "BackgroundColor", .kind = text, .about = "accepted"}},
             Feed::whole,
             write_host});
  table.add({"Write-Output",
             "passes values on",
             {{.name = "InputObject", .about = "the values", .position = 0, .rest = Rest::gathers}},
             Feed::whole,
             write_output});
  table.add({"Write-Warning",
             "one sentence for people",
             {{.name = "Message",
               .kind = text,
               .about = "the sentence",
               .position = 0,
               .presence = Presence::mandatory}},
             Feed::none,
             write_warning});
  table.add({"Out-Null", "drops what comes", {}, Feed::whole, [](Invocation&) { return List{}; }});
  table.add({"Out-String", "what would be printed, as one text", {}, Feed::whole, [](Invocation& call) {
               return List{Value(printed(call, call.input))};
             }});
  table.add(
      {"exit",
       "ends the script",
       {{.name = "ExitCode", .kind = number, .about = "0 to 255", .position = 0}},
       Feed::none,
       [](Invocation& call) -> List { throw Exit{static_cast<int>(call.number("ExitCode", 0) & 0xFF)}; }});
}

// --- help

std::string_view kind_text(ParameterKind kind) {
  switch (kind) {
    case ParameterKind::anything:
      return "value";
    case ParameterKind::text:
      return "text";
    case ParameterKind::texts:
      return "text,...";
    case ParameterKind::number:
      return "number";
    case ParameterKind::flag:
      return "";
    case ParameterKind::truth:
      return "$true|$false";
    case ParameterKind::date_time:
      return "date";
    case ParameterKind::octets:
      return "octets";
    case ParameterKind::block:
      return "{ }";
    case ParameterKind::edits:
      return "text,... | @{Add=...; Remove=...}";
  }
  return "";
}

std::string words_of(const ParameterSpec& spec) {
  std::string out;
  for (const std::string& word : spec.words) out += (out.empty() ? "" : "|") + word;
  return out;
}

std::string parameter_line(const ParameterSpec& spec) {
  const std::string words = words_of(spec);
  const std::string wanted = words.empty() ? std::string(kind_text(spec.kind)) : words;
  std::string line = "  -" + spec.name + (wanted.empty() ? "" : " " + wanted);
  if (spec.presence == Presence::mandatory) line += "   (mandatory)";
  if (!spec.about.empty()) line += "\n      " + spec.about;
  return line + '\n';
}

std::string help_of(const Cmdlet& cmdlet) {
  std::string out = cmdlet.name + ": " + cmdlet.about + '\n';
  for (const ParameterSpec& spec : cmdlet.parameters) out += parameter_line(spec);
  out += "every cmdlet:\n";
  for (const ParameterSpec& spec : common_parameters()) out += parameter_line(spec);
  return out;
}

List get_command(Invocation& call) {
  const std::string pattern = call.text("Name", "*");
  List commands;
  for (const Cmdlet* cmdlet : call.interpreter.cmdlets().all()) {
    if (!like(cmdlet->name, pattern, Letters::folded)) continue;
    commands.push_back(Object{
        "Cmdlet", {{"Name", cmdlet->name}, {"Synopsis", cmdlet->about}}, {}, View::table, cmdlet->name});
  }
  return commands;
}

List get_help(Invocation& call) {
  if (!call.has("Name")) {
    call.host().write(
        "Get-Command lists the cmdlets; Get-Help NAME tells of one. exit, or Ctrl-D, ends the shell.\n");
    return {};
  }
  const CmdletTable& table = call.interpreter.cmdlets();
  const std::string name = call.text("Name");
  const Cmdlet* cmdlet = table.find(name);
  if (!cmdlet) {
    const std::string near = table.nearest(name);
    call.refuse("Name", "there is no cmdlet '" + name + "'" +
                            (near.empty() ? "; Get-Command lists them" : "; did you mean " + near + "?"));
  }
  return {Value(help_of(*cmdlet))};
}

}  // namespace

void add_core_cmdlets(CmdletTable& table) {
  using enum ParameterKind;
  add_files(table);
  add_output(table);
  table.add({"Get-Command",
             "the cmdlets of this shell",
             {{.name = "Name", .kind = text, .about = "only these; * is a wildcard", .position = 0}},
             Feed::none,
             get_command});
  table.add({"Get-Help",
             "what a cmdlet does, and its parameters",
             {{.name = "Name", .kind = text, .about = "the cmdlet", .position = 0},
              {.name = "Full", .kind = flag, .about = "accepted"},
              {.name = "Detailed", .kind = flag, .about = "accepted"},
              {.name = "Examples", .kind = flag, .about = "accepted"}},
             Feed::none,
             get_help});
  for (const auto& [alias, name] : {std::pair{"gc", "Get-Content"},
                                    {"cat", "Get-Content"},
                                    {"type", "Get-Content"},
                                    {"sc", "Set-Content"},
                                    {"ac", "Add-Content"},
                                    {"echo", "Write-Output"},
                                    {"write", "Write-Output"},
                                    {"help", "Get-Help"},
                                    {"man", "Get-Help"},
                                    {"gcm", "Get-Command"},
                                    {"quit", "exit"}})
    table.add_alias(alias, name);
}

}  // namespace domsec::shell
