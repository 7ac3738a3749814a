#include "domsec/cli/run.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <ostream>
#include <sstream>
#include <thread>

#include "domsec/cli/clock.h"
#include "domsec/cli/output.h"
#include "domsec/exchange/configuration.h"
#include "domsec/lab/scenario_play.h"
#include "domsec/pki/bundle.h"
#include "domsec/report/test_report.h"
#include "domsec/report/timeline.h"
#include "scratch_directory.h"

namespace domsec::cli {
namespace {

namespace fs = std::filesystem;
using report::TestCase;

constexpr std::string_view file_name = "scenario.toml";
constexpr std::string_view standard_input = "-";
constexpr std::size_t most_octets = std::size_t{1} << 20;  // of a scenario on standard input

struct Found {
  std::string file;
  std::string name;  // without what all of a directory have in common
};

bool is_scenario(const fs::path& file) {
  const std::string name = file.filename().string();
  return name == file_name || name.ends_with(".scenario.toml");
}

/// `faults/expired.scenario.toml` → `faults/expired`, `R8/scenario.toml` → `R8`.
std::string name_of(const fs::path& file) {
  const fs::path folder = file.parent_path();
  if (file.filename() == file_name) return folder.empty() ? file.stem().string() : folder.generic_string();
  std::string name = file.filename().string();
  for (const std::string_view end : {".scenario.toml", ".toml"}) {
    if (name.size() > end.size() && name.ends_with(end)) {
      name.resize(name.size() - end.size());
      break;
    }
  }
  return (folder / name).generic_string();
}

std::vector<Found> find_scenarios(const RunOptions& options) {
  std::vector<Found> found;
  for (const std::string& path : options.paths) {
    std::error_code error;
    if (path == standard_input) {
      found.push_back({"standard input", "standard-input"});
      continue;
    }
    if (!fs::is_directory(path, error)) {
      if (!fs::exists(path, error)) throw UsageError(path + ": there is no such file or directory");
      found.push_back({path, name_of(fs::path(path).lexically_normal())});
      continue;
    }
    std::vector<Found> below;
    for (auto entry = fs::recursive_directory_iterator(path, error);
         entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (error) break;
      if (!is_scenario(entry->path())) continue;
      below.push_back({entry->path().string(), name_of(entry->path().lexically_relative(path))});
    }
    if (error) throw UsageError(path + ": " + error.message());
    if (below.empty()) throw UsageError(path + ": there is no scenario.toml and no *.scenario.toml below it");
    std::sort(below.begin(), below.end(), [](const Found& a, const Found& b) { return a.file < b.file; });
    found.insert(found.end(), below.begin(), below.end());
  }
  std::erase_if(found, [&](const Found& each) { return each.name.find(options.only) == std::string::npos; });
  if (found.empty()) throw UsageError("--only: no scenario has '" + options.only + "' in its name");
  return found;
}

std::string text_of(const Found& found) {
  if (found.file != "standard input") return pki::read_file(found.file);
  std::string text(most_octets + 1, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  if (text.size() > most_octets) throw lab::LabError("standard input: more than a mebibyte is no scenario");
  return text;
}

/// Every file is read before the first scenario is played; each that is wrong is told.
std::vector<lab::Scenario> read_all(const std::vector<Found>& found, std::ostream& err) {
  std::vector<lab::Scenario> scenarios;
  for (const Found& each : found) {
    try {
      scenarios.push_back(lab::read_scenario(text_of(each), each.file));
    } catch (const lab::LabError& error) {
      err << "domsec run: " << error.what() << '\n';
    } catch (const pki::BundleError& error) {
      err << "domsec run: " << error.what() << '\n';
    }
  }
  return scenarios;
}

TestCase case_of(const Found& found, const lab::Scenario& scenario, const lab::Played& played) {
  TestCase test;
  test.name = found.name;
  test.title = scenario.title;
  test.source.file = found.file;
  test.took = played.took;
  for (const lab::PlayedStep& step : played.steps) {
    for (const lab::Mismatch& mismatch : step.mismatches) {
      test.differences.push_back(
          {{found.file, mismatch.line}, mismatch.what, mismatch.expected, mismatch.seen});
    }
    if (!step.sender && !step.receiver) continue;
    report::TestedSession session;
    session.at = {found.file, step.step->line};
    session.title = step.step->title;
    if (step.sender) session.sender.push_back(*step.sender);
    if (step.receiver) session.receiver.push_back(*step.receiver);
    test.sessions.push_back(std::move(session));
  }
  if (!test.differences.empty()) test.outcome = TestCase::Outcome::failed;
  if (!played.trouble.empty()) {
    test.outcome = TestCase::Outcome::broken;
    test.trouble = played.trouble;
    test.source.line = played.trouble_line;
  }
  return test;
}

/// A folder of its own for each scenario: `faults/expired` is `faults-expired` there.
std::string folder_of(const std::string& directory, const Found& found, std::size_t index) {
  std::string name = found.name;
  std::replace_if(
      name.begin(), name.end(), [](char letter) { return letter == '/' || letter == '.'; }, '-');
  return directory + "/" + std::to_string(index + 1) + "-" + name;
}

/// Plays them, so many at once, each on a loop of its own; hands them on in their order.
class Playing {
 public:
  Playing(const std::vector<Found>& found, const std::vector<lab::Scenario>& scenarios, std::string directory,
          bool keep)
      : found_(found),
        scenarios_(scenarios),
        directory_(std::move(directory)),
        keep_(keep),
        cases_(found.size()) {}

  void run(int jobs, const std::function<void(const TestCase&, std::size_t)>& done) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < jobs; ++i) threads.emplace_back([this] { work(); });
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return cases_[i].has_value(); });
      const TestCase& test = *cases_[i];
      lock.unlock();
      done(test, i);
    }
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < found_.size(); i = next_++) {
      TestCase played = play(i);
      const std::lock_guard lock(mutex_);
      cases_[i] = std::move(played);
      changed_.notify_one();
    }
  }

  [[nodiscard]] TestCase play(std::size_t i) const {
    lab::Played played;
    const std::string folder = folder_of(directory_, found_[i], i);
    try {
      fs::create_directories(folder);
      lab::PlaySettings settings;
      settings.directory = folder;
      settings.program = fs::read_symlink("/proc/self/exe").string();
      settings.now = now;
      settings.clock = now_in_milliseconds;
      net::Loop loop;
      played = net::run(loop, lab::play(loop, scenarios_[i], std::move(settings)));
    } catch (const std::exception& error) {
      played.trouble = error.what();
    }
    std::error_code ignored;
    if (!keep_) fs::remove_all(folder, ignored);
    return case_of(found_[i], scenarios_[i], played);
  }

  const std::vector<Found>& found_;
  const std::vector<lab::Scenario>& scenarios_;
  std::string directory_;
  bool keep_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<TestCase>> cases_;
};

