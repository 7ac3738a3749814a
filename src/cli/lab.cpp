#include "domsec/cli/lab.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <thread>

#include "domsec/cli/clock.h"
#include "domsec/cli/lab_start.h"
#include "domsec/cli/options.h"
#include "domsec/lab/place.h"
#include "domsec/pki/bundle.h"
#include "domsec/report/text.h"

namespace domsec::cli {
namespace {

constexpr int polls = 500;                                   // of 10 ms: how long another process is waited for
constexpr std::chrono::milliseconds poll_interval{10};

std::string directory_of(const LabOptions& options) {
  return options.directory.empty() ? lab::default_directory() : options.directory;
}

lab::State require_running(const std::string& directory) {
  auto state = lab::running(directory);
  if (!state) throw lab::LabError("no lab is running in " + directory + "; start one with: domsec lab up --detach");
  return *state;
}

/// One line per session, live.
void print_session(std::ostream& out, const std::string& organisation, const transcript::Transcript& transcript) {
  std::string what = "no message";
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* decided = event.body.as<transcript::PolicyDecided>()) {
      const finding::Code code = decided->verdict.headline.code;
      what = std::string(report::fate(decided->verdict)) + "  " + std::string(finding::name(code)) + " " +
             std::string(finding::slug(code)) + (decided->domain.empty() ? "" : "  " + decided->domain);
    }
  }
  out << pki::rfc3339(now()) << "  " << organisation << "  " << policy::text(transcript.role()) << "  " << transcript.remote()
      << "  " << what << std::endl;
}

void print_started(std::ostream& out, const lab::State& state, const std::string& directory) {
  out << "lab up: DNS " << state.dns << ", CRLs http://" << state.http << ", SMTP port " << state.smtp_port << '\n';
  for (const lab::StateOrganisation& organisation : state.organisations) {
    for (const lab::StateHost& host : organisation.hosts) {
      out << "  " << organisation.title << "  " << host.name << "  " << host.address << ":" << state.smtp_port;
      if (!host.ipv6_address.empty()) out << ", [" << host.ipv6_address << "]:" << state.smtp_port;
      out << "  " << host.configuration << '\n';
    }
  }
  out << "state in " << directory << "\n\ntry\n"
      << "  domsec check woodgrovebank.com\n"
      << "  domsec lab break woodgrove expired && domsec check woodgrovebank.com\n"
      << "  domsec send --to bob@woodgrovebank.com\n"
      << std::flush;
}

/// `  contoso  good`, `  contoso  mail2.mail.contoso.com broken: expired`
void print_broken(std::ostream& out, const lab::StateOrganisation& organisation) {
  std::string what = organisation.broken.empty() ? std::string() : "broken: " + organisation.broken;
  for (const lab::StateHost& host : organisation.hosts) {
    if (!host.broken.empty()) what += (what.empty() ? "" : ", ") + host.name + " broken: " + host.broken;
  }
  out << "  " << organisation.name << "  " << (what.empty() ? "good" : what) << '\n';
}

/// Applies what wanted.json asks for and tells it in lab.json.
void apply_wanted(lab::Lab& running, const std::string& directory) {
  running.apply(lab::read_wanted(directory));
  lab::write_state(directory, running.state());
}

int run_in_foreground(const LabOptions& options, std::ostream& out) {
  const std::string directory = directory_of(options);
  net::Loop loop;
  lab::LabSettings settings = lab_settings(directory, options.recipe_file);
  settings.smtp_port = options.smtp_port;
  settings.dns_port = options.dns_port;
  settings.http_port = options.http_port;
  settings.ended = [&out](const std::string& organisation, const transcript::Transcript& transcript) {
    print_session(out, organisation, transcript);
  };
  lab::Lab running(loop, std::move(settings));
  lab::remove_state(directory);
  lab::write_state(directory, running.state());
  print_started(out, running.state(), directory);
  loop.on_termination([&](int) {
    running.stop();
    loop.stop();
  });
  loop.on_hangup([&] { apply_wanted(running, directory); });
  loop.run();
  lab::remove_state(directory);
  return 0;
}

/// The child becomes the lab; the parent waits until it says that it is up.
int run_detached(const LabOptions& options, std::ostream& out, std::ostream& err) {
  const std::string directory = directory_of(options);
  std::filesystem::create_directories(directory);
  const std::string log = directory + "/lab.out";
  out.flush();
  err.flush();
  const pid_t child = ::fork();
  if (child < 0) throw lab::LabError("cannot start a process for the lab");
  if (child == 0) {
    ::setsid();
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    try {
      ::_exit(run_in_foreground(options, std::cout));
    } catch (const std::exception& error) {
      std::cerr << "domsec lab up: " << error.what() << std::endl;
      ::_exit(3);
    }
  }
  for (int i = 0; i < polls; ++i) {
    const auto state = lab::running(directory);
    if (state && state->process == child) {
      print_started(out, *state, directory);
      return 0;
    }
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) {
      err << pki::read_file(log);
      return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
    }
    std::this_thread::sleep_for(poll_interval);
  }
  ::kill(child, SIGTERM);
  throw lab::LabError("the lab did not come up; see " + log);
}

