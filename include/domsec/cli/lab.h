// `domsec lab`: up, ls, break, fix, down, demo.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace domsec::cli {

enum class Detach { no, yes };

struct LabOptions {
  std::string directory;             // --state DIR; empty = the default
  std::string recipe_file;           // --recipe FILE; empty = the built-in one
  std::uint16_t smtp_port = 2525;    // --smtp-port
  std::uint16_t dns_port = 10053;    // --dns-port
  std::uint16_t http_port = 10080;   // --http-port
  Detach detach = Detach::no;        // --detach
  std::string place;                 // break, fix: an organisation or a host; empty = all (fix)
  std::string fault;                 // break
  bool json = false;                 // ls --json
};

int run_lab_up(const LabOptions& options, std::ostream& out, std::ostream& err);
int run_lab_ls(const LabOptions& options, std::ostream& out, std::ostream& err);
int run_lab_break(const LabOptions& options, std::ostream& out, std::ostream& err);
int run_lab_fix(const LabOptions& options, std::ostream& out, std::ostream& err);
int run_lab_down(const LabOptions& options, std::ostream& out, std::ostream& err);
/// The document of `lab ls --json`, without a line end.
[[nodiscard]] std::string lab_list_json(const std::string& directory);
/// The main job in one run; 0 only when every row is as expected.
int run_lab_demo(const LabOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