void print_timelines(std::ostream& out, const TestCase& test) {
  for (const report::TestedSession& session : test.sessions) {
    if (session.sender.empty() || session.receiver.empty()) continue;
    out << "# " << session.at.file << ":" << session.at.line << "  " << session.title << '\n';
    std::istringstream lines(
        report::timeline_text(report::timeline(session.sender.front(), session.receiver.front())));
    for (std::string line; std::getline(lines, line);) out << "# " << line << '\n';  // TAP: not a result
  }
}

void write(const std::string& file, const std::string& text) {
  if (file.empty()) return;
  try {
    exchange::replace_file(file, text);
  } catch (const exchange::ConfigError& error) {
    throw UsageError(error.what());
  }
}

int jobs_of(const RunOptions& options, std::size_t scenarios) {
  const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int wanted = options.jobs > 0 ? options.jobs : 2 * processors;
  return std::min(wanted, static_cast<int>(scenarios));
}

}  // namespace

int run_scenarios(const RunOptions& options, std::ostream& out, std::ostream& err) {
  const std::vector<Found> found = find_scenarios(options);
  const std::vector<lab::Scenario> scenarios = read_all(found, err);
  if (scenarios.size() != found.size()) return 2;
  for (const std::string& file : {options.junit, options.sarif, options.html}) {
    if (!file.empty()) require_writable(file);
  }
  const ScratchDirectory scratch;
  const bool keep = !options.keep.empty();
  if (keep) fs::create_directories(options.keep);

  report::TestReport report;
  report.name = "domsec run";
  for (const std::string& path : options.paths) report.name += " " + path;
  report.version = DOMSEC_VERSION;
  report.begun = now_in_milliseconds();
  if (!options.json) out << report::tap_head();
  Playing playing(found, scenarios, keep ? options.keep : scratch.path, keep);
  playing.run(jobs_of(options, found.size()), [&](const TestCase& test, std::size_t i) {
    report.cases.push_back(test);
    // What held needs no evidence, unless it is asked for: a page of all would have megabytes of it.
    const bool evidence = options.json || options.timeline || test.outcome != TestCase::Outcome::passed;
    if (!evidence) report.cases.back().sessions.clear();
    if (options.json) return;
    out << report::tap_line(test, i + 1);
    if (options.timeline) print_timelines(out, test);
    out << std::flush;
  });
  if (options.json) {
    out << report::run_json(report) << '\n';
  } else {
    out << report::tap_plan(report.cases.size());
  }
  write(options.junit, report::junit(report));
  write(options.sarif, report::sarif_json(report));
  write(options.html, report::html(report));
  const std::size_t failed = report.count(TestCase::Outcome::failed);
  const std::size_t broken = report.count(TestCase::Outcome::broken);
  err << report.count(TestCase::Outcome::passed) << " of " << report.cases.size() << " scenarios held";
  if (broken > 0) err << ", " << broken << " could not be played";
  err << '\n';
  return failed > 0 ? 1 : broken > 0 ? 3 : 0;
}

}  // namespace domsec::cli
