// Plans for session tests: two partners of one public-key infrastructure, everything good; a test changes one
// thing.
#pragma once

#include <memory>
#include <string>

#include "domsec/session/receive_session.h"
#include "domsec/session/send_session.h"
#include "support/pki.h"

namespace domsec::testing {

/// Certificates of both ends, anchors, and the plans that use them. Mail goes from contoso.com to
/// woodgrovebank.com.
struct Partners {
  const ThreeLevels& pki = three_levels();
  pki::Credentials contoso = pki.leaf("mail.contoso.com");
  pki::Credentials woodgrove = pki.leaf("mail.woodgrovebank.com");

  [[nodiscard]] session::ExaminationPlan examination() const;
  [[nodiscard]] std::shared_ptr<const net::TlsContext> client(const pki::Credentials& identity) const;
  [[nodiscard]] std::shared_ptr<const net::TlsContext> server(const pki::Credentials& identity) const;
  /// Domain secured, with a message, until its end.
  [[nodiscard]] session::SendPlan send_plan() const;
  /// Lists contoso.com; keeps messages in `kept`.
  [[nodiscard]] std::shared_ptr<session::ReceivePlan> receive_plan() const;
  std::shared_ptr<std::vector<session::ReceivedMessage>> kept =
      std::make_shared<std::vector<session::ReceivedMessage>>();
};

[[nodiscard]] session::Timeouts short_timeouts();
[[nodiscard]] transcript::Transcript new_transcript(policy::Role role);

/// Runs send_session against an endpoint and returns its result; the transcript is filled.
session::SendResult send(net::Loop& loop, const session::SendPlan& plan, const net::Endpoint& to,
                         transcript::Transcript& transcript);

}  // namespace domsec::testing
