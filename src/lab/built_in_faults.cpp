#include "built_in_faults.h"

namespace domsec::lab {

// Made of the files of these names when domsec is built.
std::string_view faults_certificate();
std::string_view faults_revocation();
std::string_view faults_tls();
std::string_view faults_smtp();
std::string_view faults_policy();

std::array<BuiltInFaults, 5> built_in_faults() {
  return {{{"faults/certificate.toml", faults_certificate()},
           {"faults/revocation.toml", faults_revocation()},
           {"faults/tls.toml", faults_tls()},
           {"faults/smtp.toml", faults_smtp()},
           {"faults/policy.toml", faults_policy()}}};
}

}  // namespace domsec::lab
