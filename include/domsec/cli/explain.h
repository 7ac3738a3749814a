// `domsec explain CODE|SLUG`: rows of the catalogue of findings, for people or as JSON.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace domsec::cli {

enum class ExplainForm { text, json, markdown };   // markdown: docs/findings.md, always the whole catalogue

struct ExplainOptions {
  std::vector<std::string> codes;    // code or slug; none = the list of all
  ExplainForm form = ExplainForm::text;
};
/// 0, or 2 when a code is unknown (the nearest ones are named).
int run_explain(const ExplainOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
