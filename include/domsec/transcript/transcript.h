// One session's events in order, with who took part. Sinks hear each event as it is appended (protocol log,
// live page).
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "domsec/policy/evidence.h"
#include "domsec/transcript/event.h"

namespace domsec::transcript {

/// 16 upper-case hex digits in the logs: .NET ticks at process start plus one per session (spec
/// protocol-log 9.1-4). Shared by all threads.
class SessionIds {
 public:
  explicit SessionIds(Time process_start);
  [[nodiscard]] std::uint64_t next();

 private:
  std::atomic<std::uint64_t> next_;
};
[[nodiscard]] std::string session_id_text(std::uint64_t id);

class Transcript;
/// Called for each event after it was appended.
using Sink = std::function<void(const Transcript&, const Event&)>;
/// The clock is given: tests use a fixed one.
using Clock = std::function<Time()>;

class Transcript {
 public:
  Transcript(policy::Role role, std::string connector, std::uint64_t session_id, Clock clock);

  template <typename T>
  void append(T facts) {
    if constexpr (std::same_as<T, CommandLine>) hide_credentials(facts);
    append_body(Body(std::move(facts)));
  }
  void add_sink(Sink sink) { sinks_.push_back(std::move(sink)); }

  [[nodiscard]] policy::Role role() const { return role_; }
  /// `EDGE1\Internet` on receive, `Internet` on send.
  [[nodiscard]] const std::string& connector() const { return connector_; }
  [[nodiscard]] std::uint64_t session_id() const { return session_id_; }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  /// Of the last Connecting or Connected.
  [[nodiscard]] const std::string& local() const { return local_; }
  [[nodiscard]] const std::string& remote() const { return remote_; }
  [[nodiscard]] Time now() const { return clock_(); }

 private:
  void append_body(Body body);
  void hide_credentials(CommandLine& command);

  policy::Role role_;
  std::string connector_;
  std::uint64_t session_id_;
  Clock clock_;
  std::string local_;
  std::string remote_;
  bool authenticating_ = false;
  std::vector<Event> events_;
  std::vector<Sink> sinks_;
};

/// The evidence of the whole transcript (send), or up to its end so far (receive: at each MAIL FROM).
[[nodiscard]] policy::Evidence evidence_of(const Transcript& transcript);

}  // namespace domsec::transcript
