// Counting finished sessions. Exchange's three counters go up as spec exchange 1.4 says: messages when they
// are accepted, outbound failures when a session to a domain of TLSSendDomainSecureList fails for its
// security. It has no counter for failed inbound sessions; ours stand outside its object.
#include "domsec/transcript/counters.h"

namespace domsec::transcript {

namespace {

/// Listed, reached and judged a failure. A listed domain whose connector makes the list inert is delivered to
/// (D-2), and a host that was never reached says nothing about security.
bool failed_domain_security(const policy::Verdict& verdict, const std::string& list) {
  return !list.empty() && verdict.result == policy::Result::fail &&
         verdict.treatment == policy::Treatment::refuse;
}

/// A client that left before MAIL is inconclusive and got no reply for it: there was nothing to refuse.
bool refused(const policy::Verdict& verdict) {
  return verdict.treatment == policy::Treatment::refuse &&
         (verdict.result == policy::Result::fail || verdict.reply);
}

}  // namespace

void Counters::add(const Transcript& finished) {
  const bool sent = finished.role() == policy::Role::send;
  ++(sent ? sessions_sent : sessions_received);
  bool failed = false;
  for (const Event& event : finished.events()) {
    if (const auto* accepted = event.body.as<MessageAccepted>();
        accepted != nullptr && accepted->domain_secured) {
      ++(sent ? domain_secure_messages_sent : domain_secure_messages_received);
    }
    const auto* decided = event.body.as<PolicyDecided>();
    if (decided == nullptr) continue;
    if (sent) failed = failed || failed_domain_security(decided->verdict, decided->list);
    if (!sent && refused(decided->verdict)) ++messages_refused;
  }
  if (failed) ++domain_secure_outbound_session_failures;
}

std::vector<std::pair<std::string, std::uint64_t>> Counters::values() const {
  const std::string exchange = R"(\MSExchange Secure Mail Transport(_total)\)";
  std::vector<std::pair<std::string, std::uint64_t>> all{
      {exchange + "Domain Secure Messages Received", domain_secure_messages_received},
      {exchange + "Domain Secure Messages Sent", domain_secure_messages_sent},
      {exchange + "Domain Secure Outbound Session Failures", domain_secure_outbound_session_failures},
  };
  for (auto& one : own_values("_total")) all.push_back(std::move(one));
  return all;
}

std::vector<std::pair<std::string, std::uint64_t>> Counters::own_values(const std::string& instance) const {
  const std::string own = R"(\domsec()" + instance + R"()\)";
  return {
      {own + "Sessions Received", sessions_received},
      {own + "Sessions Sent", sessions_sent},
      {own + "Messages Refused", messages_refused},
  };
}

}  // namespace domsec::transcript
