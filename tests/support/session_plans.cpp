#include "support/session_plans.h"

#include "domsec/policy/tls_requirement.h"

namespace domsec::testing {

session::ExaminationPlan Partners::examination() const {
  auto anchors = std::make_shared<pki::TrustStore>();
  anchors->add(pki.anchors());
  session::ExaminationPlan plan;
  plan.anchors = anchors;
  return plan;
}

std::shared_ptr<const net::TlsContext> Partners::client(const pki::Credentials& identity) const {
  net::TlsSettings settings;
  settings.identity = identity;
  return net::TlsContext::client(settings);
}

std::shared_ptr<const net::TlsContext> Partners::server(const pki::Credentials& identity) const {
  net::TlsSettings settings;
  settings.identity = identity;
  return net::TlsContext::server(settings);
}

session::SendPlan Partners::send_plan() const {
  exchange::TransportConfig config;
  const std::vector<std::string> partner{"woodgrovebank.com"};
  if (config.tls_send_domain_secure_list.assign(partner)) throw std::logic_error("list");
  exchange::SendConnector connector;
  connector.domain_secure_enabled = {true, {}};

  session::SendPlan plan;
  plan.helo = "mail.contoso.com";
  plan.requirement = policy::send_requirement(config, connector, *smtp::Domain::parse("woodgrovebank.com"));
  plan.tls = client(contoso);
  plan.own.certificate = contoso.chain.front();
  plan.examination = examination();
  plan.timeouts = short_timeouts();
  plan.until = policy::Step::end_of_data;
  plan.now = [] { return test_instant; };
  session::Message message;
  message.reverse_path = smtp::parse_mailbox("alice@contoso.com");
  message.recipients.push_back(smtp::ForwardPath{smtp::parse_mailbox("bob@woodgrovebank.com")});
  message.content = "Subject: test\n\nHello.\n.\nlast line\n";
  plan.message = std::move(message);
  return plan;
}

std::shared_ptr<session::ReceivePlan> Partners::receive_plan() const {
  auto plan = std::make_shared<session::ReceivePlan>();
  const std::vector<std::string> partner{"contoso.com"};
  if (plan->transport_config.tls_receive_domain_secure_list.assign(partner)) throw std::logic_error("list");
  plan->connector.domain_secure_enabled = {true, {}};
  plan->fqdn = "mail.woodgrovebank.com";
  plan->tls = server(woodgrove);
  plan->own.certificate = woodgrove.chain.front();
  plan->examination = examination();
  plan->timeouts = short_timeouts();
  plan->now = [] { return test_instant; };
  plan->keep = [kept = kept](const session::ReceivedMessage& message, const transcript::Transcript&)
      -> std::variant<session::Kept, session::NotKept> {
    kept->push_back(message);
    return session::Kept{std::to_string(kept->size())};
  };
  return plan;
}

session::Timeouts short_timeouts() { return session::Timeouts::capped(net::Milliseconds(300)); }

transcript::Transcript new_transcript(policy::Role role) {
  return transcript::Transcript(role, "Internet", 0x08DF4879147F5EFA,
                                [] { return transcript::Time(test_instant); });
}

session::SendResult send(net::Loop& loop, const session::SendPlan& plan, const net::Endpoint& to,
                         transcript::Transcript& transcript) {
  return net::run(loop, session::send_session(plan, to, "mail.woodgrovebank.com", transcript));
}

}  // namespace domsec::testing
