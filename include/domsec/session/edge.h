// One organisation's end, loaded and ready: its certificates, trust, revocation lists and TLS contexts, made once; plans for
// its sessions are handed out from here. (Exchange's Edge Transport server plays this part.)
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domsec/exchange/organisation.h"
#include "domsec/net/resolver.h"
#include "domsec/policy/certificate_index.h"
#include "domsec/policy/certificate_selection.h"
#include "domsec/session/receive_session.h"
#include "domsec/session/send_session.h"

namespace domsec::session {

/// What is played in one role.
struct PlayedFaults {
  std::optional<net::HandshakeFault> handshake{};
  std::vector<DialogueFault> dialogue{};
  [[nodiscard]] bool any() const { return handshake || !dialogue.empty(); }
};

/// Deviations on purpose; the lab's faults are made of them. All off = a correct end.
struct Deviations {
  bool no_starttls = false;                       // receive: the keyword is not offered
  bool no_client_certificate = false;             // send: nothing is presented
  bool leaf_only = false;                         // intermediates are not sent
  bool key_mismatch = false;                      // the key is not the certificate's
  bool unfit_certificate = false;                 // the first certificate is presented though selection refuses it
  net::TlsVersion minimum = net::TlsVersion::tls1_2;
  net::TlsVersion maximum = net::TlsVersion::tls1_3;
  /// Of net::TlsSettings, under the same names.
  std::string ciphers{};
  std::string suites{};
  std::string groups{};
  std::string signature_algorithms{};
  int largest_record = 0;
  bool tickets = false;                           // receive
  bool no_request = false;                        // receive: no client certificate is asked for
  std::vector<std::string> client_ca_subjects{};  // receive
  std::optional<std::string> sni{};               // send: this name, empty = none
  int own_security_level = 1;                     // of libssl, for what is presented
  PlayedFaults server{};
  PlayedFaults client{};
};

/// An own certificate that is no file of the configuration: one of the store.
struct OwnIdentity {
  policy::StoredCertificate stored;
  std::optional<pki::Credentials> credentials;     // nothing: there is no key (R18)
};

struct EdgeSettings {
  Deviations deviations;
  std::vector<OwnIdentity> identities{};           // beside the configuration's [[Certificate]] sections
  ClientCertificateMode client_certificate = ClientCertificateMode::request;
  TlsStartup receive_startup = TlsStartup::starttls;
  policy::RefusalStyle refusal_style = policy::RefusalStyle::temporary;
  policy::FailClosed fail_closed = policy::FailClosed::no;
  Timeouts timeouts;
  std::map<std::string, std::vector<std::string>> resolve;   // --resolve
  bool ipv4 = true;
  bool ipv6 = true;
  net::Milliseconds dns_timeout{3000};
  net::Milliseconds crl_timeout{5000};
  net::ProxyEnvironment proxy_environment;
  pki::KeyDecoding key_decoding = pki::KeyDecoding::direct;
  bool verdict_cache = true;                       // the same certificates are examined once while nothing changes
  int security_level = 2;                          // of the examination: Debian's and libssl's scale
  std::string ocsp_response;                       // receive: DER to staple; empty = none
  std::function<pki::Instant()> now;
};

/// The certificate that was chosen for one connector, and everything that selection said.
struct OwnChoice {
  policy::Selection selection;
  std::optional<pki::Credentials> credentials;
  transcript::OwnCertificateChosen event;
};

class Edge {
 public:
  /// Reads certificates, roots and lists. Throws pki::BundleError or exchange::ConfigError, one sentence each.
  Edge(net::Loop& loop, exchange::Organisation organisation, EdgeSettings settings);

  [[nodiscard]] const exchange::Organisation& organisation() const { return organisation_; }
  [[nodiscard]] net::Resolver& resolver() { return *resolver_; }
  [[nodiscard]] const policy::Rules& rules() const { return rules_; }
  [[nodiscard]] const std::vector<policy::StoredCertificate>& certificates() const { return stored_; }
  [[nodiscard]] const ExaminationPlan& examination() const { return examination_; }
  [[nodiscard]] const net::HttpProxy& http_proxy() const { return http_proxy_; }

  /// The plan for mail to `partner` over `connector`. `until` and `message` are the caller's to set.
  [[nodiscard]] SendPlan send_plan(const exchange::SendConnector& connector, const smtp::Domain& partner) const;
  /// The plan for a listener of `connector`.
  [[nodiscard]] std::shared_ptr<const ReceivePlan> receive_plan(const exchange::ReceiveConnector& connector, Keep keep) const;

  /// The certificate that a send or receive connector presents.
  template <typename Connector>
  [[nodiscard]] OwnChoice own_certificate(const Connector& connector) const {
    return own_certificate(connector.tls_certificate_name, organisation_.fqdn_of(connector));
  }

 private:
  [[nodiscard]] OwnChoice own_certificate(const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
                                          const std::optional<smtp::Domain>& fqdn) const;
  void load_certificates();
  void add_identities();
  void load_roots();
  void load_revocation();
  [[nodiscard]] std::shared_ptr<const net::TlsContext> context(net::TlsRole role, const OwnChoice& own) const;

  exchange::Organisation organisation_;
  EdgeSettings settings_;
  policy::Rules rules_;
  std::shared_ptr<net::Resolver> resolver_;
  std::vector<policy::StoredCertificate> stored_;
  policy::CertificateIndex index_;                             // of stored_
  std::vector<std::optional<pki::Credentials>> credentials_;   // beside stored_
  std::vector<policy::OwnTrouble> troubles_;                   // beside stored_: why a key is not usable
  std::vector<std::string> trouble_reasons_;                   // beside stored_: the same as a sentence
  ExaminationPlan examination_;
  net::HttpProxy http_proxy_;
};

}  // namespace domsec::session
