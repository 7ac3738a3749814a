// ConvertTo-Json output -> objects. Boost.JSON reads the text and reports each value as it comes; it does not
// say where a value stands, so a second cursor walks over the tokens in step with the reports. That is sound
// because every report is of a token that the parser has accepted. Numbers beyond 64 bits are fractions here:
// no parameter is one.
#include <boost/json/basic_parser_impl.hpp>

#include "domsec/exchange/exported_object.h"
#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

namespace {

namespace json = boost::json;

constexpr std::size_t deepest = 64;
constexpr std::size_t most_values = 1'000'000;

/// Where the next string, number, word or bracket of the text begins.
class Tokens {
 public:
  explicit Tokens(const std::string& text) : text_(text) {}
  std::size_t next() {
    constexpr std::string_view between = " \t\r\n,:";
    at_ = std::min(text_.find_first_not_of(between, at_), text_.size());
    const std::size_t start = at_;
    if (start == text_.size()) return start;
    switch (text_[start]) {
      case '{':
      case '}':
      case '[':
      case ']':
        ++at_;
        break;
      case '"':
        at_ = behind_string(start);
        break;
      default:
        at_ = std::min(text_.find_first_of(" \t\r\n,:{}[]\"", start), text_.size());
    }
    return start;
  }
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  [[nodiscard]] std::size_t behind_string(std::size_t start) const {
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '"') {
        return i + 1;
      }
    }
    return text_.size();
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

/// Receives the parser's reports. An object or list that is not yet finished is the last of its stack.
class Builder {
 public:
  // What basic_parser asks of a handler; the file is bounded, and the values of all objects together.
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  explicit Builder(const ExportedText& text) : text_(text), tokens_(text.text()) {}

  [[nodiscard]] std::optional<ExportedValue> take() { return std::exchange(done_, std::nullopt); }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    auto object = std::make_shared<ExportedObject>();
    object->place = next_place();
    open_.push_back({std::move(object), {}, {}, {}, {}});
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    (void)tokens_.next();
    Open closed = std::move(open_.back());
    open_.pop_back();
    const Place place = closed.object->place;
    add(std::shared_ptr<const ExportedObject>(std::move(closed.object)), place);
    return true;
  }
  bool on_array_begin(json::error_code&) {
    open_.push_back({nullptr, {}, next_place(), {}, {}});
    return true;
  }
  bool on_array_end(std::size_t, json::error_code&) {
    (void)tokens_.next();
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(std::move(closed.list), closed.place);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    pending_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    pending_.append(part.data(), part.size());
    open_.back().name_place = next_place();
    open_.back().name = std::exchange(pending_, {});
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    pending_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    pending_.append(part.data(), part.size());
    add(std::exchange(pending_, {}), next_place());
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    return add(number, next_place());
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    return add(static_cast<double>(number), next_place());
  }
  bool on_double(double number, json::string_view, json::error_code&) { return add(number, next_place()); }
  bool on_bool(bool value, json::error_code&) { return add(value, next_place()); }
  bool on_null(json::error_code&) { return add(std::monostate{}, next_place()); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  struct Open {
    std::shared_ptr<ExportedObject> object;  // nothing: a list
    ExportedList list;
    Place place;       // of the list
    std::string name;  // of the property that is being read
    Place name_place;
  };

  Place next_place() { return text_.place(tokens_.next()); }

  template <typename Value>
  bool add(Value value, Place place) {
    if (++values_ > most_values) {
      refuse_export(text_.file(), place,
                    "the file has more than 1,000,000 values; export fewer objects at a time");
    }
    ExportedValue out{std::move(value), place};
    if (open_.empty()) {
      done_ = std::move(out);
    } else if (Open& open = open_.back(); open.object) {
      open.object->properties.push_back({std::move(open.name), std::move(out), open.name_place});
    } else {
      open.list.push_back(std::move(out));
    }
    return true;
  }

  const ExportedText& text_;
  Tokens tokens_;
  std::vector<Open> open_;
  std::string pending_;  // of a text that comes in parts
  std::optional<ExportedValue> done_;
  std::size_t values_ = 0;
};

[[noreturn]] void refuse(const ExportedText& text, std::size_t at, const json::error_code& error) {
  if (error == json::error::incomplete) {
    text.refuse(text.text().size(), "the text ends in the middle of the JSON; copy or export it whole");
  }
  if (error == json::error::too_deep) {
    text.refuse(at, "the JSON nests deeper than 64 levels; export with a smaller -Depth");
  }
  text.refuse(at, "this is no JSON (" + error.message() + "); export it again with ConvertTo-Json");
}

std::string_view kind(const ExportedValue& value) {
  if (std::holds_alternative<std::monostate>(value.value)) return "null";
  if (std::holds_alternative<bool>(value.value)) return "a truth value";
  if (std::holds_alternative<std::string>(value.value)) return "a text";
  if (std::holds_alternative<ExportedList>(value.value)) return "a list";
  return "a number";
}

using Objects = std::vector<std::shared_ptr<const ExportedObject>>;

/// Windows PowerShell 5.1 writes a collection that something counted as {"value": […], "Count": n}.
const ExportedList* counted_list(const ExportedObject& object) {
  if (object.properties.size() != 2 || object.properties[0].name != "value" ||
      object.properties[1].name != "Count")
    return nullptr;
  return std::get_if<ExportedList>(&object.properties[0].value.value);
}

void collect(const ExportedText& text, const ExportedList& list, Objects& into) {
  for (const ExportedValue& value : list) {
    const auto* object = std::get_if<std::shared_ptr<const ExportedObject>>(&value.value);
    if (object == nullptr) {
      refuse_export(text.file(), value.place,
                    std::string(kind(value)) +
                        " stands where an object is expected; pipe the objects themselves to ConvertTo-Json");
    }
    into.push_back(*object);
  }
}

}  // namespace

Objects read_export_json(const ExportedText& text) {
  json::parse_options options;
  options.max_depth = deepest;
  json::basic_parser<Builder> parser(options, text);
  json::error_code error;
  const std::string& octets = text.text();
  const std::size_t read = parser.write_some(false, octets.data(), octets.size(), error);
  if (error) refuse(text, read, error);
  const std::size_t rest = octets.find_first_not_of(" \t\r\n", read);
  if (rest != std::string::npos) {
    text.refuse(rest, "something follows the JSON; put several objects into one list");
  }
  const ExportedValue value = *parser.handler().take();
  Objects objects;
  if (const auto* object = std::get_if<std::shared_ptr<const ExportedObject>>(&value.value)) {
    if (const ExportedList* list = counted_list(**object)) {
      collect(text, *list, objects);
    } else {
      objects.push_back(*object);
    }
  } else if (const auto* list = std::get_if<ExportedList>(&value.value)) {
    collect(text, *list, objects);
  } else {
    collect(text, {value}, objects);
  }
  return objects;
}

}  // namespace domsec::exchange
