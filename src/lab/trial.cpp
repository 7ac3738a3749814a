#include "domsec/lab/trial.h"

#include <algorithm>

#include "domsec/lab/broken_peer.h"

namespace domsec::lab {
namespace {

const policy::Finding* found(const policy::Verdict& verdict, finding::Code code) {
  if (verdict.headline.code == code) return &verdict.headline;
  const auto at = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                               [code](const policy::Finding& finding) { return finding.code == code; });
  return at == verdict.findings.end() ? nullptr : &*at;
}

std::string code_text(finding::Code code) {
  return std::string(finding::name(code)) + " " + std::string(finding::slug(code));
}

}  // namespace

std::string Trial::name() const {
  return (role == policy::Role::receive ? "server/" : "client/") + fault->name;
}

std::string difference(const Expectation& expected, const Seen& seen) {
  if (seen.delivered == expected.refused) return seen.delivered ? "mail passed" : "mail did not pass";
  const policy::Finding* finding = found(seen.verdict, expected.code);
  // A refusal that has nothing to do with TLS is a remark beside the proof of both ends.
  const bool decides =
      seen.verdict.headline.code == expected.code || seen.verdict.headline.who == policy::Who::note;
  if (finding == nullptr || (expected.refused && !decides))
    return "found " + code_text(seen.verdict.headline.code);
  if (finding->level != expected.level) return "the level is " + std::string(policy::text(finding->level));
  if (!expected.reply.empty() && seen.reply != expected.reply) return "the reply was '" + seen.reply + "'";
  return {};
}

Trials::Trials(net::Loop& loop, LabSettings settings)
    : lab_(loop, [this, &settings] {
        settings.ended = [this](const std::string&, const transcript::Transcript& transcript) {
          if (transcript.role() == policy::Role::receive)
            received_.insert_or_assign(transcript.remote(), transcript);
        };
        return std::move(settings);
      }()) {}

/// The session at the other end, whose remote end is `local`, ends a moment after ours.
net::task<void> Trials::await_ended(std::string local) {
  constexpr net::Milliseconds pause{5};
  for (int tries = 0; received_.find(local) == received_.end() && tries < 1000; ++tries)
    co_await net::sleep(pause);
}

net::task<Seen> Trials::send(std::string from, std::string to, policy::Role judge) {
  received_.clear();  // an earlier session may have had the port that this one gets
  const OrganisationRecipe& sender = organisation(lab_.recipe(), from);
  const OrganisationRecipe& recipient = organisation(lab_.recipe(), to);
  const Fault* recipients = lab_.fault_at(to);
  session::Message mail = mail_between(sender, lab_.fault_at(from), recipient, recipients);
  const std::optional<smtp::Domain> domain = smtp::Domain::parse(domain_for(recipient, recipients));
  const session::DeliveryResult result = co_await lab_.server(from).send(*domain, std::move(mail));
  Seen seen;
  seen.delivered = result.delivered;
  const session::Attempt& last = result.attempts.back();
  co_await await_ended(last.transcript.local());
  const auto received = received_.find(last.transcript.local());
  if (received != received_.end()) seen.partners = received->second;
  seen.brokens = last.transcript;
  if (judge == policy::Role::send) {
    std::swap(seen.partners, seen.brokens);
    seen.verdict = result.verdict();
    if (seen.verdict.reply)
      seen.reply = seen.verdict.reply->text();
    else if (last.result.final_reply)
      seen.reply = last.result.final_reply->text();
  } else if (seen.partners) {
    if (const policy::Verdict* verdict = last_verdict(*seen.partners)) seen.verdict = *verdict;
    if (seen.verdict.reply) seen.reply = seen.verdict.reply->text();
  }
  co_return seen;
}

net::task<Trial> Trials::meet(const Fault& fault, policy::Role role, std::string broken,
                              std::string partner) {
  Trial trial;
  trial.fault = &fault;
  trial.role = role;
  lab_.apply(broken, fault.name);
  const bool server = role == policy::Role::receive;
  if (server) {
    trial.seen = co_await send(partner, broken, policy::Role::send);
  } else {
    trial.seen = co_await send(broken, partner, policy::Role::receive);
  }
  lab_.apply(broken, std::string());
  const std::optional<Expectation>& expected = server ? fault.as_server : fault.as_client;
  if (!expected)
    throw LabError("the fault " + fault.name + " says nothing of a " + (server ? "server" : "client"));
  trial.difference = difference(*expected, trial.seen);
  co_return trial;
}

}  // namespace domsec::lab
