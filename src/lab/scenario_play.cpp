#include "domsec/lab/scenario_play.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "domsec/exchange/organisation.h"
#include "domsec/net/program.h"
#include "domsec/pki/bundle.h"
#include "placeholders.h"
#include "scenario_expectations.h"

namespace domsec::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds look_again{10};

/// The clock of one scenario: it runs as ours does, from where the scenario begins, and jumps at `wait`.
class ScenarioClock {
 public:
  ScenarioClock(const Scenario& scenario, const PlaySettings& settings)
      : settings_(settings),
        offset_(scenario.time ? std::chrono::duration_cast<seconds>(*scenario.time - settings.now())
                              : seconds(0)) {}
  void wait(seconds span) { offset_ += span; }
  [[nodiscard]] pki::Instant now() const { return settings_.now() + offset_; }
  [[nodiscard]] transcript::Time now_in_milliseconds() const { return settings_.clock() + offset_; }

 private:
  const PlaySettings& settings_;
  seconds offset_;
};

class Play {
 public:
  Play(net::Loop& loop, const Scenario& scenario, PlaySettings settings)
      : scenario_(scenario),
        settings_(std::move(settings)),
        clock_(scenario, settings_),
        trials_(loop, lab_settings()) {}

  net::task<Played> run();

 private:
  [[nodiscard]] LabSettings lab_settings();
  [[nodiscard]] Placeholders placeholders();
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& words);
  [[nodiscard]] std::map<std::string, std::string> environment() const;
  net::task<void> start_external();
  net::task<bool> answers(net::Endpoint at);
  net::task<void> take(PlayedStep& played);
  net::task<void> send(const SendStep& step, PlayedStep& played);
  net::task<void> run_program(const RunStep& step, PlayedStep& played);
  void compare_stored(const SendStep& step, const std::set<std::string>& before, PlayedStep& played);
  void compare_counters(const CountersStep& step, PlayedStep& played);
  void stop();

  const Scenario& scenario_;
  PlaySettings settings_;
  ScenarioClock clock_;
  Trials trials_;
  std::vector<std::unique_ptr<net::Program>> external_;
};

LabSettings Play::lab_settings() {
  LabSettings lab;
  lab.directory = settings_.directory + "/lab";
  lab.recipe = scenario_.recipe;
  lab.smtp_port = lab.dns_port = lab.http_port = 0;
  lab.now = [this] { return clock_.now(); };
  lab.clock = [this] { return clock_.now_in_milliseconds(); };
  lab.timeouts = session::Timeouts::capped(scenario_.patience);
  lab.crl_timeout = std::min(scenario_.patience, milliseconds(500));
  lab.keep = keep_in_spool;
  lab.key_decoding = pki::KeyDecoding::providers;  // others may be played in other threads
  lab.faults = scenario_.faults;
  for (const auto& [place, side] : scenario_.sides) {
    if (!side.configuration.empty()) lab.configurations[place] = side.configuration;
    if (side.external) lab.external[place] = side.external->host.value_or(net::Endpoint());
  }
  return lab;
}

Placeholders Play::placeholders() {
  Lab& lab = trials_.lab();
  const State state = lab.state();
  Placeholders values{{"root", lab.root_file()},
                      {"dns", state.dns},
                      {"directory", settings_.directory},
                      {"scenario", std::filesystem::absolute(scenario_.file).parent_path().string()}};
  for (const OrganisationRecipe& organisation : lab.recipe().organisations) {
    const std::vector<std::string> directories = lab.directories(organisation.name);
    for (std::size_t i = organisation.hosts.size(); i-- > 0;) {
      const HostRecipe& host = organisation.hosts[i];
      net::Endpoint at;
      at.address = host.address;
      at.port = state.smtp_port;
      const auto side = scenario_.sides.find(organisation.name);
      if (side != scenario_.sides.end() && side->second.external && side->second.external->host)
        at = *side->second.external->host;
      for (const std::string& place : {host.name, organisation.name}) {
        values[place + ".endpoint"] = at.text();
        values[place + ".address"] = at.address;
        values[place + ".port"] = std::to_string(at.port);
        values[place + ".fqdn"] = place == host.name ? host.name : organisation.connector_fqdn;
        values[place + ".domain"] = organisation.domain;
        values[place + ".directory"] = directories[i];
        values[place + ".configuration"] = directories[i] + "/domsec.toml";
        values[place + ".certificate"] = directories[i] + "/certificate.pem";
        values[place + ".key"] = directories[i] + "/key.pem";
      }
    }
  }
  return values;
}

