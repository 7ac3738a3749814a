// Contoso and Woodgrove Bank in one process on loopback: public-key infrastructure, name server, CRL server,
// Edge servers. Each organisation, or each of its hosts, can be broken in one way at a time, and mended.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/lab/authorities.h"
#include "domsec/lab/crl_server.h"
#include "domsec/lab/dns_server.h"
#include "domsec/lab/edge_server.h"
#include "domsec/lab/fault.h"
#include "domsec/lab/recipe.h"
#include "domsec/lab/state_file.h"

namespace domsec::lab {

struct LabSettings {
  std::string directory;  // state; created with mode 0700
  Recipe recipe;
  std::uint16_t smtp_port = 2525;  // the same on every host's address; 0 = a free one
  std::uint16_t dns_port = 10053;
  std::uint16_t http_port = 10080;
  std::function<pki::Instant()> now;
  transcript::Clock clock;
  session::Timeouts timeouts{};
  net::Milliseconds crl_timeout{5000};
  /// Where lists are served, and what their distribution points are called by; empty = the loopback addresses, under a name
  /// that the lab's name server knows.
  std::string crl_address{};
  /// Where partners are sent to; 0 = smtp_port.
  std::uint16_t partner_port = 0;
  /// Both ends demand domain security of each other. An end that is there to be looked at demands nothing.
  bool domain_secure = true;
  Roots roots = Roots::made_anew;
  /// `providers` where several labs run in one process, each in a thread (pki/key_decoding.h).
  pki::KeyDecoding key_decoding = pki::KeyDecoding::direct;
  /// Beside the catalogue's.
  std::vector<Fault> faults{};
  /// By place: TOML that goes over what the lab writes for it.
  std::map<std::string, std::string> configurations{};
  /// Organisations whose server is somebody else's, and where it is; nothing listens here for them.
  std::map<std::string, net::Endpoint> external{};
  std::function<session::Keep(const exchange::Organisation&)> keep;
  /// Hears of every session that ended; `organisation` is whose server it was.
  std::function<void(const std::string& organisation, const transcript::Transcript&)> ended;
};

class Lab {
 public:
  /// Makes everything and begins to listen. Throws LabError, net::ChannelError(local), exchange::ConfigError.
  Lab(net::Loop& loop, LabSettings settings);
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  void stop();
  /// Breaks one thing of a place (an organisation, which is each of its hosts, or a host); no name mends it. Other places
  /// stay as they are; a host's own fault goes before its organisation's.
  void apply(const std::string& place, const std::string& fault);
  /// Exactly this is broken from now on. Throws LabError for a place or a fault that there is not.
  void apply(const Wanted& wanted);
  /// From now on this goes over what the lab writes for a place, and over what went there before. Throws as
  /// the readers of the configuration do; then nothing changed.
  void configure(const std::string& place, const std::string& toml);
  /// The clock has moved: revocation lists are published for its time. Certificates stay as they are.
  void time_passed();

  /// The first Edge server of an organisation: its sender.
  [[nodiscard]] EdgeServer& server(const std::string& organisation);
  [[nodiscard]] const Recipe& recipe() const { return settings_.recipe; }
  /// What lab.json says.
  [[nodiscard]] State state() const;
  /// Sums over the servers of an organisation, Exchange's names first.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters(
      const std::string& organisation) const;
  [[nodiscard]] DnsServer& dns() { return *dns_; }
  /// Of each host of an organisation: its files are there, its logs and its accepted mail below.
  [[nodiscard]] std::vector<std::string> directories(const std::string& organisation) const;
  /// The root that all its organisations trust.
  [[nodiscard]] std::string root_file() const { return authorities_->trusted_root_file(); }
  /// What is broken at an organisation; null: nothing.
  [[nodiscard]] const Fault* fault_at(const std::string& organisation) const { return at(organisation); }

 private:
  struct Host {
    const OrganisationRecipe* organisation;
    const HostRecipe* recipe;
    std::string configuration;
    std::unique_ptr<EdgeServer> server;
    HostFiles files;
    /// What its certificate has; nothing: none was issued yet.
    std::optional<const Fault*> issued;
  };
  void publish_names();
  void publish_lists();
  /// Null: nothing is broken.
  [[nodiscard]] const Fault* fault_of(const Host& host) const;
  [[nodiscard]] const Fault* at(const std::string& place) const;
  [[nodiscard]] const Fault& fault(const std::string& name) const;
  void reload();
  /// Is a partner of this organisation broken in how he is to be looked at?
  [[nodiscard]] bool compares_exactly(const OrganisationRecipe& organisation) const;
  void write_configuration(Host& host);
  void start_host(const OrganisationRecipe& organisation, const HostRecipe& recipe);
  void open_distribution_points();
  void leave_out_missing_addresses();
  void leave_to_others();
  void find_smtp_port();

  net::Loop& loop_;
  LabSettings settings_;
  std::unique_ptr<DnsServer> dns_;
  std::vector<std::unique_ptr<CrlServer>> crls_;  // one a loopback address, with the same lists
  std::unique_ptr<Authorities> authorities_;
  std::shared_ptr<transcript::SessionIds> session_ids_;
  std::map<std::string, const Fault*> broken_;   // by place
  std::map<std::string, std::vector<std::string>> configurations_;  // by place, each over the one before
  std::vector<Host> hosts_;
};

/// The domain to use with a fault (or null): two labels below the organisation's own for the wildcard case.
[[nodiscard]] std::string domain_for(const OrganisationRecipe& organisation, const Fault* fault);

/// A mail from one organisation to another, as a fault of the sender changes it (or null).
[[nodiscard]] session::Message mail_between(const OrganisationRecipe& from, const Fault* senders,
                                            const OrganisationRecipe& to, const Fault* recipients);

}  // namespace domsec::lab
