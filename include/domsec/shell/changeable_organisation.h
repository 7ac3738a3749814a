// The organisation that the cmdlets read and change. Who keeps it (a file, a test's memory) is the caller's
// matter.
#pragma once

#include "domsec/exchange/organisation.h"

namespace domsec::shell {

class ChangeableOrganisation {
 public:
  virtual ~ChangeableOrganisation() = default;
  [[nodiscard]] virtual const exchange::Organisation& organisation() const = 0;
  /// Keeps `after` and puts it in force. Throws HostError when it cannot be kept; the old one then stays in
  /// force.
  virtual void replace(exchange::Organisation after) = 0;
};

}  // namespace domsec::shell
