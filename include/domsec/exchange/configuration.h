// A configuration file that commands change: the organisation it makes, and its text, in which a change touches only what it
// is about. Comments, order and blanks stay as they are.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domsec/exchange/organisation.h"

namespace domsec::exchange {

/// File and its text; the main file first, then what it includes.
using ConfigurationTexts = std::vector<std::pair<std::string, std::string>>;

class Configuration {
 public:
  /// Who changes it: an Edge that is subscribed takes its lists and send connectors from the organisation alone.
  enum class By { edge, organisation };

  /// Reads the file and what it includes. Throws ConfigError.
  explicit Configuration(std::string file);

  [[nodiscard]] const Organisation& organisation() const { return organisation_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const ConfigurationTexts& texts() const { return texts_; }

  /// Makes `after` the configuration: what differs is written to the file where it stands, and new objects to the end of the
  /// main file. Each file is replaced as a whole or not at all (its mode and owner's links stay). Throws ConfigError, and
  /// nothing is written: when another program changed a file since it was read, when a file cannot be written, when what
  /// has to change is written in a form that cannot be edited, when a subscribed Edge changes what is replicated to it.
  void replace(Organisation after, By by = By::edge);

 private:
  std::string file_;
  ConfigurationTexts texts_;
  Organisation organisation_;
};

/// The texts of `before` changed so that they read as `after`. Objects belong together by their origin, so that one can be
/// renamed. Throws ConfigError when that cannot be done.
[[nodiscard]] ConfigurationTexts edited(const ConfigurationTexts& texts, const Organisation& before,
                                        const Organisation& after);

/// Reads the first of `texts`; what it includes is looked for among the others. Throws ConfigError.
[[nodiscard]] Organisation read_toml_texts(const ConfigurationTexts& texts);

/// Replaces the file as a whole, or makes it: the octets are on the disk under another name before they take its place, and
/// its mode stays (0644 for a new one). Through a symbolic link the file it names is replaced. Throws ConfigError.
void replace_file(const std::string& file, std::string_view text);

}  // namespace domsec::exchange
