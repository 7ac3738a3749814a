// Words that every form of a test report has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domsec/report/test_report.h"
#include "domsec/report/timeline.h"

namespace domsec::report {

[[nodiscard]] std::string_view text(TestCase::Outcome outcome);  // `passed`, `failed`, `broken`
/// `file:line`, `file` where no line is known.
[[nodiscard]] std::string place_text(const SourceLine& at);
/// `receiver: finding: expected DS103 certificate-expired, seen DS100 …`
[[nodiscard]] std::string difference_text(const Difference& difference);
/// The first difference, the trouble, or the outcome where there is neither.
[[nodiscard]] std::string why(const TestCase& test);
/// `faults/certificate` of `faults/certificate/expired`; empty without a folder.
[[nodiscard]] std::string folder_of(const TestCase& test);

/// A session with what is known of it: both ends joined, or the events of the one that is.
[[nodiscard]] bool has_both_ends(const TestedSession& session);
[[nodiscard]] Timeline timeline_of(const TestedSession& session);

}  // namespace domsec::report
