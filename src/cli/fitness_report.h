// What `domsec cert lint` found, as values that text and JSON render.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/policy/certificate_fitness.h"

namespace domsec::cli {

struct FitnessReport {
  pki::Instant at;
  std::vector<policy::FitnessSubject> subjects;
  policy::Fitness fitness;
  std::vector<std::size_t> shown;              // of the subjects, in the order of the report
  std::vector<policy::LintFinding> findings;   // what has no certificate to stand by
  int exit_code = 0;
};

void write_text(const FitnessReport& report, std::ostream& out);
[[nodiscard]] std::string json_of(const FitnessReport& report);   // fitness_json.cpp

}  // namespace domsec::cli
