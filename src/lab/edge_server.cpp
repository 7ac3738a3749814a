#include "domsec/lab/edge_server.h"

#include <algorithm>
#include <set>

#include "domsec/lab/stored_identities.h"
#include "domsec/policy/connector_choice.h"
#include "domsec/policy/receive_connector_choice.h"

namespace domsec::lab {
namespace {

const exchange::ReceiveConnector* find_connector(const exchange::Organisation& organisation, const std::string& name) {
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (connector.name == name) return &connector;
  }
  return nullptr;
}

std::vector<exchange::ReceiveConnector> enabled(const exchange::Organisation& organisation) {
  std::vector<exchange::ReceiveConnector> connectors;
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (connector.enabled) connectors.push_back(connector);
  }
  return connectors;
}

/// Two connectors that claim the same clients: which of them would take them is not said anywhere.
void refuse_conflicts(const exchange::Organisation& organisation) {
  const std::vector<exchange::ReceiveConnector> connectors = enabled(organisation);
  for (const policy::BindingConflict& conflict : policy::binding_conflicts(connectors)) {
    const exchange::ReceiveConnector& connector = *conflict.connector;
    const exchange::Origin parameter = connector.origins.of(conflict.parameter);
    const exchange::Origin& at = parameter.file.empty() ? connector.origin : parameter;
    throw exchange::ConfigError((at.file.empty() ? std::string() : at.text() + ": ") + "ReceiveConnector " +
                                connector.name + ": " + conflict.what + " (RC-6)");
  }
}

bool is_wildcard(const exchange::Binding& binding) { return binding.address == "0.0.0.0" || binding.address == "::"; }

bool is_ipv6(const std::string& address) { return address.find(':') != std::string::npos; }

/// The certificates of the Store are read with the configuration, each time.
std::shared_ptr<session::Edge> load(net::Loop& loop, exchange::Organisation organisation,
                                    session::EdgeSettings settings) {
  for (session::OwnIdentity& identity : stored_identities(organisation, settings.key_decoding))
    settings.identities.push_back(std::move(identity));
  return std::make_shared<session::Edge>(loop, std::move(organisation), std::move(settings));
}

}  // namespace

