// Export-Clixml files -> objects: the elements that the PowerShell remoting protocol's serialization names
// (MS-PSRP 2.2.5). pugixml reads the text; it knows neither entities nor document types, and both are refused
// before it sees them, with whatever else begins with `<!`: Export-Clixml writes none. Not here: what a
// property means.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <pugixml.hpp>

#include "domsec/exchange/exported_object.h"
#include "domsec/exchange/organisation.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

constexpr int deepest = 64;
constexpr std::size_t most_values = 1'000'000;
constexpr std::size_t most_marks =
    4 * most_values;  // tags, and signs of equality: what costs memory in the tree
constexpr std::string_view too_many =
    "the file has more than 1,000,000 values; export fewer objects at a time";

using Object = std::shared_ptr<const ExportedObject>;

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// XML 1.0 4.6: the five that need no declaration, and numbers of characters.
bool is_known_reference(std::string_view rest) {
  for (const std::string_view known : {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#"}) {
    if (rest.starts_with(known)) return true;
  }
  return false;
}

void check_marks(const ExportedText& text) {
  const std::string_view octets = text.text();
  std::size_t marks = 0;
  for (std::size_t at = octets.find_first_of("<&="); at != std::string_view::npos;
       at = octets.find_first_of("<&=", at + 1)) {
    const std::string_view rest = octets.substr(at);
    if (rest.starts_with("<!")) {
      text.refuse(at,
                  "CLIXML has no document type, comment or CDATA section; export the objects again with "
                  "Export-Clixml");
    }
    if (rest[0] == '&' && !is_known_reference(rest)) {
      text.refuse(at, "CLIXML has no entities; export the objects again with Export-Clixml");
    }
    if (rest[0] != '&' && ++marks > most_marks) text.refuse(at, too_many);
  }
}

std::optional<unsigned> hexadecimal(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

/// `_x000A_`: a UTF-16 unit.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t at) {
  const bool shaped = text.size() >= at + 7 && text[at] == '_' && text[at + 1] == 'x' && text[at + 6] == '_';
  return shaped ? hexadecimal(text.substr(at + 2, 4)) : std::nullopt;
}

void append_utf8(std::string& out, unsigned character) {
  const auto octet = [&out](unsigned value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (character < 0x80) return octet(character);
  if (character < 0x800) {
    octet(0xc0U | (character >> 6U));
  } else {
    if (character < 0x10000) {
      octet(0xe0U | (character >> 12U));
    } else {
      octet(0xf0U | (character >> 18U));
      octet(0x80U | ((character >> 12U) & 0x3fU));
    }
    octet(0x80U | ((character >> 6U) & 0x3fU));
  }
  octet(0x80U | (character & 0x3fU));
}

/// A surrogate that stands alone is U+FFFD.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::optional<unsigned> unit = escaped_unit(text, at);
    if (!unit) {
      out += text[at++];
      continue;
    }
    at += 7;
    const std::optional<unsigned> next = escaped_unit(text, at);
    const bool pair = *unit >= 0xd800 && *unit <= 0xdbff && next && *next >= 0xdc00 && *next <= 0xdfff;
    if (pair) at += 7;
    const bool alone = !pair && *unit >= 0xd800 && *unit <= 0xdfff;
    append_utf8(out, pair ? 0x10000 + ((*unit - 0xd800) << 10U) + (*next - 0xdc00) : alone ? 0xfffdU : *unit);
  }
  return out;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// RFC 4648 4, with blanks and line ends between the digits.
std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (is_one_of(std::string_view(&c, 1), {" ", "\t", "\r", "\n"})) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int digit = base64_digit(c);
    if (digit < 0 || padding > 0) return std::nullopt;
    bits = (bits << 6U | static_cast<unsigned>(digit)) & 0xffffffU;
    if (++digits % 4 != 1)
      out += static_cast<char>(static_cast<unsigned char>(bits >> ((4 - (digits - 1) % 4 - 1) * 2)));
  }
  return (digits + padding) % 4 == 0 && padding <= 2 ? std::optional(out) : std::nullopt;
}

class Reader {
 public:
  explicit Reader(const ExportedText& text) : text_(text) {}

