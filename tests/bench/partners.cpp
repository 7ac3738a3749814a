#include "bench/partners.h"

#include <stdexcept>

#include "domsec/policy/tls_requirement.h"

namespace domsec::bench {
namespace {

pki::CertificateRecipe authority_recipe(const std::string& subject, pki::KeyKind kind) {
  pki::CertificateRecipe recipe = testing::ca_recipe(subject);
  recipe.key = kind;
  return recipe;
}

pki::CertificateRecipe edge_recipe(const std::string& name, pki::KeyKind kind) {
  pki::CertificateRecipe recipe = testing::leaf_recipe({name});
  recipe.key = kind;
  return recipe;
}

}  // namespace

Partners::Partners(pki::KeyKind kind)
    : root(pki::Authority::root(authority_recipe("CN=Contoso Root, O=Contoso", kind))),
      issuing(root.subordinate(authority_recipe("CN=Contoso Issuing CA 1, O=Contoso", kind))),
      contoso(issuing.issue(edge_recipe("mail.contoso.com", kind))),
      woodgrove(issuing.issue(edge_recipe("mail.woodgrovebank.com", kind))) {}

session::ExaminationPlan Partners::examination() const {
  const auto anchors = std::make_shared<pki::TrustStore>();
  anchors->add({root.certificate()});
  session::ExaminationPlan plan;
  plan.anchors = anchors;
  plan.key_decoding = decoding;
  return plan;
}

net::TlsSettings Partners::tls_settings() const {
  net::TlsSettings tls;
  tls.alerts_by_hand = false;  // as session::Edge plans all but require-alert
  tls.key_decoding = decoding;
  return tls;
}

session::SendPlan Partners::send_plan() const {
  exchange::TransportConfig config;
  const std::vector<std::string> partner{"woodgrovebank.com"};
  if (config.tls_send_domain_secure_list.assign(partner)) throw std::logic_error("list");
  exchange::SendConnector connector;
  connector.domain_secure_enabled = {true, {}};
  net::TlsSettings tls = tls_settings();
  tls.identity = contoso;

  session::SendPlan plan;
  plan.helo = "mail.contoso.com";
  plan.requirement = policy::send_requirement(config, connector, *smtp::Domain::parse("woodgrovebank.com"));
  plan.tls = net::TlsContext::client(tls);
  plan.own.certificate = contoso.chain.front();
  plan.examination = examination();
  plan.now = [] { return instant; };
  return plan;
}

std::shared_ptr<const session::ReceivePlan> Partners::receive_plan(session::Keep keep) const {
  auto plan = std::make_shared<session::ReceivePlan>();
  const std::vector<std::string> partner{"contoso.com"};
  if (plan->transport_config.tls_receive_domain_secure_list.assign(partner)) throw std::logic_error("list");
  plan->connector.domain_secure_enabled = {true, {}};
  plan->connector.max_inbound_connection_per_source = plan->connector.max_inbound_connection;
  plan->connector.max_inbound_connection_percentage_per_source = 100;
  net::TlsSettings tls = tls_settings();
  tls.identity = woodgrove;
  plan->fqdn = "mail.woodgrovebank.com";
  plan->tls = net::TlsContext::server(tls);
  plan->own.certificate = woodgrove.chain.front();
  plan->examination = examination();
  plan->now = [] { return instant; };
  plan->keep = std::move(keep);
  return plan;
}

}  // namespace domsec::bench
