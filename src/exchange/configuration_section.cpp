// Typed reads of one section. Every refusal is `file:line: what is wrong; remedy` and shows the operator's
// text escaped.
#include "configuration_section.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <utility>

#include "configuration_values.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

std::string type_name(const ConfigurationValue& value) {
  if (std::holds_alternative<std::string>(value.value)) return "a text";
  if (std::holds_alternative<std::int64_t>(value.value)) return "a number";
  if (std::holds_alternative<bool>(value.value)) return "true or false";
  if (std::holds_alternative<ConfigurationArray>(value.value)) return "a list";
  if (std::holds_alternative<ConfigurationTable>(value.value)) return "a section";
  return std::string(std::get<OtherType>(value.value).name);
}

bool has_control_byte(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Levenshtein's distance of two short words; long ones are far from every key.
std::size_t distance(std::string_view a, std::string_view b) {
  constexpr std::size_t far = 1000;
  if (a.size() > 64 || b.size() > 64) return far;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, replaced});
    }
  }
  return row.back();
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

std::optional<std::string> nearest(std::string_view written, const std::vector<std::string>& known) {
  const std::string folded = lower_case(written);
  std::optional<std::string> best;
  std::size_t least = std::max<std::size_t>(2, written.size() / 3) + 1;
  for (const std::string& word : known) {
    const std::size_t far = distance(folded, lower_case(word));
    if (far >= least) continue;
    least = far;
    best = word;
  }
  return best;
}

Section::Section(std::string title, const ConfigurationTable& table, std::string file, Origins& origins)
    : title_(std::move(title)), table_(table), file_(std::move(file)), origins_(origins) {}

const ConfigurationEntry* Section::find(std::string_view key) {
  known_.emplace_back(key);
  for (const ConfigurationEntry& entry : table_) {
    if (entry.key != key) continue;
    origins_.by_parameter[entry.key] = Origin{file_, entry.line};
    return &entry;
  }
  return nullptr;
}

Origin Section::origin(std::string_view key) const { return origins_.of(key); }

void Section::refuse_at(int line, const std::string& sentence) const { refuse(file_, line, sentence); }

void Section::refuse_type(const ConfigurationEntry& entry, std::string_view remedy) const {
  refuse_at(entry.line, entry.key + " cannot be " + type_name(entry.value) + "; " + std::string(remedy));
}

void Section::refuse_value(std::string_view key, const Entry& entry, std::string_view expected) const {
  refuse_at(entry.line, std::string(key) + ": " + shown(entry.text) + " is not " + std::string(expected));
}

std::optional<Section::Entry> Section::read_text(std::string_view key, std::string_view remedy) {
  const ConfigurationEntry* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  const auto* text = std::get_if<std::string>(&entry->value.value);
  if (text == nullptr) refuse_type(*entry, remedy);
  if (has_control_byte(*text)) {
    refuse_at(entry->line, entry->key + " holds a control character; write plain text on one line");
  }
  return Entry{*text, entry->line};
}

void Section::read(std::string_view key, std::string& into) {
  if (std::optional<Entry> entry = read_text(key)) into = std::move(entry->text);
}

void Section::read(std::string_view key, bool& into) {
  const ConfigurationEntry* entry = find(key);
  if (entry == nullptr) return;
  const bool* value = std::get_if<bool>(&entry->value.value);
  if (value == nullptr) refuse_type(*entry, "write true or false without quotation marks");
  into = *value;
}

void Section::read(std::string_view key, Sourced<bool>& into) {
  read(key, into.value);
  into.origin = origin(key);
}

void Section::read(std::string_view key, std::optional<smtp::Domain>& into) {
  read_as(key, into, smtp::Domain::parse, "a domain name; write a name such as mail.contoso.com");
}

std::string Section::resolved(const std::string& path) const {
  if (path.empty()) return path;
  return (std::filesystem::path(file_).parent_path() / path)
      .string();  // an absolute path replaces the directory
}

void Section::read_path(std::string_view key, std::string& into) {
  if (std::optional<Entry> entry = read_text(key)) into = resolved(entry->text);
}

void Section::read_paths(std::string_view key, std::vector<std::string>& into) {
  const std::optional<std::vector<Entry>> entries = read_list(key);
  if (!entries) return;
  into.clear();
  for (const Entry& entry : *entries) {
    if (entry.text.empty())
      refuse_at(entry.line, std::string(key) + ": a file name is empty; name the file or remove the entry");
    into.push_back(resolved(entry.text));
  }
}

