// The world of `domsec shell`: streams, the clock, files below --root, the configuration file. Private to
// cli/.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "domsec/exchange/configuration.h"
#include "domsec/shell/changeable_organisation.h"
#include "domsec/shell/host.h"

namespace domsec::cli {

/// A line of the person's answer to a prompt; nothing at the end of the input.
using AskLine = std::function<std::optional<std::string>(const std::string& prompt)>;

class ShellHost : public shell::Host {
 public:
  ShellHost(std::ostream& out, std::ostream& err, std::string root, AskLine ask);

  void write(std::string_view text) override;
  void warn(std::string_view sentence) override;
  shell::Answer confirm(std::string_view question) override;
  pki::Instant now() override;
  shell::Bytes read_file(const std::string& path) override;
  void write_file(const std::string& path, std::string_view content) override;
  void append_file(const std::string& path, std::string_view content) override;

 private:
  [[nodiscard]] std::filesystem::path place_of(const std::string& path) const;

  std::ostream& out_;
  std::ostream& err_;
  std::filesystem::path root_;  // canonical; empty = none
  AskLine ask_;
};

/// The organisation of a configuration file; a change is on the disk before it is in force.
class ConfigurationFile : public shell::ChangeableOrganisation {
 public:
  /// Throws exchange::ConfigError.
  explicit ConfigurationFile(const std::string& file) : configuration_(file) {}
  [[nodiscard]] const exchange::Organisation& organisation() const override {
    return configuration_.organisation();
  }
  void replace(exchange::Organisation after) override;

 private:
  exchange::Configuration configuration_;
};

}  // namespace domsec::cli