  ExportedValue value(const pugi::xml_node& node, int depth) {
    if (++values_ > most_values) text_.refuse(offset(node), too_many);
    if (depth > deepest) {
      text_.refuse(offset(node), "the file nests deeper than 64 levels; export with a smaller -Depth");
    }
    const std::string_view name = node.name();
    if (name == "Obj") return {object(node, depth), place(node)};
    if (name == "Ref") return reference(node);
    return scalar(node);
  }

 private:
  [[nodiscard]] static std::size_t offset(const pugi::xml_node& node) {
    const std::ptrdiff_t name = node.offset_debug();
    return name > 0 ? static_cast<std::size_t>(name) - 1 : 0;  // of `<`
  }
  [[nodiscard]] Place place(const pugi::xml_node& node) const { return text_.place(offset(node)); }

  [[nodiscard]] ExportedValue scalar(const pugi::xml_node& node) const {
    const std::string_view name = node.name();
    const std::string_view octets = node.child_value();
    if (is_one_of(name, {"S", "DT", "TS", "G", "URI", "Version", "XD", "SBK"}))
      return {unescaped(octets), place(node)};
    if (name == "Nil") return {std::monostate{}, place(node)};
    if (name == "B" && is_one_of(octets, {"true", "false"})) return {octets == "true", place(node)};
    if (is_one_of(name, {"I32", "I64", "I16", "SB", "By", "U16", "U32", "U64", "C"})) return integer(node);
    if (is_one_of(name, {"Db", "Sg", "D"})) return fraction(node);
    if (name == "BA") {
      std::optional<std::string> bytes = from_base64(octets);
      if (!bytes) refuse_content(node, "Base64");
      return {Octets{*std::move(bytes)}, place(node)};
    }
    if (name == "SS") return {Unreadable{"an encrypted text"}, place(node)};
    if (name == "PR") return {Unreadable{"a report of progress"}, place(node)};
    if (name == "B") refuse_content(node, "true or false");
    text_.refuse(offset(node),
                 shown(name) + " is no element of CLIXML here; export the objects again with Export-Clixml");
  }

  [[nodiscard]] ExportedValue integer(const pugi::xml_node& node) const {
    const std::string_view octets = node.child_value();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(octets.data(), octets.data() + octets.size(), number);
    const bool whole = end == octets.data() + octets.size();
    if (error == std::errc() && whole) return {number, place(node)};
    if (std::string_view(node.name()) == "U64") return fraction(node);  // beyond 63 bits
    refuse_content(node, "a number");
  }

  [[nodiscard]] ExportedValue fraction(const pugi::xml_node& node) const {
    const std::string_view octets = node.child_value();
    double number = 0;
    const auto [end, error] = std::from_chars(octets.data(), octets.data() + octets.size(), number);
    const bool word = is_one_of(octets, {"INF", "-INF", "NaN"});
    if ((error == std::errc() && end == octets.data() + octets.size()) || word) return {number, place(node)};
    refuse_content(node, "a number");
  }

  [[noreturn]] void refuse_content(const pugi::xml_node& node, std::string_view expected) const {
    text_.refuse(offset(node), "<" + std::string(node.name()) + "> holds " + shown(node.child_value()) +
                                   ", not " + std::string(expected) + "; export the objects again");
  }

  /// An object may be referred to from inside itself; it is not finished then.
  ExportedValue reference(const pugi::xml_node& node) {
    const auto found = objects_.find(node.attribute("RefId").value());
    if (found == objects_.end()) {
      text_.refuse(offset(node), "there is no object with RefId " + shown(node.attribute("RefId").value()) +
                                     " before this; export the objects again");
    }
    if (!found->second) return {Unreadable{"an object inside itself"}, place(node)};
    return {found->second, place(node)};
  }

  Object object(const pugi::xml_node& node, int depth) {
    const std::string id = node.attribute("RefId").value();
    if (!id.empty()) objects_[id] = nullptr;
    auto out = std::make_shared<ExportedObject>();
    out->place = place(node);
    for (const pugi::xml_node& part : node.children()) {
      if (part.type() == pugi::node_element) add_part(*out, part, depth);
    }
    if (!id.empty()) objects_[id] = out;
    return out;
  }

