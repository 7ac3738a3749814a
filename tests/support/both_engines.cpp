#include "support/both_engines.h"

#include "domsec/finding/catalogue.h"
#include "domsec/session/reception.h"

namespace domsec::testing {
namespace {

net::task<void> run_sender(Pair& pair, session::Reception& reception) {
  pair.sent =
      co_await session::send_session(pair.send, reception.endpoint(), "mail.woodgrovebank.com", pair.sender);
  reception.stop();
}

}  // namespace

void run_all(std::vector<Pair>& pairs) {
  net::Loop loop;
  std::vector<std::unique_ptr<session::Reception>> receptions;
  for (Pair& pair : pairs) {
    receptions.push_back(std::make_unique<session::Reception>(
        loop, net::Endpoint{"127.0.0.1", 0}, [] { return new_transcript(policy::Role::receive); },
        [&pair](const transcript::Transcript& ended) { pair.receiver = ended; }));
    receptions.back()->use(pair.receive);
    receptions.back()->start();
    loop.spawn(run_sender(pair, *receptions.back()));
  }
  loop.run();
}

std::string summary(const policy::Verdict& verdict) {
  const policy::Finding& headline = verdict.headline;
  std::string text = std::string(finding::name(headline.code)) + " " +
                     std::string(policy::text(headline.level)) + " " +
                     std::string(policy::text(verdict.result));
  return verdict.reply ? text + ": " + verdict.reply->text() : text;
}

std::string last_verdict(const transcript::Transcript& transcript) {
  std::string last = "no verdict";
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* decided = event.body.as<transcript::PolicyDecided>()) last = summary(decided->verdict);
  }
  return last;
}

std::string how_broken(const transcript::Transcript& transcript) {
  const policy::Evidence evidence = transcript::evidence_of(transcript);
  if (!evidence.broken) return {};
  return std::string(policy::text(evidence.broken->step)) + ": " +
         std::string(policy::text(evidence.broken->kind));
}

std::string reply_codes(const transcript::Transcript& transcript) {
  std::string codes;
  for (const transcript::Event& event : transcript.events()) {
    const auto* given = event.body.as<transcript::ReplyGiven>();
    if (given) codes += (codes.empty() ? "" : " ") + std::to_string(given->reply.code());
  }
  return codes;
}

std::vector<std::string> irregularities(const transcript::Transcript& transcript) {
  std::vector<std::string> found;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* irregularity = event.body.as<transcript::Irregularity>())
      found.push_back(irregularity->what);
  }
  return found;
}

}  // namespace domsec::testing