std::vector<std::string> Play::command(const std::vector<std::string>& words) {
  const Placeholders values = placeholders();
  std::vector<std::string> filled;
  for (const std::string& word : words) filled.push_back(filled_in(word, values));
  if (filled.front() == "domsec") filled.front() = settings_.program;
  return filled;
}

/// `domsec` is this one, in a shell as well.
std::map<std::string, std::string> Play::environment() const {
  const char* path = std::getenv("PATH");
  const std::string own = std::filesystem::path(settings_.program).parent_path().string();
  return {{"PATH", own + (path == nullptr ? "" : ":" + std::string(path))}};
}

net::task<bool> Play::answers(net::Endpoint at) {
  try {
    const net::SteadyPoint deadline = std::chrono::steady_clock::now() + look_again * 100;
    const net::Channel probe = co_await net::Channel::connect(at, deadline);
    co_return true;
  } catch (const net::ChannelError&) {
    co_return false;
  }
}

/// Programs that take the place of a server run from here on; the steps begin when they answer.
net::task<void> Play::start_external() {
  for (const auto& [name, side] : scenario_.sides) {
    if (!side.external) continue;
    const ExternalServer& external = *side.external;
    const std::string where = scenario_.file + ":" + std::to_string(external.line) + ": ";
    if (!external.program.empty()) {
      net::ProgramSettings program;
      program.command = command(external.program);
      program.directory = settings_.directory;
      program.environment = environment();
      external_.push_back(std::make_unique<net::Program>(std::move(program)));
    }
    net::Program* program = external.program.empty() ? nullptr : external_.back().get();
    net::Endpoint at;
    at.address = placeholders()[name + ".address"];
    at.port = static_cast<std::uint16_t>(std::stoi(placeholders()[name + ".port"]));
    const auto last = std::chrono::steady_clock::now() + external.ready_within;
    bool ready = co_await answers(at);
    while (!ready && std::chrono::steady_clock::now() < last) {
      if (program != nullptr && !program->is_running()) break;
      co_await net::sleep(look_again);
      ready = co_await answers(at);
    }
    if (ready) continue;
    std::string said = program == nullptr ? std::string() : program->output();
    if (!said.empty()) said = "; it said: " + said;
    const bool ended = program != nullptr && !program->is_running();
    throw LabError(where + "the server of '" + name + "' " +
                   (ended ? "ended before it answered" : "does not answer") + " at " + at.text() + said);
  }
}

void Play::compare_stored(const SendStep& step, const std::set<std::string>& before, PlayedStep& played) {
  if (step.stored.empty() && step.stored_lacks.empty()) return;
  std::string text;
  for (const std::string& file : stored_mail(trials_.lab().directories(step.to))) {
    if (!before.contains(file)) text += pki::read_file(file);
  }
  compare_text(played.step->line, "stored mail", text, step.stored, step.stored_lacks, played.mismatches);
}

net::task<void> Play::send(const SendStep& step, PlayedStep& played) {
  session::Message mail = trials_.mail(step.from, step.to);
  if (step.mail_from) mail.reverse_path = smtp::parse_mailbox(*step.mail_from);
  if (step.rcpt_to) mail.recipients = {smtp::ForwardPath{smtp::parse_mailbox(*step.rcpt_to)}};
  if (step.content) mail.content = *step.content;
  const std::vector<std::string> receiving = trials_.lab().directories(step.to);
  const std::set<std::string> before = stored_mail(receiving);
  const Meeting meeting = co_await trials_.deliver(step.from, std::move(mail));
  played.sender = meeting.sending();
  played.receiver = meeting.received;
  if (step.passes && *step.passes != meeting.sent.delivered) {
    const policy::Finding& why = meeting.sent.verdict().headline;
    played.mismatches.push_back({played.step->line, "mail", *step.passes ? "passes" : "refused",
                                 (meeting.sent.delivered ? "passes (" : "refused (") +
                                     std::string(finding::name(why.code)) + " " +
                                     std::string(finding::slug(why.code)) + ": " + why.detail + ")"});
  }
  compare_end(step.sender, "sender", meeting.seen_by(policy::Role::send),
              trials_.lab().directories(step.from), played.mismatches);
  compare_end(step.receiver, "receiver", meeting.seen_by(policy::Role::receive), receiving,
              played.mismatches);
  compare_stored(step, before, played);
}

