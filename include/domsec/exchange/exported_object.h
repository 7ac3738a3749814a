// What a file exported from Exchange holds, before any meaning: `ConvertTo-Json` output and `Export-Clixml`
// files as objects with properties, each with its place in the file. Shapes: the PowerShell SDK's description
// of both forms and the exports that CSS-Exchange publishes for its tests. Not here: what a property means
// (import.h).
//
// Bounds, each refused with one sentence: 64 MiB, 64 levels, 1,000,000 values. A document type, an entity, a
// comment or a CDATA section does not belong in CLIXML.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace domsec::exchange {

/// Both count from 1; the column counts characters, not octets.
struct Place {
  int line = 0;
  int column = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

struct ExportedObject;
struct ExportedValue;
using ExportedList = std::vector<ExportedValue>;

/// Octets: `BA` of CLIXML. ConvertTo-Json writes a list of numbers instead.
struct Octets {
  std::string octets;
  friend bool operator==(const Octets&, const Octets&) = default;
};

/// A value that the file holds in no readable form: an encrypted text, an object inside itself.
struct Unreadable {
  std::string why;
  friend bool operator==(const Unreadable&, const Unreadable&) = default;
};

/// std::monostate is `$null`.
struct ExportedValue {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Octets, Unreadable, ExportedList,
               std::shared_ptr<const ExportedObject>>
      value;
  Place place;
};

struct ExportedProperty {
  std::string name;
  ExportedValue value;
  Place place;  // of the name
};

struct ExportedObject {
  std::vector<std::string> types;            // CLIXML: .NET names, the most derived first; JSON has none
  std::string text;                          // CLIXML: what ToString said, `Tls, ExchangeServer`
  std::optional<std::int64_t> number;        // CLIXML: the number of an enumeration
  std::optional<ExportedList> items;         // CLIXML: what a collection holds; nothing: it is none
  std::vector<ExportedProperty> properties;  // in the order of the file; names may repeat in other case
  Place place;
  /// Case does not count, as in PowerShell. Nothing when there is none; the first of several.
  [[nodiscard]] const ExportedProperty* find(std::string_view name) const;
};

enum class ExportForm { json, clixml, script };

/// The bytes of an exported file as UTF-8 without its byte order mark.
class ExportedText {
 public:
  /// UTF-8 with or without a mark, and UTF-16 with one, which is what `>` and Export-Clixml of Windows
  /// PowerShell write. Throws ConfigError with `file:line:column: sentence`.
  ExportedText(std::string file, std::string_view bytes);

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] ExportForm form() const;
  /// The place of the octet at `offset` of text().
  [[nodiscard]] Place place(std::size_t offset) const;
  /// Throws ConfigError; control characters in `sentence` are escaped.
  [[noreturn]] void refuse(std::size_t offset, std::string_view sentence) const;

 private:
  std::string file_;
  std::string text_;
  [[nodiscard]] std::size_t characters_before(std::size_t offset) const;

  std::vector<std::size_t> lines_;       // where each begins
  std::vector<std::size_t> characters_;  // how many stand before every 64th octet: a line may have 64 MiB
};

/// Reads at most 64 MiB; a larger file is refused before it is read. Throws ConfigError.
[[nodiscard]] ExportedText read_exported_text(const std::string& file);

/// One object or a list of objects. Throws ConfigError with `file:line:column: sentence`.
[[nodiscard]] std::vector<std::shared_ptr<const ExportedObject>> read_export_json(const ExportedText& text);
[[nodiscard]] std::vector<std::shared_ptr<const ExportedObject>> read_export_clixml(const ExportedText& text);

/// `file:line:column: sentence` as ConfigError. Control characters in `sentence` are escaped.
[[noreturn]] void refuse_export(const std::string& file, Place place, std::string_view sentence);

}  // namespace domsec::exchange
