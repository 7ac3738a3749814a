// One running Edge Transport server: an organisation's loaded end, its listeners, its logs and counters.
// `serve` runs one, the lab runs several in one process; both reload by handing over a new configuration.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "domsec/session/delivery.h"
#include "domsec/session/edge.h"
#include "domsec/session/reception.h"
#include "domsec/transcript/counters.h"
#include "domsec/transcript/file_sink.h"

namespace domsec::lab {

struct EdgeServerSettings {
  session::EdgeSettings edge;
  transcript::Clock clock;
  std::shared_ptr<transcript::SessionIds> session_ids;
  std::string software = "domsec " DOMSEC_VERSION;
  /// Makes the Keep of a configuration: where its accepted mail goes.
  std::function<session::Keep(const exchange::Organisation&)> keep;
  /// Hears each event of every session at once; may be empty.
  transcript::Sink heard;
  /// Hears of every session that ended, both roles.
  std::function<void(const transcript::Transcript&)> ended;
};

/// Accepted mail goes to the configuration's Spool with its verdict and its transcript, on stable storage
/// before it returns; without a Spool it is acknowledged and dropped.
[[nodiscard]] session::Keep keep_in_spool(const exchange::Organisation& organisation);

class EdgeServer {
 public:
  EdgeServer(net::Loop& loop, exchange::Organisation organisation, EdgeServerSettings settings);

  /// Binds every Bindings entry of every enabled receive connector and begins to accept. Throws
  /// net::ChannelError(local).
  void listen();
  void stop();
  /// A new configuration for the sessions to come; the listeners stay. Throws as Edge does, and then nothing
  /// changes.
  void reload(exchange::Organisation organisation, session::Deviations deviations);

  /// Mail to one domain over the connector that the configuration chooses, in MX order.
  net::task<session::DeliveryResult> send(smtp::Domain partner, session::Message message);

  [[nodiscard]] const session::Edge& edge() const { return *edge_; }
  [[nodiscard]] std::vector<net::Endpoint> endpoints() const;
  [[nodiscard]] transcript::Counters& counters() { return *counters_; }
  /// A transcript whose events go to this server's protocol log when the connector is Verbose.
  [[nodiscard]] transcript::Transcript new_transcript(policy::Role role, const std::string& connector,
                                                      exchange::ProtocolLoggingLevel level);

 private:
  void finished(const transcript::Transcript& transcript);
  void make_logs();

  net::Loop& loop_;
  EdgeServerSettings settings_;
  std::shared_ptr<session::Edge> edge_;
  std::shared_ptr<transcript::Counters> counters_ = std::make_shared<transcript::Counters>();
  std::shared_ptr<transcript::ProtocolLogFiles> send_log_;
  std::shared_ptr<transcript::ProtocolLogFiles> receive_log_;
  struct Listening {
    std::string connector;
    std::unique_ptr<session::Reception> reception;
  };
  std::vector<Listening> listening_;
};

}  // namespace domsec::lab
