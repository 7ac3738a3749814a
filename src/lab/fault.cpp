#include "domsec/lab/fault.h"

#include <algorithm>

#include "built_in_faults.h"
#include "domsec/lab/recipe.h"

namespace domsec::lab {
namespace {

std::vector<Fault> read_built_in() {
  std::vector<Fault> all;
  for (const BuiltInFaults& each : built_in_faults()) {
    std::vector<Fault> faults = read_faults(each.toml, std::string(each.file));
    std::move(faults.begin(), faults.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

std::string_view text(FaultFamily family) {
  switch (family) {
    case FaultFamily::certificate:
      return "certificate";
    case FaultFamily::revocation:
      return "revocation";
    case FaultFamily::tls:
      return "tls";
    case FaultFamily::smtp:
      return "smtp";
    case FaultFamily::policy:
      return "policy";
  }
  return "certificate";
}

std::span<const Fault> faults() {
  static const std::vector<Fault> all = read_built_in();
  return all;
}

const Fault* find_fault(std::string_view name) {
  const bool server = name.starts_with("server/");
  const bool client = name.starts_with("client/");
  if (server || client) name.remove_prefix(7);
  for (const Fault& fault : faults()) {
    if (fault.name != name) continue;
    const bool of_role = (!server || fault.as_server) && (!client || fault.as_client);
    return of_role ? &fault : nullptr;
  }
  return nullptr;
}

const Fault& fault_named(std::string_view name) {
  if (const Fault* fault = find_fault(name)) return *fault;
  throw LabError("there is no fault '" + std::string(name) + "'; domsec faults lists them");
}

}  // namespace domsec::lab
