// `domsec cert select`: which certificate each connector presents, with all candidates in order and what each
// won or lost by (spec exchange 4). Files are read, nobody is asked.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "domsec/pki/instant.h"

namespace domsec::cli {

enum class SelectForm { text, json };

struct CertSelectOptions {
  std::string config = "domsec.toml";  // --config FILE
  std::string connector;               // --connector NAME; empty = every enabled one
  std::string direction;               // --direction send|receive; empty = both
  SelectForm form = SelectForm::text;  // --json
  std::optional<pki::Instant> at;      // --at TIME; nothing = now
};

/// 0 when every connector has a certificate that works, else 2.
int run_cert_select(const CertSelectOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