void Section::read_number(std::string_view key, int& into, int least, int most) {
  const ConfigurationEntry* entry = find(key);
  if (entry == nullptr) return;
  const auto* number = std::get_if<std::int64_t>(&entry->value.value);
  if (number == nullptr) refuse_type(*entry, "write a whole number without quotation marks");
  if (*number < least || *number > most) {
    refuse_at(entry->line, entry->key + ": " + std::to_string(*number) +
                               " is out of range; write a number from " + std::to_string(least) + " to " +
                               std::to_string(most));
  }
  into = static_cast<int>(*number);
}

void Section::read_limit(std::string_view key, int& into, int least, int most) {
  const auto found =
      std::find_if(table_.begin(), table_.end(), [key](const auto& entry) { return entry.key == key; });
  if (found == table_.end() || !std::holds_alternative<std::string>(found->value.value)) {
    read_number(key, into, least, most);
    return;
  }
  const std::optional<Entry> entry = read_text(key);
  if (lower_case(entry->text) != "unlimited")
    refuse_value(key, *entry, "a limit; write a whole number or \"unlimited\"");
  into = unlimited_number;
}

void Section::read_size(std::string_view key, std::uint64_t& into, std::uint64_t least, std::uint64_t most) {
  const ConfigurationEntry* entry = find(key);
  if (entry == nullptr) return;
  std::optional<std::uint64_t> size;
  std::string written;
  if (const auto* number = std::get_if<std::int64_t>(&entry->value.value)) {
    written = std::to_string(*number);
    if (*number >= 0) size = static_cast<std::uint64_t>(*number);
  } else if (const auto* text = std::get_if<std::string>(&entry->value.value)) {
    written = *text;
    size = exchange::read_size(*text);
  } else {
    refuse_type(*entry, "write a number of octets or a size such as \"10MB\"");
  }
  if (!size)
    refuse_value(key, Entry{written, entry->line},
                 "a size; write a number of octets or a size such as \"10MB\"");
  if (*size < least || *size > most) {
    refuse_at(entry->line, entry->key + ": " + shown(written) + " is out of range; write a size from " +
                               size_text(least) + " to " + size_text(most));
  }
  into = *size;
}

void Section::read_time_span(std::string_view key, std::chrono::seconds& into, std::chrono::seconds least,
                             std::chrono::seconds most) {
  const std::string remedy = "write hh:mm:ss, or d.hh:mm:ss for days, in quotation marks";
  const std::optional<Entry> entry = read_text(key, remedy);
  if (!entry) return;
  const std::optional<std::chrono::seconds> span = exchange::read_time_span(entry->text);
  if (!span) refuse_value(key, *entry, "a time span; " + remedy);
  if (*span < least || *span > most) {
    refuse_at(entry->line, std::string(key) + ": " + shown(entry->text) +
                               " is out of range; write a time span from " + time_span_text(least) + " to " +
                               time_span_text(most));
  }
  into = *span;
}

std::vector<Section::Entry> Section::texts(std::string_view key, const ConfigurationArray& array) const {
  std::vector<Entry> out;
  out.reserve(array.size());
  for (const ConfigurationValue& value : array) {
    const auto* text = std::get_if<std::string>(&value.value);
    const std::string head = std::string(key) + ": entry " + std::to_string(out.size() + 1);
    if (text == nullptr)
      refuse_at(value.line, head + " is " + type_name(value) + "; write texts in quotation marks");
    if (has_control_byte(*text))
      refuse_at(value.line, head + " holds a control character; write plain text on one line");
    out.push_back(Entry{*text, value.line});
  }
  return out;
}

std::optional<std::vector<Section::Entry>> Section::read_list(std::string_view key) {
  const ConfigurationEntry* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  const auto* array = std::get_if<ConfigurationArray>(&entry->value.value);
  if (array == nullptr) refuse_type(*entry, "write a list, as in " + entry->key + " = [\"...\"]");
  return texts(key, *array);
}

std::optional<std::vector<Section::Entry>> Section::read_set(std::string_view key) {
  const auto found =
      std::find_if(table_.begin(), table_.end(), [key](const auto& entry) { return entry.key == key; });
  if (found == table_.end() || !std::holds_alternative<std::string>(found->value.value))
    return read_list(key);
  const std::optional<Entry> whole = read_text(key);
  std::vector<Entry> out;
  std::string_view rest = whole->text;
  for (;;) {
    const auto comma = rest.find(',');
    out.push_back(Entry{std::string(without_outer_blanks(rest.substr(0, comma))), whole->line});
    if (comma == std::string_view::npos) return out;
    rest = rest.substr(comma + 1);
  }
}

void Section::refuse_unknown_keys() const {
  for (const ConfigurationEntry& entry : table_) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const std::optional<std::string> suggestion = nearest(entry.key, known_);
    refuse_at(entry.line,
              title_ + " has no parameter " + shown(entry.key) + "; " +
                  (suggestion ? "did you mean " + *suggestion + "?" : "it has " + joined(known_)));
  }
}

}  // namespace domsec::exchange