net::task<void> Play::run_program(const RunStep& step, PlayedStep& played) {
  trials_.forget();
  net::ProgramSettings settings;
  settings.command = command(step.command);
  settings.input = step.input;
  settings.environment = environment();
  settings.directory = settings_.directory;
  net::Program program(std::move(settings));
  const net::Program::End end = co_await program.ended(step.limit);
  played.output = program.output();
  const int line = played.step->line;
  const std::string expected = "exit code " + std::to_string(step.exit_code);
  if (end == net::Program::End::out_of_time) {
    played.mismatches.push_back({line, "program", expected,
                                 "it had not ended after " + std::to_string(step.limit.count()) +
                                     " ms, and was ended; it said: " + played.output});
    co_return;
  }
  if (end == net::Program::End::signalled || program.code() != step.exit_code) {
    const std::string code = std::to_string(program.code());
    played.mismatches.push_back({line, "program", expected,
                                 (end == net::Program::End::signalled ? "signal " : "exit code ") + code +
                                     "; it said: " + played.output});
  }
  compare_text(line, "output", played.output, step.output, step.output_lacks, played.mismatches);
  if (step.meets.empty()) co_return;
  const auto last = std::chrono::steady_clock::now() + scenario_.patience;
  while (trials_.last_received(step.meets) == nullptr && std::chrono::steady_clock::now() < last)
    co_await net::sleep(look_again);
  Seen seen;
  if (const transcript::Transcript* received = trials_.last_received(step.meets)) {
    played.receiver = *received;
    seen = seen_in(*received);
  }
  compare_end(step.receiver, "receiver", seen, trials_.lab().directories(step.meets), played.mismatches);
}

void Play::compare_counters(const CountersStep& step, PlayedStep& played) {
  for (const auto& [organisation, expected] : step.counters) {
    const auto counters = trials_.lab().counters(organisation);
    for (const auto& [name, value] : expected) {
      const auto counter = std::find_if(counters.begin(), counters.end(),
                                        [&wanted = name](const auto& each) { return each.first == wanted; });
      if (counter == counters.end()) {
        std::string known;
        for (const auto& each : counters) known += (known.empty() ? "" : ", ") + each.first;
        throw LabError(scenario_.file + ":" + std::to_string(played.step->line) + ": there is no counter '" +
                       name + "'; there are " + known);
      }
      if (counter->second != value)
        played.mismatches.push_back({played.step->line, organisation + ": " + name, std::to_string(value),
                                     std::to_string(counter->second)});
    }
  }
}

net::task<void> Play::take(PlayedStep& played) {
  const Step& step = *played.step;
  if (const auto* sending = std::get_if<SendStep>(&step.what)) {
    co_await send(*sending, played);
  } else if (const auto* broken = std::get_if<BreakStep>(&step.what)) {
    for (const auto& [place, fault] : broken->faults) trials_.lab().apply(place, fault);
  } else if (const auto* wait = std::get_if<WaitStep>(&step.what)) {
    clock_.wait(wait->span);
    trials_.lab().time_passed();
  } else if (const auto* configure = std::get_if<ConfigureStep>(&step.what)) {
    for (const auto& [place, over] : configure->configurations) trials_.lab().configure(place, over);
  } else if (const auto* program = std::get_if<RunStep>(&step.what)) {
    co_await run_program(*program, played);
  } else {
    compare_counters(std::get<CountersStep>(step.what), played);
  }
}

void Play::stop() {
  external_.clear();
  trials_.lab().stop();
}

net::task<Played> Play::run() {
  Played played;
  const Step* at = nullptr;
  try {
    for (const auto& [place, side] : scenario_.sides) {
      if (!side.fault.empty()) trials_.lab().apply(place, side.fault);
    }
    co_await start_external();
    for (const Step& step : scenario_.steps) {
      at = &step;
      PlayedStep taken;
      taken.step = &step;
      co_await take(taken);
      played.steps.push_back(std::move(taken));
      if (!played.steps.back().mismatches.empty()) break;
    }
  } catch (const std::exception& error) {
    played.trouble = error.what();
    played.trouble_line = at == nullptr ? 0 : at->line;
  }
  stop();
  co_return played;
}

}  // namespace

bool Played::held() const {
  return trouble.empty() && std::all_of(steps.begin(), steps.end(),
                                        [](const PlayedStep& step) { return step.mismatches.empty(); });
}

net::task<Played> play(net::Loop& loop, const Scenario& scenario, PlaySettings settings) {
  const auto begun = std::chrono::steady_clock::now();
  Played played;
  try {
    Play playing(loop, scenario, std::move(settings));
    played = co_await playing.run();
  } catch (const LabError& error) {
    played.trouble = error.what();
  } catch (const net::ChannelError& error) {
    played.trouble = error.what();
  } catch (const exchange::ConfigError& error) {
    played.trouble = error.what();
  }
  played.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
  co_return played;
}

}  // namespace domsec::lab
