// `domsec doctor`: is this machine, with this configuration, fit for domain security (R29)? A checklist;
// nothing is sent to a partner. Asked are the name servers and the distribution points of our own
// certificates.
#pragma once

#include <iosfwd>
#include <string>

namespace domsec::cli {

enum class DoctorForm { text, json };

struct DoctorOptions {
  std::string config;          // --config FILE; empty = domsec.toml of this directory, if there is one
  std::string lab_state;       // --lab DIR
  std::string crl_cache;       // --crl-cache DIR
  std::string http_proxy;      // --http-proxy http://HOST:PORT|none
  double timeout_seconds = 5;  // --timeout, of each question to the network
  DoctorForm form = DoctorForm::text;  // --json
};

/// 0 without a FAIL, 2 when something of our own is at fault, else 3: the environment is.
int run_doctor(const DoctorOptions& options, std::ostream& out);

}  // namespace domsec::cli
