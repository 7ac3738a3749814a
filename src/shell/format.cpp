#include "domsec/shell/format.h"

#include <algorithm>
#include <memory>

#include "domsec/shell/pattern.h"

namespace domsec::shell {
namespace {

constexpr std::size_t widest_cell = 2000;  // a longer one is cut in a table

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// In one line: a table and a list have one line for each value.
std::string in_one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  return text;
}

struct Shown {
  std::shared_ptr<Object> object;
  std::vector<std::string> names;
};

std::vector<std::string> all_names(const Object& object) {
  std::vector<std::string> names;
  for (const Object::Property& property : object.properties) names.push_back(property.name);
  return names;
}

/// The properties asked for, in the order asked, as the object spells them; without any, all.
std::vector<std::string> names_of(const Object& object, const std::vector<std::string>& properties) {
  if (properties.empty()) return all_names(object);
  std::vector<std::string> names;
  for (const std::string& pattern : properties)
    for (std::string& name : resolved(object, pattern))
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  return names;
}

std::string cell(const Object& object, const std::string& name, const Layout& layout) {
  const Object::Property* property = object.find(name);
  if (!property) return {};
  std::string text = in_one_line(shown_text(property->value, layout.enumeration_limit));
  if (text.size() > widest_cell) {
    std::size_t end = widest_cell;
    while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
    text = text.substr(0, end) + "...";
  }
  return text;
}

/// Text and what is missing stand left, everything else right, as PowerShell aligns what it knows no format
/// of.
bool stands_right(const Value& value) {
  return !value.text() && !value.is_null();
}

struct Column {
  std::string name;
  std::size_t width = 0;
  bool right = false;
};

void put_cell(std::string& line, const Column& column, const std::string& text) {
  const std::string fill(column.width - std::min(column.width, width_of(text)), ' ');
  line += column.right ? fill + text : text + fill;
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::vector<Column> columns_of(const std::vector<std::shared_ptr<Object>>& objects,
                               const std::vector<std::string>& properties, Alignment alignment) {
  std::vector<Column> columns;
  for (const std::string& name : names_of(*objects.front(), properties)) {
    const Object::Property* property = objects.front()->find(name);
    const bool right = alignment == Alignment::by_type && property && stands_right(property->value);
    columns.push_back({name, width_of(name), right});
  }
  for (const std::string& asked : properties) {  // a column that no object has stands empty
    const bool wildcard = asked.find_first_of("*?") != std::string::npos;
    const bool known = std::any_of(columns.begin(), columns.end(),
                                   [&](const Column& one) { return same_word(one.name, asked); });
    if (!wildcard && !known) columns.push_back({asked, width_of(asked), false});
  }
  return columns;
}

bool scalar(const Value& value) {
  return !value.object() && !value.hashtable();
}

}  // namespace

std::vector<std::string> resolved(const Object& object, std::string_view pattern) {
  std::vector<std::string> names;
  for (const Object::Property& property : object.properties)
    if (like(property.name, pattern, Letters::folded)) names.push_back(property.name);
  return names;
}

std::shared_ptr<Object> as_object(const Value& value) {
  auto object = std::make_shared<Object>();
  object->type = type_name(value);
  if (value.object()) {
    *object = *value.object();
  } else if (const Hashtable* table = value.hashtable()) {
    object->type = "PSCustomObject";
    for (const auto& [key, entry] : table->entries) object->properties.push_back({key, entry});
  } else if (const std::string* text = value.text()) {
    object->properties.push_back({"Length", static_cast<std::int64_t>(width_of(*text))});
  } else if (const pki::Instant* instant = value.instant()) {
    object->properties = {{"DateTime", date_text(*instant, "dddd, MMMM d, yyyy h:mm:ss tt")},
                          {"Date", pki::Instant(std::chrono::floor<std::chrono::days>(*instant))},
                          {"DayOfWeek", date_text(*instant, "dddd")}};
  } else {
    object->properties.push_back({"Value", value});
  }
  return object;
}

std::string format_list(const List& entries, const std::vector<std::string>& properties,
                        const Layout& layout) {
  std::string out;
  for (const Value& entry : entries) {
    if (entry.is_null()) continue;
    if (scalar(entry) && properties.empty()) {
      out += text_of(entry) + '\n';
      continue;
    }
    const std::shared_ptr<Object> object = as_object(entry);
    const std::vector<std::string> names =
        names_of(*object, properties.empty() ? object->listed : properties);
    std::size_t width = 0;
    for (const std::string& name : names) width = std::max(width, width_of(name));
    if (names.empty()) continue;
    out += '\n';
    for (const std::string& name : names) {
      std::string line = name + std::string(width - width_of(name), ' ') + " : ";
      line += in_one_line(shown_text(object->find(name)->value, layout.enumeration_limit));
      out += trimmed(std::move(line));
    }
  }
  return out.empty() ? out : out + '\n';
}

std::string format_table(const List& entries, const std::vector<std::string>& properties,
                         const Layout& layout) {
  std::vector<std::shared_ptr<Object>> objects;
  for (const Value& entry : entries)
    if (!entry.is_null()) objects.push_back(as_object(entry));
  if (objects.empty()) return {};
  std::vector<Column> columns = columns_of(objects, properties, layout.alignment);
  if (columns.empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (const auto& object : objects) {
    std::vector<std::string> row;
    for (Column& column : columns) {
      row.push_back(cell(*object, column.name, layout));
      column.width = std::max(column.width, width_of(row.back()));
    }
    rows.push_back(std::move(row));
  }
  std::string heads;
  std::string rules;
  for (const Column& column : columns) {
    put_cell(heads, column, column.name);
    put_cell(rules, column, std::string(width_of(column.name), '-'));
    heads += ' ';
    rules += ' ';
  }
  std::string out = '\n' + trimmed(heads) + trimmed(rules);
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      put_cell(line, columns[i], row[i]);
      line += ' ';
    }
    out += trimmed(std::move(line));
  }
  return out + '\n';
}

Layout view_of(const Object& object, const Layout& layout) {
  return {layout.enumeration_limit, object.shown.empty() ? layout.alignment : Alignment::left};
}

std::string format_default(const List& entries, const Layout& layout) {
  std::string out;
  for (std::size_t i = 0; i < entries.size();) {
    const Value& entry = entries[i];
    if (entry.is_null()) {
      ++i;
      continue;
    }
    if (const Hashtable* table = entry.hashtable()) {
      List pairs;
      for (const auto& [key, value] : table->entries)
        pairs.push_back(Object{"Entry", {{"Name", key}, {"Value", value}}, {}, View::table, {}});
      out += format_table(pairs, {}, layout);
      ++i;
      continue;
    }
    const Object* object = entry.object();
    if (!object) {
      if (const List* list = entry.list()) {
        for (const Value& one : *list)
          out += (one.list() ? shown_text(one, layout.enumeration_limit) : format_default({one}, layout));
      } else {
        out += (entry.instant() ? date_text(*entry.instant(), "dddd, MMMM d, yyyy h:mm:ss tt")
                                : text_of(entry)) +
               '\n';
      }
      ++i;
      continue;
    }
    List group;
    for (; i < entries.size() && entries[i].object() && entries[i].object()->type == object->type; ++i)
      group.push_back(entries[i]);
    out += object->view == View::table ? format_table(group, object->shown, view_of(*object, layout))
                                       : format_list(group, object->shown, layout);
  }
  return out;
}

}  // namespace domsec::shell
