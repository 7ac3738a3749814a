// The rows of `domsec preflight` about one partner; those of the machine are doctor_checks.h's.
#pragma once

#include "doctor_checks.h"
#include "domsec/policy/certificate_fitness.h"

namespace domsec::cli {

struct PartnerChecks {
  std::string domain;
  std::vector<DoctorCheck> checks;
};

/// Both lists, and the switches of the connectors that mail to and from him takes (R5, R6, R30). A receive
/// connector that does not secure his mail is a warning where another one does.
[[nodiscard]] std::vector<DoctorCheck> check_switches(const exchange::Organisation& organisation,
                                                      const smtp::Domain& partner, pki::Instant at);
/// R29: is a subscribed Edge as its organisation (DS304)? What became of its certificate is check_presented's
/// (R49).
[[nodiscard]] DoctorCheck check_subscription(const exchange::Organisation& edge);
/// DS650 to DS656, as far as this server alone can tell (R51 to R56); no row where [AuthConfig] names no
/// certificate.
[[nodiscard]] std::vector<DoctorCheck> check_auth(const exchange::Organisation& organisation,
                                                  const std::vector<policy::FitnessSubject>& subjects,
                                                  pki::Instant at);
/// What each connector presents, and whatever is yellow or red about it; path and lists have rows of their
/// own.
[[nodiscard]] std::vector<DoctorCheck> check_presented(const policy::Fitness& fitness,
                                                       const std::vector<policy::FitnessSubject>& subjects,
                                                       pki::Instant at);

// preflight_json.cpp
[[nodiscard]] std::string json_of(const std::vector<DoctorCheck>& server,
                                  const std::vector<PartnerChecks>& partners, int code);

}  // namespace domsec::cli
