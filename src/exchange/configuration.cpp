// What differs between two organisations -> edits of the texts that the first was read from. Every edit is checked by
// reading the new texts: they make exactly the organisation that was asked for, or nothing is written.
#include "domsec/exchange/configuration.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "configuration_text.h"
#include "domsec/exchange/write_toml.h"
#include "shown_text.h"
#include "toml_layout.h"

namespace domsec::exchange {

namespace {

struct Edit {
  Span replaced;
  std::string text;
};

/// The texts under change; edits are applied at the end, so that all places stay those of the layout.
class Editor {
 public:
  explicit Editor(const ConfigurationTexts& texts) : texts_(texts) {
    for (const auto& [file, text] : texts) layouts_[file] = toml_layout(text);
  }

  [[nodiscard]] bool has(const std::string& file) const { return layouts_.contains(file); }

  /// The key that stands at `origin`.
  [[nodiscard]] const KeyPlace& key_at(const Origin& origin, const std::string& parameter) const {
    for (const SectionPlace& section : layouts_.at(origin.file)) {
      for (const KeyPlace& key : section.keys) {
        if (key.line == origin.line && key.key == parameter) return key;
      }
    }
    refuse(origin, parameter + " is written in a form that cannot be edited in place; write it as a line of its own, " +
                       parameter + " = ..., below the name of its section in brackets");
  }

  [[nodiscard]] const SectionPlace& section_at(const Origin& origin) const {
    for (const SectionPlace& section : layouts_.at(origin.file)) {
      if (!section.name.empty() && section.line == origin.line) return section;
    }
    refuse(origin, "the section is written in a form that cannot be edited in place; write its name in brackets on a "
                   "line of its own");
  }

  /// The first file that has the section, and the section; null when none has.
  [[nodiscard]] std::pair<std::string, const SectionPlace*> section_named(std::string_view name) const {
    for (const auto& [file, text] : texts_) {
      for (const SectionPlace& section : layouts_.at(file)) {
        if (section.name == name) return {file, &section};
      }
    }
    return {texts_.front().first, nullptr};
  }

  [[nodiscard]] const std::string& text(const std::string& file) const {
    return std::find_if(texts_.begin(), texts_.end(), [&file](const auto& one) { return one.first == file; })->second;
  }

  void replace(const std::string& file, Span span, std::string text) {
    edits_[file].push_back({span, std::move(text)});
  }

  /// Whole lines behind `at`, which is the end of a line or of the text.
  void insert_lines(const std::string& file, std::size_t at, const std::string& lines) {
    const std::string& whole = text(file);
    const bool line_is_open = at > 0 && whole[at - 1] != '\n';
    replace(file, {at, at}, (line_is_open ? "\n" : "") + lines);
  }

  /// To the end of the main file, behind what its last section gets.
  void append(const std::string& lines) { appended_ += lines; }

  [[nodiscard]] ConfigurationTexts applied() const {
    ConfigurationTexts out = texts_;
    for (auto& [file, text] : out) {
      const auto found = edits_.find(file);
      if (found == edits_.end()) continue;
      std::vector<Edit> edits = found->second;
      std::stable_sort(edits.begin(), edits.end(),
                       [](const Edit& a, const Edit& b) { return a.replaced.begin < b.replaced.begin; });
      std::string changed;
      std::size_t done = 0;
      for (const Edit& edit : edits) {
        const std::size_t begin = std::max(edit.replaced.begin, done);   // two cuts may share a comma
        changed.append(text, done, begin - done).append(edit.text);
        done = std::max(edit.replaced.end, done);
      }
      text = changed.append(text, done, std::string::npos);
    }
    std::string& main = out.front().second;
    if (!appended_.empty() && !main.empty() && main.back() != '\n') main += '\n';
    main += appended_;
    return out;
  }

