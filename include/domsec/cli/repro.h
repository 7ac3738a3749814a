// `domsec repro`: be the broken peer of one fault, for somebody else's server or client.
#pragma once

#include <iosfwd>
#include <string>

#include "domsec/cli/options.h"

namespace domsec::cli {

struct ReproOptions {
  std::string fault;                         // server/expired, client/no-client-cert
  std::string from;                          // --from FILE: a recorded session that shall fail again
  std::string session;                       // --session ID of it; empty = the last that failed
  bool scenario = false;                     // --scenario: print the scenario instead
  std::string listen = "127.0.0.1:2525";     // server
  std::string connect;                       // client: HOST:PORT
  std::string domain = "woodgrovebank.com";  // the broken end's
  std::string partner = "contoso.com";       // whom it meets
  std::string directory;                     // --state; empty = the default one
  std::string stack;                         // --for postfix|exim|sendmail|opensmtpd|exchange
  std::string expect;                        // --expect CODE
  int count = 0;                             // --count; 0 = 1 with --expect or as client, else without end
  double timeout = 0;                        // --timeout, seconds; 0 = 60 with --expect, else without end
  bool own_target = false;                   // --i-own-the-target
};

/// 0: ended as asked; with --expect 0 when that many sessions gave the finding in time, else 1. Throws
/// UsageError, LabError, net::ChannelError(local).
int run_repro(const ReproOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
