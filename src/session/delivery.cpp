#include "domsec/session/delivery.h"

#include <algorithm>

namespace domsec::session {
namespace {

policy::DnsOutcome outcome(const net::MxAnswer& answer) {
  if (answer.null_mx) return policy::DnsOutcome::null_mx;
  switch (answer.status) {
    case net::DnsStatus::ok: break;
    case net::DnsStatus::no_such_domain: return policy::DnsOutcome::no_such_domain;
    case net::DnsStatus::no_data: return policy::DnsOutcome::no_address;
    case net::DnsStatus::server_failure:
    case net::DnsStatus::timed_out:
    case net::DnsStatus::refused:
    case net::DnsStatus::malformed: return policy::DnsOutcome::failed;
  }
  const bool any = std::any_of(answer.hosts.begin(), answer.hosts.end(),
                               [](const net::MxHost& host) { return !host.addresses.empty(); });
  return any ? policy::DnsOutcome::ok : policy::DnsOutcome::no_address;
}

transcript::HostsResolved resolved(const std::string& name, const net::MxAnswer& answer) {
  transcript::HostsResolved event;
  event.domain = name;
  event.outcome = outcome(answer);
  event.implicit_mx = answer.implicit;
  event.detail = answer.detail;
  for (const net::MxHost& host : answer.hosts) {
    event.hosts.push_back(transcript::HostFound{host.preference, host.host, host.addresses});
  }
  return event;
}

net::task<net::MxAnswer> look_up(net::Resolver& resolver, const Target& target) {
  if (target.host.empty()) co_return co_await resolver.mx(target.domain);
  net::MxAnswer answer;
  answer.hosts.push_back(co_await resolver.addresses(target.host));
  answer.status = answer.hosts.front().status;
  co_return answer;
}

/// A lookup that gave no address: the verdict of a session that never began.
Attempt without_hosts(const SendPlan& plan, transcript::Transcript transcript) {
  SendResult result;
  result.verdict = policy::judge_send(plan.requirement, transcript::evidence_of(transcript), plan.rules, plan.now());
  return Attempt{"", -1, std::move(transcript), std::move(result)};
}

/// Worst first: we or they (1), own (2), environment (3), pass (0).
bool worse(const policy::Verdict& a, const policy::Verdict& b) {
  const int code_a = policy::exit_code(a);
  const int code_b = policy::exit_code(b);
  return code_a != code_b && policy::worse_exit_code(code_a, code_b) == code_a;
}

bool taken(const RecipientResult& recipient) { return recipient.reply.code() == 250 || recipient.reply.code() == 251; }
bool refused_for_good(const RecipientResult& recipient) { return recipient.reply.permanent_failure(); }

/// RFC 5321 5.1: the next address is tried after a failure that another host may not have. A message that was delivered, or
/// refused for good (5yz) by a host that passed, is not offered again.
bool stops_the_walk(const SendPlan& plan, const SendResult& sent) {
  if (sent.delivered) return true;
  if (sent.verdict.result != policy::Result::pass) return false;
  if (sent.recipients.empty()) return !sent.final_reply || sent.final_reply->permanent_failure();
  if (std::ranges::none_of(sent.recipients, taken)) return std::ranges::all_of(sent.recipients, refused_for_good);
  return sent.content_reply ? sent.content_reply->permanent_failure() : plan.until < policy::Step::data;
}

/// The message for the next host without the recipients that a host has refused for good; nothing when nobody was.
std::optional<SendPlan> without_refused(const SendPlan& plan, const SendResult& sent) {
  if (!plan.message || std::ranges::none_of(sent.recipients, refused_for_good)) return std::nullopt;
  SendPlan next = plan;
  std::erase_if(next.message->recipients, [&](const smtp::ForwardPath& path) {
    return std::ranges::any_of(sent.recipients, [&](const RecipientResult& recipient) {
      return refused_for_good(recipient) && recipient.recipient.text() == path.text();
    });
  });
  return next;
}

}  // namespace

const policy::Verdict& DeliveryResult::verdict() const {
  const Attempt* chosen = &attempts.front();
  for (const Attempt& attempt : attempts) {
    if (attempt.result.delivered) return attempt.result.verdict;
    if (worse(attempt.result.verdict, chosen->result.verdict)) chosen = &attempt;
  }
  return chosen->result.verdict;
}

int exit_code(const DeliveryPlan& plan, const DeliveryResult& result, const policy::FailOn& fail_on) {
  int code = 0;
  for (const Attempt& attempt : result.attempts) {
    const int of_attempt = policy::exit_code(attempt.result.verdict, fail_on);
    if (attempt.result.delivered) return of_attempt;
    code = policy::worse_exit_code(code, of_attempt);
  }
  const bool not_taken = plan.session.until == policy::Step::end_of_data && !result.delivered;
  return not_taken && code == 0 ? 1 : code;
}

net::task<DeliveryResult> deliver(const DeliveryPlan& plan, Target target, net::Resolver& resolver, NewTranscript new_transcript) {
  DeliveryResult result;
  result.hosts = co_await look_up(resolver, target);
  const transcript::HostsResolved lookup = resolved(target.host.empty() ? target.domain : target.host, result.hosts);
  const auto begin = [&] {
    transcript::Transcript transcript = new_transcript();
    transcript.append(transcript::StepBegun{policy::Step::resolve});
    transcript.append(lookup);
    return transcript;
  };
  std::optional<SendPlan> fewer_recipients;
  std::size_t hosts = 0;
  for (const net::MxHost& host : result.hosts.hosts) {
    if (plan.most_hosts != 0 && hosts++ == plan.most_hosts) break;
    for (const std::string& address : host.addresses) {
      if (result.connections == plan.most_connections) {
        result.budget_spent = true;
        break;
      }
      ++result.connections;
      transcript::Transcript transcript = begin();
      net::Endpoint endpoint;
      endpoint.address = address;
      endpoint.port = target.port;
      const SendPlan& session = fewer_recipients ? *fewer_recipients : plan.session;
      SendResult sent = co_await send_session(session, endpoint, host.host, transcript);
      const bool enough = plan.walk == Walk::first_success && stops_the_walk(session, sent);
      std::optional<SendPlan> fewer = without_refused(session, sent);
      const bool nobody_left = fewer && fewer->message->recipients.empty();
      if (fewer) fewer_recipients = std::move(fewer);
      result.delivered = result.delivered || sent.delivered;
      result.attempts.push_back(
          Attempt{host.host, target.host.empty() ? host.preference : -1, std::move(transcript), std::move(sent)});
      if (enough || nobody_left) co_return result;
    }
  }
  if (result.attempts.empty()) result.attempts.push_back(without_hosts(plan.session, begin()));
  co_return result;
}

}  // namespace domsec::session
