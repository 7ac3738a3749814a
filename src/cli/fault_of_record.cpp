#include "fault_of_record.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "domsec/cli/lab_start.h"
#include "domsec/cli/options.h"
#include "domsec/finding/catalogue.h"
#include "domsec/lab/recorded_session.h"
#include "domsec/lab/trial.h"
#include "domsec/pki/bundle.h"
#include "scratch_directory.h"

namespace domsec::cli {
namespace {

constexpr std::size_t most_told = 3;

struct Likely {
  lab::Candidate candidate;
  double likeness = 1;
  [[nodiscard]] std::string name() const {
    return (candidate.role == policy::Role::receive ? "server/" : "client/") + candidate.fault->name;
  }
};

bool has_failed(const lab::RecordedSession& session) {
  return session.code && (!session.passed || *session.code != finding::Code::mutual_tls_ok);
}

lab::RecordedSession chosen(const std::string& file, const std::string& wanted) {
  std::vector<lab::RecordedSession> sessions;
  try {
    sessions = lab::read_recorded_sessions(pki::read_file(file), file);
  } catch (const lab::LabError& error) {
    throw UsageError(error.what());
  } catch (const pki::BundleError& error) {
    throw UsageError(error.what());
  }
  for (auto session = sessions.rbegin(); session != sessions.rend(); ++session) {
    if (wanted.empty() ? has_failed(*session) : session->session_id == wanted) return *session;
  }
  throw UsageError(wanted.empty()
                       ? file + ": none of its " + std::to_string(sessions.size()) + " sessions failed"
                       : file + ": there is no session '" + wanted + "'");
}

/// The likest first; equals in the order of the catalogue.
std::vector<Likely> compared(const lab::RecordedSession& session,
                             const std::vector<lab::Candidate>& candidates) {
  std::vector<Likely> likely;
  const ScratchDirectory directory;
  net::Loop loop;
  lab::Trials trials(loop, trial_settings(directory.path));
  for (const lab::Candidate& candidate : candidates) {
    const lab::Trial trial =
        net::run(loop, trials.meet(*candidate.fault, candidate.role, "woodgrove", "contoso"));
    if (!trial.seen.partners) continue;
    likely.push_back({candidate, lab::likeness(session, lab::recorded(*trial.seen.partners))});
  }
  trials.lab().stop();
  std::stable_sort(likely.begin(), likely.end(),
                   [](const Likely& a, const Likely& b) { return a.likeness > b.likeness; });
  return likely;
}

std::string percent(double likeness) {
  return std::to_string(std::lround(likeness * 100)) + " %";
}

}  // namespace

std::string fault_of_record(const std::string& file, const std::string& wanted, std::ostream& err) {
  const lab::RecordedSession session = chosen(file, wanted);
  if (!session.code)
    throw UsageError(file + ": session " + session.session_id + " ended before anything was judged");
  const finding::Row& row = finding::row(*session.code);
  const std::vector<lab::Candidate> candidates = lab::candidates(session);
  const char* broken = session.role == policy::Role::send ? "server" : "client";
  if (candidates.empty()) {
    throw UsageError(file + ": session " + session.session_id + " has " + std::string(row.name) + " " +
                     std::string(row.slug) + ", which no fault of a " + broken +
                     " gives; domsec faults lists them, domsec explain " + std::string(row.name) +
                     " says what it means");
  }
  const std::vector<Likely> likely = compared(session, candidates);
  if (likely.empty()) throw UsageError(file + ": no candidate could be played");
  err << file << ": session " << session.session_id << ", " << row.name << ' ' << row.slug << " at the "
      << (session.role == policy::Role::send ? "sender" : "receiver") << '\n'
      << "most like     " << likely.front().name() << " (" << percent(likely.front().likeness) << ")";
  for (std::size_t i = 1; i < std::min(likely.size(), most_told); ++i)
    err << (i == 1 ? ", then " : ", ") << likely[i].name() << " (" << percent(likely[i].likeness) << ")";
  err << '\n';
  return likely.front().name();
}

}  // namespace domsec::cli
