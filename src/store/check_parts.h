// The parts of a check. Private to store/.
#pragma once

#include "domsec/store/check.h"

namespace domsec::store {

using About = StoreProblem::About;

/// Certificates, pending requests, the default SMTP certificate; `check.certificates`, `check.requests`.
void check_certificates(const Database& database, StoreCheck& check);
void check_auth_config(const Database& database, const CheckSettings& settings, StoreCheck& check);
/// `check.messages`.
void check_queue(const Database& database, StoreCheck& check);

}  // namespace domsec::store
