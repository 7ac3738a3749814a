// What mail programs did when they met a fault (faults/peers), for `domsec faults`.
#pragma once

#include <iosfwd>

#include "domsec/cli/faults.h"

namespace domsec::cli {

/// --peer alone: the record of that program, a line a fault.
void print_peer(const FaultsOptions& options, std::ostream& out);
/// --peer with FAULT: what it did, what it wrote, and with which configuration.
void print_peer_met(const FaultsOptions& options, std::ostream& out);
/// One line for each program that met it.
void print_peers_of(std::ostream& out, const lab::Fault& fault, policy::Role broken);
/// Throws UsageError with the names that there are.
void refuse_unknown_peer(const FaultsOptions& options);

}  // namespace domsec::cli