  void add_part(ExportedObject& out, const pugi::xml_node& part, int depth) {
    const std::string_view name = part.name();
    if (name == "TN" || name == "TNRef") {
      out.types = types(part);
    } else if (name == "ToString") {
      out.text = unescaped(part.child_value());
    } else if (name == "Props" || name == "MS") {
      for (const pugi::xml_node& property : part.children()) add_property(out, property, depth);
    } else if (is_one_of(name, {"LST", "IE", "QUE", "STK"})) {
      if (!out.items) out.items.emplace();
      for (const pugi::xml_node& item : part.children()) {
        if (item.type() == pugi::node_element) out.items->push_back(value(item, depth + 1));
      }
    } else if (name == "DCT") {
      for (const pugi::xml_node& entry : part.children("En")) add_entry(out, entry, depth);
    } else {
      add_content(out, value(part, depth + 1));
    }
  }

  /// What the object is but for its properties: the number of an enumeration, a text with notes.
  static void add_content(ExportedObject& out, const ExportedValue& content) {
    if (const auto* number = std::get_if<std::int64_t>(&content.value)) out.number = *number;
    const auto* text = std::get_if<std::string>(&content.value);
    if (text != nullptr && out.text.empty()) out.text = *text;
  }

  void add_property(ExportedObject& out, const pugi::xml_node& property, int depth) {
    if (property.type() != pugi::node_element) return;
    ExportedValue read = value(property, depth + 1);
    const Place at = read.place;
    out.properties.push_back({unescaped(property.attribute("N").value()), std::move(read), at});
  }

  /// <En><S N="Key">…</S><S N="Value">…</S></En>
  void add_entry(ExportedObject& out, const pugi::xml_node& entry, int depth) {
    const pugi::xml_node key = entry.find_child_by_attribute("N", "Key");
    const pugi::xml_node content = entry.find_child_by_attribute("N", "Value");
    if (!key || !content) text_.refuse(offset(entry), "<En> has no Key and Value; export the objects again");
    ExportedValue read = value(content, depth + 1);
    out.properties.push_back({unescaped(key.child_value()), std::move(read), place(key)});
  }

  const std::vector<std::string>& types(const pugi::xml_node& node) {
    std::vector<std::string>& known = types_[node.attribute("RefId").value()];
    if (std::string_view(node.name()) == "TN") {
      known.clear();
      for (const pugi::xml_node& type : node.children("T")) known.push_back(unescaped(type.child_value()));
    }
    return known;
  }

  const ExportedText& text_;
  std::map<std::string, Object> objects_;  // nothing: still being read
  std::map<std::string, std::vector<std::string>> types_;
  std::size_t values_ = 0;
};

const Object& object_of(const ExportedText& text, const ExportedValue& value) {
  const Object* object = std::get_if<Object>(&value.value);
  if (object != nullptr) return *object;
  refuse_export(
      text.file(), value.place,
      "a single value stands where an object is expected; pipe the objects themselves to Export-Clixml");
}

void collect(const ExportedText& text, const ExportedValue& value, std::vector<Object>& into) {
  const Object& object = object_of(text, value);
  const bool whole_list = object->items && object->properties.empty();  // that was exported as one
  if (!whole_list) {
    into.push_back(object);
  } else {
    for (const ExportedValue& item : *object->items) into.push_back(object_of(text, item));
  }
  // One list may be referred to from many places.
  if (into.size() > most_values) refuse_export(text.file(), value.place, too_many);
}

}  // namespace

std::vector<Object> read_export_clixml(const ExportedText& text) {
  check_marks(text);
  const std::string& octets = text.text();
  pugi::xml_document document;
  // A text of blanks alone is a text, too.
  const unsigned options = pugi::parse_default | pugi::parse_ws_pcdata_single;
  const pugi::xml_parse_result result =
      document.load_buffer(octets.data(), octets.size(), options, pugi::encoding_utf8);
  if (!result) {
    text.refuse(static_cast<std::size_t>(result.offset),
                std::string("this is no XML (") + result.description() + "); copy or export the file whole");
  }
  const pugi::xml_node root = document.document_element();
  if (std::string_view(root.name()) != "Objs") {
    text.refuse(0, "this XML is no CLIXML: its root is " + shown(root.name()) +
                       ", not \"Objs\"; export with Export-Clixml");
  }
  Reader reader(text);
  std::vector<Object> objects;
  for (const pugi::xml_node& node : root.children()) {
    if (node.type() == pugi::node_element) collect(text, reader.value(node, 1), objects);
  }
  return objects;
}

}  // namespace domsec::exchange
