#include "domsec/lab/lab.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "domsec/lab/configuration.h"
#include "merged_configuration.h"

namespace domsec::lab {
namespace {

constexpr const char* crl_host = "crl.example-trust.com";

/// A certificate that selection would refuse is presented all the same: that is the fault.
session::Deviations deviations_of(const Fault* fault) {
  if (fault == nullptr) return {};
  session::Deviations deviations = fault->deviations;
  deviations.unfit_certificate = !parts_of(fault->certificate).empty();
  return deviations;
}

std::vector<std::string> domains_of(const OrganisationRecipe& organisation) {
  std::vector<std::string> domains{organisation.domain};
  domains.insert(domains.end(), organisation.more_domains.begin(), organisation.more_domains.end());
  return domains;
}

std::string name_of(const Fault* fault) { return fault == nullptr ? std::string() : fault->name; }

bool can_listen(net::Loop& loop, const net::Endpoint& at) {
  try {
    const net::Listener probe(loop, at);
    return true;
  } catch (const net::ChannelError&) {
    return false;
  }
}

/// A port that is free on each of these addresses at the moment.
std::uint16_t free_port(net::Loop& loop, const std::vector<std::string>& addresses) {
  for (int tries = 16; tries > 0; --tries) {
    const net::Listener probe(loop, net::Endpoint{addresses.front(), 0});
    const std::uint16_t port = probe.endpoint().port;
    const bool free = std::all_of(addresses.begin() + 1, addresses.end(), [&](const std::string& address) {
      return can_listen(loop, net::Endpoint{address, port});
    });
    if (free) return port;
  }
  throw LabError("no port is free on every address of the lab; name ports with --smtp-port and --http-port");
}

/// A port that was free a moment ago may be somebody else's by now, another lab's say.
void again_while_taken(bool any_port, const std::function<void()>& listen) {
  for (int tries = any_port ? 16 : 1;; --tries) {
    try {
      listen();
      return;
    } catch (const net::ChannelError&) {
      if (tries <= 1) throw;
    }
  }
}

}  // namespace

std::string domain_for(const OrganisationRecipe& organisation, const Fault* fault) {
  const bool below = fault != nullptr && fault->mail.second_domain && !organisation.more_domains.empty();
  return below ? organisation.more_domains.front() : organisation.domain;
}

session::Message mail_between(const OrganisationRecipe& from, const Fault* senders, const OrganisationRecipe& to,
                              const Fault* recipients) {
  const std::string sender = "bob@" + domain_for(from, senders);
  const std::string author = senders != nullptr && !senders->mail.author.empty() ? senders->mail.author : sender;
  const std::string recipient = "alice@" + domain_for(to, recipients);
  session::Message message;
  const bool null_sender = senders != nullptr && senders->mail.null_sender;
  if (!null_sender) message.reverse_path = smtp::parse_mailbox(sender);
  message.recipients.push_back(smtp::ForwardPath{smtp::parse_mailbox(recipient)});
  message.content = "From: <" + author + ">\nTo: <" + recipient + ">\nSubject: domsec lab\n\nMail between partners.\n";
  return message;
}

Lab::Lab(net::Loop& loop, LabSettings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      session_ids_(std::make_shared<transcript::SessionIds>(settings_.clock())) {
  // Its files name each other: a name must mean the same below the directory of a host.
  settings_.directory = std::filesystem::absolute(settings_.directory).lexically_normal().string();
  std::filesystem::create_directories(settings_.directory);
  std::filesystem::permissions(settings_.directory, std::filesystem::perms::owner_all);
  net::Endpoint at;
  at.address = "127.0.0.1";
  at.port = settings_.dns_port;
  dns_ = std::make_unique<DnsServer>(loop_, at);
  open_distribution_points();
  const std::string crl_name = settings_.crl_address.empty() ? crl_host : crls_.front()->endpoint().address;
  const bool ipv6_literal = crl_name.find(':') != std::string::npos;
  const std::string crl_base = "http://" + (ipv6_literal ? "[" + crl_name + "]" : crl_name) + ":" +
                               std::to_string(settings_.http_port);
  authorities_ = std::make_unique<Authorities>(settings_.directory + "/pki", settings_.recipe, crl_base,
                                               settings_.now(), settings_.roots);
  leave_to_others();
  leave_out_missing_addresses();
  for (const auto& [place, toml] : settings_.configurations) configurations_[place].push_back(toml);
  publish_names();
  const bool any_port = settings_.smtp_port == 0;
  again_while_taken(any_port, [&] {
    hosts_.clear();
    if (any_port) find_smtp_port();
    for (const OrganisationRecipe& organisation : settings_.recipe.organisations) {
      for (const HostRecipe& host : organisation.hosts) start_host(organisation, host);
    }
  });
  publish_lists();
}

Lab::~Lab() = default;

void Lab::stop() {
  for (Host& host : hosts_) {
    if (host.server) host.server->stop();
  }
  dns_->stop();
  for (const auto& server : crls_) server->stop();
}

/// One port on both loopback addresses, so that one URI serves both families.
void Lab::open_distribution_points() {
  std::vector<std::string> addresses{"127.0.0.1"};
  if (!settings_.crl_address.empty()) {
    addresses = {settings_.crl_address};
  } else if (can_listen(loop_, net::Endpoint{"::1", 0})) {
    addresses.emplace_back("::1");
  }
  const bool any_port = settings_.http_port == 0;
  again_while_taken(any_port, [&] {
    crls_.clear();
    if (any_port) settings_.http_port = free_port(loop_, addresses);
    for (const std::string& address : addresses) {
      crls_.push_back(std::make_unique<CrlServer>(loop_, net::Endpoint{address, settings_.http_port}));
    }
  });
}

/// The one host of such an organisation is at the address that was given.
void Lab::leave_to_others() {
  for (const auto& [name, at] : settings_.external) {
    (void)organisation(settings_.recipe, name);
    for (OrganisationRecipe& organisation : settings_.recipe.organisations) {
      if (organisation.name != name) continue;
      organisation.hosts.resize(1);
      if (!at.address.empty()) organisation.hosts.front().address = at.address;
      organisation.hosts.front().ipv6_address.clear();
      if (at.port != 0) settings_.partner_port = at.port;
    }
  }
}

/// A host keeps its IPv6 address only where this machine has it: the lab runs over IPv4 alone as well.
void Lab::leave_out_missing_addresses() {
  for (OrganisationRecipe& organisation : settings_.recipe.organisations) {
    for (HostRecipe& host : organisation.hosts) {
      if (!host.ipv6_address.empty() && !can_listen(loop_, net::Endpoint{host.ipv6_address, 0})) {
        host.ipv6_address.clear();
      }
    }
  }
}

/// All hosts listen on one port, as MX hosts do on 25; one that is free on each of their addresses is looked
/// for.
void Lab::find_smtp_port() {
  std::vector<std::string> addresses;
  for (const OrganisationRecipe& organisation : settings_.recipe.organisations) {
    const auto external = settings_.external.find(organisation.name);
    if (external != settings_.external.end() && external->second.port != 0) continue;
    for (const HostRecipe& host : organisation.hosts) {
      addresses.push_back(host.address);
      if (!host.ipv6_address.empty()) addresses.push_back(host.ipv6_address);
    }
  }
  settings_.smtp_port = free_port(loop_, addresses);
}

void Lab::publish_names() {
  DnsName crl;
  for (const auto& server : crls_) crl.addresses.push_back(server->endpoint().address);
  dns_->put(crl_host, crl);
  for (const OrganisationRecipe& organisation : settings_.recipe.organisations) {
    DnsName mail;
    for (const HostRecipe& host : organisation.hosts) {
      mail.mx.push_back(DnsMx{static_cast<std::uint16_t>(host.preference), host.name});
      DnsName address;
      address.addresses = {host.address};
      if (!host.ipv6_address.empty()) address.addresses.push_back(host.ipv6_address);
      dns_->put(host.name, address);
    }
    for (const std::string& domain : domains_of(organisation)) dns_->put(domain, mail);
  }
}

void Lab::publish_lists() {
  for (const auto& [path, page] : authorities_->pages()) {
    for (const auto& server : crls_) server->put(path, page);
  }
}

const Fault* Lab::at(const std::string& place) const {
  const auto found = broken_.find(place);
  return found == broken_.end() ? nullptr : found->second;
}

const Fault* Lab::fault_of(const Host& host) const {
  const Fault* own = at(host.recipe->name);
  return own != nullptr ? own : at(host.organisation->name);
}

bool Lab::compares_exactly(const OrganisationRecipe& organisation) const {
  return std::any_of(broken_.begin(), broken_.end(), [&organisation](const auto& broken) {
    return broken.first != organisation.name && broken.second->configuration.partners_compare_exactly;
  });
}

void Lab::write_configuration(Host& host) {
  const Fault* fault = fault_of(host);
  if (host.issued != fault) host.files = authorities_->issue(*host.organisation, *host.recipe, fault);
  host.issued = fault;
  const HostFiles& files = host.files;
  ConfigurationFault written = fault != nullptr ? fault->configuration : ConfigurationFault();
  written.not_domain_secure = written.not_domain_secure || !settings_.domain_secure;
  Surroundings surroundings;
  surroundings.dns = dns_->endpoint().text();
  surroundings.smtp_port = settings_.smtp_port;
  surroundings.partner_port = settings_.partner_port != 0 ? settings_.partner_port : settings_.smtp_port;
  surroundings.trusted_root_file = authorities_->trusted_root_file();
  surroundings.tls_certificate_name = files.tls_certificate_name;
  host.configuration = files.directory + "/domsec.toml";
  std::string text = configuration(settings_.recipe, *host.organisation, *host.recipe, surroundings, written,
                                   compares_exactly(*host.organisation));
  for (const std::string& place : {host.organisation->name, host.recipe->name}) {
    const auto over = configurations_.find(place);
    if (over == configurations_.end()) continue;
    for (const std::string& each : over->second) text = merged(text, each);
  }
  pki::write_private_file(host.configuration, text);
}

void Lab::start_host(const OrganisationRecipe& organisation, const HostRecipe& recipe) {
  Host host{&organisation, &recipe, {}, nullptr, {}, {}};
  write_configuration(host);
  if (settings_.external.contains(organisation.name)) {
    hosts_.push_back(std::move(host));
    return;
  }
  EdgeServerSettings settings;
  settings.edge.now = settings_.now;
  settings.edge.key_decoding = settings_.key_decoding;
  settings.edge.timeouts = settings_.timeouts;
  settings.edge.crl_timeout = settings_.crl_timeout;
  settings.clock = settings_.clock;
  settings.session_ids = session_ids_;
  settings.keep = settings_.keep;
  settings.ended = [this, name = organisation.name](const transcript::Transcript& transcript) {
    if (settings_.ended) settings_.ended(name, transcript);
  };
  host.server =
      std::make_unique<EdgeServer>(loop_, exchange::read_toml(host.configuration), std::move(settings));
  host.server->listen();
  hosts_.push_back(std::move(host));
}

void Lab::apply(const std::string& place, const std::string& fault) {
  Wanted wanted;
  for (const auto& [broken, what] : broken_) wanted[broken] = what->name;
  wanted[place] = fault;
  apply(wanted);
}

void Lab::apply(const Wanted& wanted) {
  std::map<std::string, const Fault*> broken;
  for (const auto& [place, name] : wanted) {
    const bool is_host = std::any_of(hosts_.begin(), hosts_.end(),
                                     [&where = place](const Host& host) { return host.recipe->name == where; });
    if (!is_host) (void)organisation(settings_.recipe, place);  // throws for a name that is neither
    if (!name.empty()) broken[place] = &fault(name);
  }
  broken_ = std::move(broken);
  reload();
}

void Lab::reload() {
  for (Host& host : hosts_) write_configuration(host);
  publish_lists();
  for (Host& host : hosts_) {
    if (host.server)
      host.server->reload(exchange::read_toml(host.configuration), deviations_of(fault_of(host)));
  }
}

void Lab::configure(const std::string& place, const std::string& toml) {
  std::vector<std::string>& over = configurations_[place];
  over.push_back(toml);
  try {
    reload();
  } catch (const std::exception&) {
    over.pop_back();
    for (Host& host : hosts_) write_configuration(host);
    throw;
  }
}

void Lab::time_passed() {
  authorities_->time_passed(settings_.now());
  publish_lists();
}

const Fault& Lab::fault(const std::string& name) const {
  for (const Fault& own : settings_.faults) {
    if (own.name == name) return own;
  }
  return fault_named(name);
}

EdgeServer& Lab::server(const std::string& name) {
  for (Host& host : hosts_) {
    if (host.organisation->name == name && host.server) return *host.server;
  }
  throw LabError("the lab has no organisation '" + name + "'");
}

std::vector<std::string> Lab::directories(const std::string& name) const {
  std::vector<std::string> directories;
  for (const Host& host : hosts_) {
    if (host.organisation->name == name) directories.push_back(host.files.directory);
  }
  return directories;
}

State Lab::state() const {
  State state;
  state.process = ::getpid();
  state.dns = dns_->endpoint().text();
  state.http = crls_.front()->endpoint().text();
  state.smtp_port = settings_.smtp_port;
  for (const OrganisationRecipe& recipe : settings_.recipe.organisations) {
    StateOrganisation organisation{recipe.name, recipe.title, domains_of(recipe), {}, {}};
    organisation.broken = name_of(at(recipe.name));
    for (const Host& host : hosts_) {
      if (host.organisation != &recipe) continue;
      organisation.hosts.push_back(StateHost{host.recipe->name, host.recipe->address,
                                             host.recipe->ipv6_address, host.configuration,
                                             name_of(at(host.recipe->name))});
    }
    state.organisations.push_back(std::move(organisation));
  }
  return state;
}

std::vector<std::pair<std::string, std::uint64_t>> Lab::counters(const std::string& name) const {
  std::vector<std::pair<std::string, std::uint64_t>> sum;
  for (const Host& host : hosts_) {
    if (host.organisation->name != name || !host.server) continue;
    const auto values = host.server->counters().values();
    if (sum.empty())
      sum.assign(values.begin(), values.end());
    else
      for (std::size_t i = 0; i < values.size(); ++i) sum[i].second += values[i].second;
  }
  return sum;
}

}  // namespace domsec::lab