 private:
  const ConfigurationTexts& texts_;
  std::map<std::string, std::vector<SectionPlace>> layouts_;
  std::map<std::string, std::vector<Edit>> edits_;
  std::string appended_;
};

/// A path is written as it was meant: relative to the file that holds it where it lies below it.
Value as_written(Kind kind, const Value& value, const std::string& file) {
  const auto relative = [&file](const std::string& path) {
    const std::filesystem::path directory = std::filesystem::path(file).parent_path();
    const std::string below = std::filesystem::path(path).lexically_relative(directory.empty() ? "." : directory).string();
    return below.empty() || below.starts_with("..") ? std::filesystem::absolute(path).string() : below;
  };
  Value out = value;
  if (kind != Kind::path && kind != Kind::paths) return out;
  if (auto* text = std::get_if<std::string>(&out.value)) *text = relative(*text);
  if (auto* list = std::get_if<ValueList>(&out.value)) {
    for (Value& entry : *list) std::get<std::string>(entry.value) = relative(std::get<std::string>(entry.value));
  }
  return out;
}

/// `Key = value`, a long list with one entry on each line.
std::string line_of(const std::string& key, const Value& value) {
  constexpr std::size_t longest_line = 100;
  const std::string line = key + " = " + toml_literal(value) + "\n";
  const auto* list = std::get_if<ValueList>(&value.value);
  if (list == nullptr || line.size() <= longest_line) return line;
  std::string lines = key + " = [\n";
  for (const Value& entry : *list) lines += "  " + toml_literal(entry) + ",\n";
  return lines + "]\n";
}

bool holds(const ValueList& list, const Value& value) {
  return std::any_of(list.begin(), list.end(), [&value](const Value& one) { return same(one, value); });
}

/// What is cut out of the text with one element: its line when it has the line to itself, else its comma.
Span cut_of(const std::string& text, const KeyPlace& key, std::size_t index) {
  Span cut = key.elements[index];
  const auto comma = text.find_first_not_of(" \t", cut.end);
  if (comma != std::string::npos && comma < key.value.end && text[comma] == ',') {
    cut.end = comma + 1;
  } else if (index > 0 && text.find('\n', key.elements[index - 1].end) > cut.begin) {
    return {key.elements[index - 1].end, cut.end};   // the last one on the line goes with the comma before it
  }
  const std::size_t start = cut.begin == 0 ? 0 : text.rfind('\n', cut.begin - 1) + 1;
  const auto end = text.find('\n', cut.end);
  const bool first_on_line = text.find_first_not_of(" \t", start) == cut.begin;
  const auto behind = text.find_first_not_of(" \t", cut.end);
  const bool last_on_line = behind == std::string::npos || text[behind] == '#' || text[behind] == '\n' || text[behind] == '\r';
  if (first_on_line && last_on_line && end != std::string::npos) return {start, end + 1};
  const auto next = text.find_first_not_of(" \t", cut.end);
  if (next != std::string::npos && next < key.value.end) cut.end = next;
  return cut;
}

/// Entries that go and entries that come, when the others keep their order; false when the list has to be written anew.
bool edit_list(Editor& editor, const std::string& file, const KeyPlace& key, const ValueList& before,
               const ValueList& after) {
  if (key.elements.size() != before.size()) return false;   // an entry was written twice
  ValueList kept;
  std::copy_if(before.begin(), before.end(), std::back_inserter(kept), [&after](const Value& v) { return holds(after, v); });
  const bool in_order = kept.size() <= after.size() && std::equal(kept.begin(), kept.end(), after.begin(), same);
  if (!in_order || kept.empty()) return false;
  const std::string& text = editor.text(file);
  std::size_t last_kept = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (holds(after, before[i])) {
      last_kept = i;
    } else {
      editor.replace(file, cut_of(text, key, i), "");
    }
  }
  if (kept.size() == after.size()) return true;
  const Span last = key.elements[last_kept];
  const std::size_t start = last.begin == 0 ? 0 : text.rfind('\n', last.begin - 1) + 1;
  const bool own_line = text.find_first_not_of(" \t", start) == last.begin;
  std::string added;
  for (std::size_t i = kept.size(); i < after.size(); ++i) {
    added += (own_line ? ",\n" + text.substr(start, last.begin - start) : ", ") + toml_literal(after[i]);
  }
  editor.replace(file, {last.end, last.end}, added);
  return true;
}

/// One parameter that differs. `section` gives file and place of a line that is new.
template <typename NewLine>
void edit_parameter(Editor& editor, const std::string& name, Kind kind, const Value& before, const Value& after,
                    const Origin& origin, const NewLine& new_line) {
  if (!editor.has(origin.file)) {
    if (!std::holds_alternative<Null>(after.value)) new_line(name, kind, after);
    return;
  }
  const KeyPlace& key = editor.key_at(origin, name);
  if (std::holds_alternative<Null>(after.value)) {
    editor.replace(origin.file, key.whole, "");
    return;
  }
  const auto* old_list = std::get_if<ValueList>(&before.value);
  const auto* new_list = std::get_if<ValueList>(&after.value);
  const bool paths = kind == Kind::paths;
  if (old_list != nullptr && new_list != nullptr && !paths && edit_list(editor, origin.file, key, *old_list, *new_list)) {
    return;
  }
  const std::string line = line_of(name, as_written(kind, after, origin.file));
  editor.replace(origin.file, key.value, line.substr(name.size() + 3, line.size() - name.size() - 4));
}

template <typename Object, typename NewLine>
void edit_object(Editor& editor, const Object& before, const Object& after, const NewLine& new_line) {
  for (const Parameter<Object>& parameter : parameters<Object>()) {
    const Value was = parameter.get(before);
    const Value is = parameter.get(after);
    if (same(was, is)) continue;
    edit_parameter(editor, parameter.name, parameter.kind, was, is, before.origins.of(parameter.name), new_line);
  }
}

/// A section that stands once, perhaps in several files.
template <typename Object>
void edit_only(Editor& editor, const Object& before, const Object& after) {
  std::string section;
  const auto new_line = [&](const std::string& name, Kind kind, const Value& value) {
    const auto [file, place] = editor.section_named(object_name<Object>());
    const std::string line = line_of(name, as_written(kind, value, file));
    if (place != nullptr) {
      editor.insert_lines(file, place->whole.end, line);
    } else {
      section += line;
    }
  };
  edit_object(editor, before, after, new_line);
  if (!section.empty()) editor.append("\n[" + std::string(object_name<Object>()) + "]\n" + section);
}

template <typename Object>
std::string new_section(const Object& object, const std::string& file) {
  std::string text = "\n[[" + std::string(object_name<Object>()) + "]]\n";
  const Object fresh;
  for (const Parameter<Object>& parameter : parameters<Object>()) {
    const Value value = parameter.get(object);
    if (std::holds_alternative<Null>(value.value)) continue;
    if (parameter.name != "Name" && same(value, parameter.get(fresh))) continue;
    text += line_of(parameter.name, as_written(parameter.kind, value, file));
  }
  return text;
}

bool same_place(const Origin& a, const Origin& b) { return a.file == b.file && a.line == b.line; }

template <typename Object>
void edit_each(Editor& editor, const std::string& main_file, const std::vector<Object>& before,
               const std::vector<Object>& after) {
  const auto counterpart = [](const std::vector<Object>& among, const Object& object) {
    return std::find_if(among.begin(), among.end(),
                        [&object](const Object& one) { return same_place(one.origin, object.origin); });
  };
  for (const Object& was : before) {
    if (!editor.has(was.origin.file)) continue;
    const auto is = counterpart(after, was);
    const SectionPlace* section = nullptr;
    if (is == after.end()) {
      section = &editor.section_at(was.origin);
      editor.replace(was.origin.file, section->whole, "");
      continue;
    }
    const auto new_line = [&](const std::string& name, Kind kind, const Value& value) {
      const std::string line = line_of(name, as_written(kind, value, was.origin.file));
      editor.insert_lines(was.origin.file, editor.section_at(was.origin).whole.end, line);
    };
    edit_object(editor, was, *is, new_line);
  }
  for (const Object& is : after) {
    if (is.origin.file.empty() || counterpart(before, is) == before.end()) editor.append(new_section(is, main_file));
  }
}

/// Paths are written relative and read against the file: equal ones name the same place.
Value as_compared(Kind kind, Value value) {
  const auto place = [](std::string& path) { path = std::filesystem::absolute(path).lexically_normal().string(); };
  if (kind != Kind::path && kind != Kind::paths) return value;
  if (auto* text = std::get_if<std::string>(&value.value)) place(*text);
  if (auto* list = std::get_if<ValueList>(&value.value)) {
    for (Value& entry : *list) place(std::get<std::string>(entry.value));
  }
  return value;
}

template <typename Object>
bool same_object(const Object& a, const Object& b) {
  const auto& rows = parameters<Object>();
  return std::all_of(rows.begin(), rows.end(), [&](const auto& row) {
    return same(as_compared(row.kind, row.get(a)), as_compared(row.kind, row.get(b)));
  });
}

template <typename Object>
bool same_objects(const std::vector<Object>& a, const std::vector<Object>& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&b](const Object& one) {
           return std::any_of(b.begin(), b.end(), [&one](const Object& other) { return same_object(one, other); });
         });
}

