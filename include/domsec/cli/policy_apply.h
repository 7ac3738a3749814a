// `domsec policy apply`: one organisation's lists and send connectors on its Edges, as EdgeSync puts them there (R28, R30).
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/cli/policy.h"
#include "domsec/pki/instant.h"

namespace domsec::cli {

enum class ApplyRun { write, dry };  // --dry-run

struct PolicyApplyOptions {
  std::string organisation;               // the organisation's configuration file
  std::vector<std::string> edges;         // --edge FILE
  ApplyRun run = ApplyRun::write;
  PolicyForm form = PolicyForm::text;     // --json
  std::optional<pki::Instant> at;         // written as Applied; nothing = now
};

/// 0 when every Edge is as its organisation (now); 2 when --dry-run found a difference, when an Edge does not secure what the
/// lists hold, or when a file is refused. All Edges are examined before the first is written.
int run_policy_apply(const PolicyApplyOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
