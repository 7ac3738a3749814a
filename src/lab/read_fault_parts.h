// The parts of a [[fault]] that have tables of their own.
#pragma once

#include "domsec/lab/fault.h"
#include "toml_table.h"

namespace domsec::lab {

[[nodiscard]] CertificateFault read_certificate_fault(const Table& fault);
[[nodiscard]] session::Deviations read_deviations(const Table& fault);

enum class FaultOf {
  catalogue,
  scenario,  // its steps say what must come of it: it needs no words about itself
};
[[nodiscard]] Fault read_fault(const toml::table& source, const std::string& file, FaultOf of);
[[nodiscard]] finding::Code read_finding(const Table& table, const char* key);

inline constexpr std::pair<std::string_view, policy::Level> level_words[] = {
    {"exact", policy::Level::exact},
    {"likely", policy::Level::likely},
    {"ambiguous", policy::Level::ambiguous}};

}  // namespace domsec::lab