bool same_organisation(const Organisation& a, const Organisation& b) {
  return same_object(a, b) && same_object(a.transport_config, b.transport_config) &&
         same_object(a.auth_config, b.auth_config) &&
         same_object(a.edge_subscription, b.edge_subscription) && same_object(a.revocation, b.revocation) &&
         same_objects(a.send_connectors, b.send_connectors) && same_objects(a.receive_connectors, b.receive_connectors) &&
         same_objects(a.inbound_connectors, b.inbound_connectors) &&
         same_objects(a.outbound_connectors, b.outbound_connectors) && same_objects(a.certificates, b.certificates);
}

}  // namespace

ConfigurationTexts edited(const ConfigurationTexts& texts, const Organisation& before, const Organisation& after) {
  Editor editor(texts);
  const std::string& main_file = texts.front().first;
  edit_only(editor, before, after);
  edit_only(editor, before.transport_config, after.transport_config);
  edit_only(editor, before.auth_config, after.auth_config);
  edit_only(editor, before.edge_subscription, after.edge_subscription);
  edit_only(editor, before.revocation, after.revocation);
  edit_each(editor, main_file, before.send_connectors, after.send_connectors);
  edit_each(editor, main_file, before.receive_connectors, after.receive_connectors);
  edit_each(editor, main_file, before.inbound_connectors, after.inbound_connectors);
  edit_each(editor, main_file, before.outbound_connectors, after.outbound_connectors);
  edit_each(editor, main_file, before.certificates, after.certificates);
  ConfigurationTexts out = editor.applied();
  if (!same_organisation(read_toml_texts(out), after)) {
    refuse(Origin{main_file}, "the change cannot be written into this file without changing something else; write it by hand");
  }
  return out;
}

}  // namespace domsec::exchange
