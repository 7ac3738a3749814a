// The extensions of RFC 5280 4.2.1 that mail cares about, as plain values.
#pragma once

#include "domsec/pki/certificate.h"

namespace domsec::pki {

void read_extensions(const x509_st* x509, Certificate& certificate);

}  // namespace domsec::pki
