// `domsec faults`: the catalogue of faults, one of them in full, or all of them tried out.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "domsec/lab/fault.h"

namespace domsec::cli {

enum class FaultsForm { text, json, scenario };

struct FaultsOptions {
  std::string name;    // FAULT; empty = all
  std::string role;    // --role server|client; empty = both
  std::string family;  // --family; empty = all
  std::string peer;    // --peer: a program of faults/peers; empty = none
  bool check = false;  // --check: tried against ourselves, over real sockets
  FaultsForm form = FaultsForm::text;
  std::string directory;  // --scenarios DIR: one file for each fault, FAMILY/FAULT.scenario.toml
};

/// 0; with --check 1 when a fault is not found as the catalogue expects. Throws UsageError.
int run_faults(const FaultsOptions& options, std::ostream& out, std::ostream& err);

/// Schema domsec.faults/1.
[[nodiscard]] std::string faults_json(const FaultsOptions& options);

/// Is the fault among those that are asked for, in this role?
[[nodiscard]] bool is_asked_for(const FaultsOptions& options, const lab::Fault& fault, policy::Role role);

}  // namespace domsec::cli
