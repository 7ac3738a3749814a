// `domsec verify --batch`: the machine interface for conformance data. JSON Lines in, one answer a line out.
// Not here: the judgement of any operation; each belongs to its layer.
#pragma once

#include <iosfwd>

namespace domsec::cli {

/// A request is an object with `id` and `op`; the answer repeats the id and has `result` accept, reject or skip. What
/// is no such object, or is longer than 64 MiB, is answered with reject and reason `parse`. Returns the exit code.
int run_verify_batch(std::istream& in, std::ostream& out);

}  // namespace domsec::cli
