// The lab's faults: each breaks one thing of one organisation, and says what its partner must then find. They
// are data; the lab applies them, `lab demo` proves them, tests hold them to it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domsec/finding/codes.h"

namespace domsec::lab {

/// What is changed at the broken organisation.
enum class Breakage {
  none,
  // the way to TLS
  no_starttls,
  starttls_454,
  no_tls,
  tls1_1_only,
  key_mismatch,
  no_client_certificate,
  // the certificate's names
  wrong_name,
  cn_only,
  wildcard,
  wildcard_two_labels,
  wildcard_apex,
  partner_certificate,
  // its path
  untrusted_root,
  self_signed,
  missing_intermediate,
  expired,
  not_yet_valid,
  server_auth_only,
  client_auth_only,
  // revocation
  revoked,
  revoked_intermediate,
  crl_stale,
  crl_unreachable,
  no_cdp,
};

/// What the partner of the broken organisation finds.
struct Expectation {
  finding::Code code;
  bool refused = true;     // false: mail passes, `code` is the headline or a listed warning
  std::string_view reply;  // receive: the refusal on the wire; empty when mail passes or no reply is given
};

struct Fault {
  Breakage breakage;
  std::string_view name;     // `expired`
  std::string_view summary;  // one line
  /// The broken organisation as server: its partner sends. Nothing: the fault does not show in this role.
  std::optional<Expectation> as_server;
  /// The broken organisation as client: its partner receives.
  std::optional<Expectation> as_client;
};

/// The fault is in what all hosts of an organisation share: its authority, or how its partners compare names.
[[nodiscard]] bool breaks_every_host(Breakage breakage);

[[nodiscard]] std::span<const Fault> faults();
/// `expired`, `server/expired`, `client/expired`; null when there is none.
[[nodiscard]] const Fault* find_fault(std::string_view name);

}  // namespace domsec::lab
