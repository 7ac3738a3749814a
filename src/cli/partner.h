// One partner of the sending side, made ready: the route to him, our end, the logs. Sessions go through it.
// Private to cli/.
#pragma once

#include <iosfwd>
#include <optional>

#include "domsec/cli/sending.h"
#include "domsec/policy/fail_on.h"
#include "domsec/report/text.h"
#include "domsec/transcript/file_sink.h"

namespace domsec::cli {

/// What one run does besides the route: how far it goes, and with what.
struct Errand {
  policy::Step until = policy::Step::ehlo_inside_tls;
  session::Walk walk = session::Walk::all;
  std::optional<session::Message> message;
  std::optional<session::Message> in_clear;  // --try-plaintext: the envelope to try without TLS
};

class Partner {
 public:
  /// Reads configuration, certificates and lists. Throws UsageError, exchange::ConfigError, pki::BundleError.
  Partner(const SendOptions& options, const TargetText& target, std::ostream& out, std::ostream& err);
  Partner(const Partner&) = delete;
  Partner& operator=(const Partner&) = delete;

  [[nodiscard]] const Route& route() const { return route_; }
  [[nodiscard]] session::DeliveryPlan plan(Errand errand) const;
  [[nodiscard]] session::DeliveryResult deliver(const session::DeliveryPlan& plan);
  /// The first partner's host that a connection came to once more, without STARTTLS, up to MAIL FROM or RCPT
  /// TO.
  [[nodiscard]] std::optional<report::PlaintextTrial> try_in_clear(const session::DeliveryPlan& plan,
                                                                   session::Message envelope,
                                                                   const session::DeliveryResult& result);

 private:
  [[nodiscard]] transcript::Transcript begin();

  const SendOptions& options_;
  std::ostream& out_;
  Route route_;
  net::Loop loop_;
  session::Edge edge_;
  transcript::SessionIds ids_;
  std::optional<transcript::ProtocolLogFiles> log_;
};

/// The report of one delivery; its transcripts and verdicts go over into it.
[[nodiscard]] report::Report report_of(const std::string& shown, const session::DeliveryPlan& plan,
                                       session::DeliveryResult& result, const policy::FailOn& fail_on);

}  // namespace domsec::cli