/// Asks the running lab to break exactly this, and waits until it says so.
void change(const std::string& directory, const lab::Wanted& wanted) {
  const lab::State before = require_running(directory);
  lab::write_wanted(directory, wanted);
  ::kill(static_cast<pid_t>(before.process), SIGHUP);
  for (int i = 0; i < polls; ++i) {
    const auto state = lab::running(directory);
    if (!state) throw lab::LabError("the lab ended; see " + directory + "/lab.out");
    if (lab::broken_places(*state) == wanted) return;
    std::this_thread::sleep_for(poll_interval);
  }
  throw lab::LabError("the lab did not answer; see " + directory + "/lab.out");
}

/// The running lab, when it has the place that is named.
lab::State require_place(const LabOptions& options) {
  const lab::State state = require_running(directory_of(options));
  if (lab::title_of(state, options.place).empty()) {
    throw UsageError("the lab has no organisation or host '" + options.place + "'; it has " + lab::places_text(state));
  }
  return state;
}

}  // namespace

lab::LabSettings lab_settings(const std::string& directory, const std::string& recipe_file) {
  lab::LabSettings settings;
  settings.directory = directory;
  settings.recipe = recipe_file.empty() ? lab::read_recipe(lab::built_in_recipe(), "lab.toml")
                                        : lab::read_recipe(pki::read_file(recipe_file), recipe_file);
  settings.now = now;
  settings.clock = now_in_milliseconds;
  settings.keep = lab::keep_in_spool;
  return settings;
}

lab::LabSettings trial_settings(const std::string& directory) {
  lab::LabSettings settings = lab_settings(directory, std::string());
  settings.smtp_port = settings.dns_port = settings.http_port = 0;
  settings.timeouts = session::Timeouts::capped(net::Milliseconds(1500));
  settings.crl_timeout = net::Milliseconds(500);
  return settings;
}

int run_lab_up(const LabOptions& options, std::ostream& out, std::ostream& err) {
  const std::string directory = directory_of(options);
  if (const auto state = lab::running(directory)) {
    err << "domsec lab up: a lab is running in " << directory << " (process " << state->process
        << "); stop it with: domsec lab down\n";
    return 2;
  }
  return options.detach == Detach::yes ? run_detached(options, out, err) : run_in_foreground(options, out);
}

int run_lab_ls(const LabOptions& options, std::ostream& out, std::ostream&) {
  if (options.json) {
    out << lab_list_json(directory_of(options)) << '\n';
    return 0;
  }
  out << "faults\n";
  for (const lab::Fault& fault : lab::faults()) {
    const std::string name(fault.name);
    const char* roles = fault.as_server && fault.as_client ? "both  " : fault.as_server ? "server" : "client";
    out << "  " << name << std::string(name.size() < 22 ? 22 - name.size() : 1, ' ') << roles << "  " << fault.summary << '\n';
  }
  const auto state = lab::running(directory_of(options));
  if (!state) {
    out << "\nno lab is running in " << directory_of(options) << '\n';
    return 0;
  }
  out << "\nrunning: process " << state->process << ", DNS " << state->dns << ", SMTP port " << state->smtp_port << "\n  "
      << lab::ipv6_text(*state) << '\n';
  for (const lab::StateOrganisation& organisation : state->organisations) {
    print_broken(out, organisation);
  }
  return 0;
}

int run_lab_break(const LabOptions& options, std::ostream& out, std::ostream&) {
  const lab::Fault* fault = lab::find_fault(options.fault);
  if (!fault) throw UsageError("'" + options.fault + "' is no fault; domsec lab ls shows them");
  const lab::State state = require_place(options);
  if (const std::string why = lab::contradiction(state, options.place, *fault); !why.empty()) throw UsageError(why);
  lab::Wanted wanted = lab::broken_places(state);
  wanted[options.place] = fault->name;
  change(directory_of(options), wanted);
  out << lab::title_of(state, options.place) << " is broken: " << fault->name << '\n';
  return 0;
}

int run_lab_fix(const LabOptions& options, std::ostream& out, std::ostream&) {
  if (options.place.empty()) {
    change(directory_of(options), lab::Wanted());
    out << "everything is mended\n";
    return 0;
  }
  const lab::State state = require_place(options);
  lab::Wanted wanted = lab::broken_places(state);
  wanted.erase(options.place);
  for (const lab::StateOrganisation& organisation : state.organisations) {
    if (organisation.name != options.place) continue;
    for (const lab::StateHost& host : organisation.hosts) wanted.erase(host.name);
  }
  change(directory_of(options), wanted);
  out << lab::title_of(state, options.place) << " is mended\n";
  return 0;
}

int run_lab_down(const LabOptions& options, std::ostream& out, std::ostream&) {
  const std::string directory = directory_of(options);
  const lab::State state = require_running(directory);
  ::kill(static_cast<pid_t>(state.process), SIGTERM);
  for (int i = 0; i < polls; ++i) {
    if (!lab::running(directory)) {
      out << "lab down\n";
      return 0;
    }
    std::this_thread::sleep_for(poll_interval);
  }
  throw lab::LabError("the lab does not end; its process is " + std::to_string(state.process));
}

}  // namespace domsec::cli
