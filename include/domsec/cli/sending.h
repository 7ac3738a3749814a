// `domsec check` and `domsec send`: the same engine, once without and once with a message.
#pragma once

#include <iosfwd>
#include <optional>

#include "domsec/cli/options.h"
#include "domsec/session/delivery.h"

namespace domsec::cli {

/// Returns the exit code. Throws UsageError, exchange::ConfigError, pki::BundleError.
int run_check(const SendOptions& options, std::ostream& out, std::ostream& err);
int run_send(const SendOptions& options, std::ostream& out, std::ostream& err);

/// `<…@domsec.invalid>`, of this run alone.
[[nodiscard]] std::string new_message_id();

/// Configuration and connector for one partner, flags applied.
struct Route {
  exchange::Organisation organisation;
  exchange::SendConnector connector;
  smtp::Domain partner;
  session::Target target;
  bool implicit_tls = false;
  std::string from_lab;                 // `contoso` when a running lab lent its configuration
};
[[nodiscard]] Route find_route(const SendOptions& options, const TargetText& target);

}  // namespace domsec::cli
