#include "domsec/lab/edge_server.h"

#include "domsec/policy/connector_choice.h"

namespace domsec::lab {
namespace {

const exchange::ReceiveConnector* find_connector(const exchange::Organisation& organisation, const std::string& name) {
  for (const exchange::ReceiveConnector& connector : organisation.receive_connectors) {
    if (connector.name == name) return &connector;
  }
  return nullptr;
}

}  // namespace

EdgeServer::EdgeServer(net::Loop& loop, exchange::Organisation organisation, EdgeServerSettings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      edge_(std::make_shared<session::Edge>(loop, std::move(organisation), settings_.edge)) {
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
  if (settings_.ended) settings_.ended(transcript);
}

void EdgeServer::listen() {
  for (const exchange::ReceiveConnector& connector : edge_->organisation().receive_connectors) {
    if (!connector.enabled) continue;
    const auto plan = edge_->receive_plan(connector, settings_.keep(edge_->organisation()));
    for (const exchange::Binding& binding : connector.bindings) {
      net::Endpoint at;
      at.address = binding.address;
      at.port = binding.port;
      auto reception = std::make_unique<session::Reception>(
          loop_, at,
          [this, name = connector.name] {
            const exchange::ReceiveConnector* current = find_connector(edge_->organisation(), name);
            const auto level = current ? current->protocol_logging_level : exchange::ProtocolLoggingLevel::none;
            return new_transcript(policy::Role::receive, name, level);
          },
          [this](const transcript::Transcript& ended) { finished(ended); });
      reception->use(plan);
      reception->start();
      listening_.push_back(Listening{connector.name, std::move(reception)});
    }
  }
}

void EdgeServer::stop() {
  for (const Listening& each : listening_) each.reception->stop();
}

void EdgeServer::reload(exchange::Organisation organisation, session::Deviations deviations) {
  session::EdgeSettings settings = settings_.edge;
  settings.deviations = std::move(deviations);
  auto edge = std::make_shared<session::Edge>(loop_, std::move(organisation), settings);
  edge_ = std::move(edge);
  settings_.edge = std::move(settings);
  make_logs();
  for (const Listening& each : listening_) {
    const exchange::ReceiveConnector* connector = find_connector(edge_->organisation(), each.connector);
    if (connector) each.reception->use(edge_->receive_plan(*connector, settings_.keep(edge_->organisation())));
  }
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
