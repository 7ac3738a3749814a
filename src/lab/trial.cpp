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

Seen seen_in(const transcript::Transcript& received) {
  Seen seen;
  seen.partners = received;
  if (const policy::Verdict* verdict = last_verdict(received)) seen.verdict = *verdict;
  if (seen.verdict.reply) seen.reply = seen.verdict.reply->text();
  seen.delivered = std::any_of(received.events().begin(), received.events().end(), [](const transcript::Event& event) {
    return event.body.as<transcript::MessageAccepted>() != nullptr;
  });
  return seen;
}

Seen Meeting::seen_by(policy::Role role) const {
  Seen seen;
  seen.delivered = sent.delivered;
  seen.brokens = sending();
  seen.partners = received;
  if (role == policy::Role::send) {
    std::swap(seen.partners, seen.brokens);
    seen.verdict = sent.verdict();
    if (seen.verdict.reply)
      seen.reply = seen.verdict.reply->text();
    else if (sent.attempts.back().result.final_reply)
      seen.reply = sent.attempts.back().result.final_reply->text();
  } else if (received) {
    if (const policy::Verdict* verdict = last_verdict(*received)) seen.verdict = *verdict;
    if (seen.verdict.reply) seen.reply = seen.verdict.reply->text();
  }
  return seen;
}

Trials::Trials(net::Loop& loop, LabSettings settings)
    : lab_(loop, [this, &settings] {
        settings.ended = [this](const std::string& organisation, const transcript::Transcript& transcript) {
          if (transcript.role() == policy::Role::receive)
            received_.push_back(Received{organisation, transcript});
        };
        return std::move(settings);
      }()) {}

const transcript::Transcript* Trials::received_from(const std::string& remote) const {
  for (const Received& each : received_) {
    if (each.transcript.remote() == remote) return &each.transcript;
  }
  return nullptr;
}

const transcript::Transcript* Trials::last_received(const std::string& organisation) const {
  for (auto each = received_.rbegin(); each != received_.rend(); ++each) {
    if (each->organisation == organisation) return &each->transcript;
  }
  return nullptr;
}

/// The session at the other end, whose remote end is `local`, ends a moment after ours.
net::task<void> Trials::await_ended(std::string local) {
  constexpr net::Milliseconds pause{5};
  for (int tries = 0; received_from(local) == nullptr && tries < 1000; ++tries) co_await net::sleep(pause);
}

session::Message Trials::mail(const std::string& from, const std::string& to) const {
  return mail_between(organisation(lab_.recipe(), from), lab_.fault_at(from), organisation(lab_.recipe(), to),
                      lab_.fault_at(to));
}

net::task<Meeting> Trials::deliver(std::string from, session::Message mail) {
  forget();  // an earlier session may have had the port that this one gets
  const std::optional<smtp::Domain> domain = mail.recipients.front().mailbox->domain();
  Meeting meeting;
  meeting.sent = co_await lab_.server(from).send(*domain, std::move(mail));
  const std::string& local = meeting.sending().local();
  if (!local.empty()) co_await await_ended(local);
  if (const transcript::Transcript* received = received_from(local)) meeting.received = *received;
  co_return meeting;
}

net::task<Trial> Trials::meet(const Fault& fault, policy::Role role, std::string broken,
                              std::string partner) {
  Trial trial;
  trial.fault = &fault;
  trial.role = role;
  lab_.apply(broken, fault.name);
  const bool server = role == policy::Role::receive;
  const std::string from = server ? partner : broken;
  const std::string to = server ? broken : partner;
  const Meeting meeting = co_await deliver(from, mail(from, to));
  trial.seen = meeting.seen_by(server ? policy::Role::send : policy::Role::receive);
  lab_.apply(broken, std::string());
  const std::optional<Expectation>& expected = server ? fault.as_server : fault.as_client;
  if (!expected)
    throw LabError("the fault " + fault.name + " says nothing of a " + (server ? "server" : "client"));
  trial.difference = difference(*expected, trial.seen);
  co_return trial;
}

}  // namespace domsec::lab
