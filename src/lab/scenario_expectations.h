// What a step expects against what it came to. Pure but for the files of the host whose log or mail is asked
// for.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "domsec/lab/scenario_play.h"
#include "domsec/lab/trial.h"

namespace domsec::lab {

/// Adds what does not hold of one end. `end` is `sender` or `receiver`; `directories` are those of its hosts.
void compare_end(const ExpectedEnd& expected, const std::string& end, const Seen& seen,
                 const std::vector<std::string>& directories, std::vector<Mismatch>& into);
/// Each of `parts` in a line of `text`, one behind the other; none of `lacks` in any.
void compare_text(int line, const std::string& what, const std::string& text,
                  const std::vector<std::string>& parts, const std::vector<std::string>& lacks,
                  std::vector<Mismatch>& into);
/// The accepted mail below these directories, by file.
[[nodiscard]] std::set<std::string> stored_mail(const std::vector<std::string>& directories);

}  // namespace domsec::lab
