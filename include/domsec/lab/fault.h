// The catalogue of faults: each breaks one thing of one end, and says what its partner must then find. They
// are data, faults/*.toml; the lab plays them, `repro` is them, tests hold every one to what it expects.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/finding/codes.h"
#include "domsec/lab/certificate_fault.h"
#include "domsec/policy/verdict.h"
#include "domsec/session/edge.h"

namespace domsec::lab {

enum class FaultFamily { certificate, revocation, tls, smtp, policy };

[[nodiscard]] std::string_view text(FaultFamily family);

/// What the partner of the broken end finds.
struct Expectation {
  finding::Code code = finding::Code::mutual_tls_ok;
  policy::Level level = policy::Level::exact;
  bool refused = true;  // false: mail passes, `code` is the headline or a listed remark
  std::string reply;    // the refusal on the wire or of our own; empty: any, or none
};

/// What is written otherwise in the configuration.
struct ConfigurationFault {
  bool ignore_starttls = false;
  bool not_domain_secure = false;
  /// TlsCertificateName names the certificate: it has no name by which its connector would find it.
  bool certificate_by_name = false;
  /// Of its partners: names are compared exactly.
  bool partners_compare_exactly = false;
};

/// What the broken end writes as the sender.
struct MailFault {
  /// The domain of MAIL FROM and of the recipients at the broken end is its second one, two labels below a
  /// wildcard.
  bool second_domain = false;
  std::string author{};      // of the From field; empty = as MAIL FROM
  bool null_sender = false;  // MAIL FROM:<>
};

struct Fault {
  std::string name;  // `expired`
  FaultFamily family = FaultFamily::certificate;
  std::string summary;  // what is broken, one line
  std::string use;      // what it is good for, one line
  bool daily = false;   // among the faults that everybody meets: `lab demo` shows them
  CertificateFault certificate;
  session::Deviations deviations;
  ConfigurationFault configuration;
  MailFault mail;
  /// The broken end as server: its partner sends. Nothing: the fault is none of this role.
  std::optional<Expectation> as_server;
  /// The broken end as client: its partner receives.
  std::optional<Expectation> as_client;
};

/// As they stand in faults/*.toml when domsec was built.
[[nodiscard]] std::span<const Fault> faults();
/// `expired`, `server/expired`, `client/expired`; null when there is none, or none of that role.
[[nodiscard]] const Fault* find_fault(std::string_view name);
/// The same. Throws LabError with the nearest name.
[[nodiscard]] const Fault& fault_named(std::string_view name);

/// `[[fault]]` tables. Throws LabError, `file:line: sentence`.
[[nodiscard]] std::vector<Fault> read_faults(std::string_view toml, const std::string& file);

}  // namespace domsec::lab
