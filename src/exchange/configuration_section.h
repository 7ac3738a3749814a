// One section of the configuration: every read names the key, so that the keys asked for are the keys that
// are known. A read without the key in the file leaves the target, which holds the default, as it is.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "configuration_text.h"
#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

/// The nearest of `known` to `written`: the same but for case, or a few letters off. Nothing when all are far
/// away.
[[nodiscard]] std::optional<std::string> nearest(std::string_view written,
                                                 const std::vector<std::string>& known);

class Section {
 public:
  /// `title` as it is written, `[[SendConnector]]`; `origins` receives the place of each parameter that is
  /// read.
  Section(std::string title, const ConfigurationTable& table, std::string file, Origins& origins);

  struct Entry {
    std::string text;
    int line = 0;
  };

  void read(std::string_view key, std::string& into);
  void read(std::string_view key, bool& into);
  void read(std::string_view key, Sourced<bool>& into);
  void read(std::string_view key, std::optional<smtp::Domain>& into);
  /// A file or directory; a relative path is relative to the configuration file.
  void read_path(std::string_view key, std::string& into);
  void read_paths(std::string_view key, std::vector<std::string>& into);
  void read_number(std::string_view key, int& into, int least, int most);
  /// As read_number, and `"unlimited"`.
  void read_limit(std::string_view key, int& into, int least, int most);
  void read_size(std::string_view key, std::uint64_t& into, std::uint64_t least, std::uint64_t most);
  void read_time_span(std::string_view key, std::chrono::seconds& into, std::chrono::seconds least,
                      std::chrono::seconds most);
  /// A list of texts with their lines; nothing when the key is missing.
  [[nodiscard]] std::optional<std::vector<Entry>> read_list(std::string_view key);
  /// As read_list, and a single text, which is cut at its commas as PowerShell prints sets.
  [[nodiscard]] std::optional<std::vector<Entry>> read_set(std::string_view key);

  /// A text that `parse` turns into a value; `expected` completes "is not …".
  template <typename Value, typename Parse>
  void read_as(std::string_view key, Value& into, const Parse& parse, std::string_view expected) {
    std::optional<Entry> entry = read_text(key);
    if (!entry) return;
    auto value = parse(std::string_view(entry->text));
    if (!value) refuse_value(key, *entry, expected);
    into = *std::move(value);
  }

  /// Every key that was not asked for is an error, with the nearest known one.
  void refuse_unknown_keys() const;
  [[noreturn]] void refuse_value(std::string_view key, const Entry& entry, std::string_view expected) const;
  [[noreturn]] void refuse_at(int line, const std::string& sentence) const;
  [[nodiscard]] Origin origin(std::string_view key) const;

 private:
  [[nodiscard]] const ConfigurationEntry* find(std::string_view key);
  [[nodiscard]] std::optional<Entry> read_text(std::string_view key,
                                               std::string_view remedy = "write a text in quotation marks");
  [[nodiscard]] std::vector<Entry> texts(std::string_view key, const ConfigurationArray& array) const;
  [[nodiscard]] std::string resolved(const std::string& path) const;
  [[noreturn]] void refuse_type(const ConfigurationEntry& entry, std::string_view remedy) const;

  std::string title_;
  const ConfigurationTable& table_;
  std::string file_;
  Origins& origins_;
  std::vector<std::string> known_;
};

}  // namespace domsec::exchange