EdgeServer::EdgeServer(net::Loop& loop, exchange::Organisation organisation, EdgeServerSettings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      edge_(load(loop, std::move(organisation), settings_.edge)) {
  make_logs();
}

void EdgeServer::make_logs() {
  const exchange::TransportConfig& config = edge_->organisation().transport_config;
  if (!config.send_protocol_log.path.empty() && !send_log_) {
    send_log_ = std::make_shared<transcript::ProtocolLogFiles>(policy::Role::send, config.send_protocol_log, settings_.software);
  }
  if (!config.receive_protocol_log.path.empty() && !receive_log_) {
    receive_log_ =
        std::make_shared<transcript::ProtocolLogFiles>(policy::Role::receive, config.receive_protocol_log, settings_.software);
  }
}

transcript::Transcript EdgeServer::new_transcript(policy::Role role, const std::string& connector,
                                                  exchange::ProtocolLoggingLevel level) {
  const std::optional<smtp::Domain>& fqdn = edge_->organisation().server_fqdn;
  // Exchange writes SERVER\Connector on receive, the connector alone on send (spec protocol-log 1.2).
  const std::string id = role == policy::Role::receive && fqdn ? fqdn->text() + "\\" + connector : connector;
  transcript::Transcript transcript(role, id, settings_.session_ids->next(), settings_.clock);
  const auto& log = role == policy::Role::send ? send_log_ : receive_log_;
  if (log && level == exchange::ProtocolLoggingLevel::verbose) transcript.add_sink(log->sink());
  if (settings_.heard) transcript.add_sink(settings_.heard);
  return transcript;
}

void EdgeServer::finished(const transcript::Transcript& transcript) {
  counters_->add(transcript);
  counters_by_connector_[transcript.connector()].add(transcript);
  if (settings_.ended) settings_.ended(transcript);
}

EdgeServer::Plans EdgeServer::plans_of(const session::Edge& edge) const {
  Plans plans;
  const session::Keep keep = settings_.keep(edge.organisation());
  for (const exchange::ReceiveConnector& connector : enabled(edge.organisation())) {
    plans[connector.name] = edge.receive_plan(connector, keep);
  }
  return plans;
}

void EdgeServer::put_in_service(const Plans& plans) {
  for (const auto& [name, plan] : plans) {
    std::shared_ptr<session::ServedConnector>& served = connectors_[name];
    if (!served) {
      served = std::make_shared<session::ServedConnector>([this, connector = name] {
        const exchange::ReceiveConnector* current = find_connector(edge_->organisation(), connector);
        const auto level = current ? current->protocol_logging_level : exchange::ProtocolLoggingLevel::none;
        return new_transcript(policy::Role::receive, connector, level);
      });
    }
    served->use(plan);
  }
  in_service_ = bound_connectors();
}

/// Does a listener take what arrives there? The system lets nobody listen on one address beside all of them.
bool EdgeServer::covered(const exchange::Binding& binding) const {
  return std::any_of(listening_.begin(), listening_.end(), [&](const Listening& each) {
    if (each.binding.port != binding.port || binding.port == 0) return false;
    if (each.binding.address == binding.address) return true;
    return is_wildcard(each.binding) && is_ipv6(each.binding.address) == is_ipv6(binding.address);
  });
}

void EdgeServer::listen_at(const exchange::Binding& binding, const std::string& owner) {
  if (covered(binding)) return;
  net::Endpoint at;
  at.address = binding.address;
  at.port = binding.port;
  auto reception = std::make_unique<session::Reception>(
      loop_, at, [this](const net::Endpoint& local, const net::Endpoint& remote) { return choose(local, remote); },
      [this](const transcript::Transcript& ended) { finished(ended); });
  reception->start();
  listening_.push_back(Listening{binding, binding.port == 0 ? owner : std::string(), std::move(reception)});
}

/// The enabled connectors, each port 0 replaced by what was found for it.
std::vector<exchange::ReceiveConnector> EdgeServer::bound_connectors() const {
  std::vector<exchange::ReceiveConnector> connectors = enabled(edge_->organisation());
  std::set<std::uint16_t> given;
  for (exchange::ReceiveConnector& connector : connectors) {
    for (exchange::Binding& binding : connector.bindings) {
      if (binding.port != 0) continue;
      for (const Listening& each : listening_) {
        const bool own = each.owner == connector.name && each.binding.address == binding.address;
        if (!own || !given.insert(each.reception->endpoint().port).second) continue;
        binding.port = each.reception->endpoint().port;
        break;
      }
    }
  }
  return connectors;
}

void EdgeServer::listen() {
  refuse_conflicts(edge_->organisation());
  const Plans plans = plans_of(*edge_);
  const std::vector<exchange::ReceiveConnector> connectors = enabled(edge_->organisation());
  for (const bool wildcards : {true, false}) {
    for (const exchange::ReceiveConnector& connector : connectors) {
      for (const exchange::Binding& binding : connector.bindings) {
        if (is_wildcard(binding) == wildcards) listen_at(binding, connector.name);
      }
    }
  }
  put_in_service(plans);
}

std::variant<std::shared_ptr<session::ServedConnector>, session::Unclaimed> EdgeServer::choose(
    const net::Endpoint& local, const net::Endpoint& remote) {
  const policy::InboundConnection connection{local.address, local.port, remote.address};
  policy::ReceiveConnectorChoice choice = policy::choose_receive_connector(in_service_, connection);
  if (choice.connector) return connectors_.at(choice.connector->name);
  // Of no connector, and so in no connector's log.
  return session::Unclaimed{
      new_transcript(policy::Role::receive, std::string(), exchange::ProtocolLoggingLevel::none), choice.reason};
}

void EdgeServer::stop() {
  for (const Listening& each : listening_) each.reception->stop();
}

void EdgeServer::reload(exchange::Organisation organisation, session::Deviations deviations) {
  session::EdgeSettings settings = settings_.edge;
  settings.deviations = std::move(deviations);
  refuse_conflicts(organisation);
  auto edge = load(loop_, std::move(organisation), settings);
  const Plans plans = plans_of(*edge);
  edge_ = std::move(edge);
  settings_.edge = std::move(settings);
  make_logs();
  put_in_service(plans);
}

net::task<session::DeliveryResult> EdgeServer::send(smtp::Domain partner, session::Message message) {
  // The end that was loaded when the delivery began stays until it is over, whatever is reloaded meanwhile.
  const std::shared_ptr<session::Edge> edge = edge_;
  const policy::ConnectorChoice choice = policy::choose_send_connector(edge->organisation().send_connectors, partner);
  if (!choice.connector) throw exchange::ConfigError(choice.reason);
  const exchange::SendConnector& connector = *choice.connector;
  session::DeliveryPlan plan;
  plan.session = edge->send_plan(connector, partner);
  plan.session.until = policy::Step::end_of_data;
  plan.session.message = std::move(message);
  session::Target target;
  target.domain = partner.text();
  target.port = connector.port;
  const session::NewTranscript begin = [this, &connector] {
    return new_transcript(policy::Role::send, connector.name, connector.protocol_logging_level);
  };
  session::DeliveryResult result = co_await session::deliver(plan, target, edge->resolver(), begin);
  for (const session::Attempt& attempt : result.attempts) finished(attempt.transcript);
  co_return result;
}

std::vector<net::Endpoint> EdgeServer::endpoints() const {
  std::vector<net::Endpoint> result;
  for (const Listening& each : listening_) result.push_back(each.reception->endpoint());
  return result;
}

}  // namespace domsec::lab
