// One running Edge Transport server: an organisation's loaded end, its listeners, its logs and counters.
// `serve` runs one, the lab runs several in one process; both reload by handing over a new configuration.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
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

  /// Binds each distinct entry of Bindings of the enabled receive connectors and begins to accept; which connector takes
  /// a connection is policy::choose_receive_connector's to say. Throws net::ChannelError(local), and
  /// exchange::ConfigError when two connectors claim the same clients (RC-6).
  void listen();
  void stop();
  /// A new configuration for the sessions to come; the listeners stay, and a connector that is new takes its clients
  /// there. Throws as Edge does and for RC-6, and then nothing changes.
  void reload(exchange::Organisation organisation, session::Deviations deviations);

  /// Mail to one domain over the connector that the configuration chooses, in MX order.
  net::task<session::DeliveryResult> send(smtp::Domain partner, session::Message message);

  [[nodiscard]] const session::Edge& edge() const { return *edge_; }
  [[nodiscard]] std::vector<net::Endpoint> endpoints() const;
  [[nodiscard]] transcript::Counters& counters() { return *counters_; }
  /// The same for each connector of which a session ended, by the id of the logs (`EDGE1\\Internet`, `Internet`).
  [[nodiscard]] const std::map<std::string, transcript::Counters>& counters_by_connector() const {
    return counters_by_connector_;
  }
  /// A transcript whose events go to this server's protocol log when the connector is Verbose.
  [[nodiscard]] transcript::Transcript new_transcript(policy::Role role, const std::string& connector,
                                                      exchange::ProtocolLoggingLevel level);

 private:
  void finished(const transcript::Transcript& transcript);
  void make_logs();
  using Plans = std::map<std::string, std::shared_ptr<const session::ReceivePlan>>;  // by connector
  [[nodiscard]] Plans plans_of(const session::Edge& edge) const;
  void put_in_service(const Plans& plans);
  void listen_at(const exchange::Binding& binding, const std::string& owner);
  [[nodiscard]] bool covered(const exchange::Binding& binding) const;
  [[nodiscard]] std::vector<exchange::ReceiveConnector> bound_connectors() const;
  [[nodiscard]] std::variant<std::shared_ptr<session::ServedConnector>, session::Unclaimed> choose(
      const net::Endpoint& local, const net::Endpoint& remote);

  net::Loop& loop_;
  EdgeServerSettings settings_;
  std::shared_ptr<session::Edge> edge_;
  std::shared_ptr<transcript::Counters> counters_ = std::make_shared<transcript::Counters>();
  std::shared_ptr<transcript::ProtocolLogFiles> send_log_;
  std::shared_ptr<transcript::ProtocolLogFiles> receive_log_;
  std::map<std::string, transcript::Counters> counters_by_connector_;
  std::map<std::string, std::shared_ptr<session::ServedConnector>> connectors_;  // by name
  /// The enabled ones, with the ports that were found for Bindings with port 0.
  std::vector<exchange::ReceiveConnector> in_service_;
  struct Listening {
    exchange::Binding binding;  // as written
    std::string owner;          // of port 0: the connector whose it is; else empty
    std::unique_ptr<session::Reception> reception;
  };
  std::vector<Listening> listening_;
};

}  // namespace domsec::lab
