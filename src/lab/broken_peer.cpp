#include "domsec/lab/broken_peer.h"

#include <algorithm>

namespace domsec::lab {
namespace {

constexpr const char* self = "peer";

Recipe recipe_of(const BrokenPeerSettings& settings) {
  Recipe recipe = read_recipe(built_in_recipe(), "lab.toml");
  const OrganisationRecipe& model = organisation(recipe, "woodgrove");
  const std::string& domain = settings.domain;
  OrganisationRecipe peer;
  peer.name = self;
  peer.title = domain == model.domain ? model.title : domain;
  peer.domain = domain;
  peer.more_domains = {"branch.eu." + domain};
  peer.connector_fqdn = "mail." + domain;
  peer.issuer = model.issuer;
  HostRecipe host;
  host.name = "mail1." + domain;
  host.address = settings.listen.address;
  host.subject = "CN=mail1." + domain + ", O=" + peer.title;
  host.dns_names = {peer.connector_fqdn, host.name, "mail.branch.eu." + domain};
  peer.hosts = {host};
  OrganisationRecipe partner;
  partner.name = "partner";
  partner.title = "Partner";
  partner.domain = settings.partner;
  partner.connector_fqdn = "mail." + settings.partner;
  partner.issuer = model.issuer;
  recipe.organisations = {peer, partner};
  return recipe;
}

}  // namespace

const policy::Verdict* last_verdict(const transcript::Transcript& transcript) {
  const policy::Verdict* verdict = nullptr;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* decided = event.body.as<transcript::PolicyDecided>()) verdict = &decided->verdict;
  }
  return verdict;
}

bool has_finding(const policy::Verdict& verdict, finding::Code code) {
  return verdict.headline.code == code ||
         std::any_of(verdict.findings.begin(), verdict.findings.end(),
                     [code](const policy::Finding& finding) { return finding.code == code; });
}

LabSettings BrokenPeer::lab_settings() {
  LabSettings lab;
  lab.directory = settings_.directory;
  lab.recipe = recipe_of(settings_);
  lab.smtp_port = settings_.listen.port;
  lab.dns_port = 0;
  lab.http_port = settings_.http_port;
  lab.crl_address = settings_.listen.address;
  lab.domain_secure = false;
  lab.roots = Roots::kept;  // whom it meets trusts it already
  lab.now = settings_.now;
  lab.clock = settings_.clock;
  lab.timeouts = session::Timeouts::capped(settings_.patience);
  lab.keep = keep_in_spool;
  lab.ended = [ended = settings_.ended](const std::string&, const transcript::Transcript& transcript) {
    if (ended) ended(transcript);
  };
  return lab;
}

BrokenPeer::BrokenPeer(net::Loop& loop, BrokenPeerSettings settings, const Fault& fault)
    : loop_(loop), settings_(std::move(settings)), fault_(fault), lab_(loop, lab_settings()) {
  lab_.apply(self, fault.name);
}

std::string BrokenPeer::root_file() const {
  return lab_.root_file();
}

net::Endpoint BrokenPeer::endpoint() {
  return lab_.server(self).endpoints().front();
}

std::string BrokenPeer::domain() const {
  return domain_for(organisation(lab_.recipe(), self), &fault_);
}

net::task<session::DeliveryResult> BrokenPeer::connect(net::Endpoint to) {
  EdgeServer& server = lab_.server(self);
  const exchange::SendConnector& connector = server.edge().organisation().send_connectors.front();
  session::DeliveryPlan plan;
  plan.session = server.edge().send_plan(connector, *smtp::Domain::parse(settings_.partner));
  plan.session.until = policy::Step::end_of_data;
  plan.session.message = mail_between(organisation(lab_.recipe(), self), &fault_,
                                      organisation(lab_.recipe(), "partner"), nullptr);
  session::Target target;
  target.host = to.address;
  target.port = to.port;
  const session::NewTranscript begin = [&server, &connector] {
    return server.new_transcript(policy::Role::send, connector.name, connector.protocol_logging_level);
  };
  net::Resolver resolver(loop_, net::ResolverSettings{});  // asked for nothing: the target is an address
  session::DeliveryResult result = co_await session::deliver(plan, target, resolver, begin);
  for (const session::Attempt& attempt : result.attempts) {
    if (settings_.ended) settings_.ended(attempt.transcript);
  }
  co_return result;
}

}  // namespace domsec::lab
