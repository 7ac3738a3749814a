// A configuration that no file holds: counts its changes, refuses them when a test says so.
#pragma once

#include <string>
#include <utility>

#include "domsec/shell/changeable_organisation.h"
#include "domsec/shell/host.h"

namespace domsec::shell {

class OrganisationInMemory : public ChangeableOrganisation {
 public:
  exchange::Organisation held;
  int changes = 0;
  std::string refusal;  // what replace() throws

  const exchange::Organisation& organisation() const override { return held; }
  void replace(exchange::Organisation after) override {
    if (!refusal.empty()) throw HostError(refusal);
    held = std::move(after);
    ++changes;
  }
};

}  // namespace domsec::shell
