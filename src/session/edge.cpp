#include "domsec/session/edge.h"

#include <algorithm>
#include <set>
#include <limits>

#include "domsec/policy/name_comparison.h"
#include "domsec/session/fetching.h"
#include "domsec/session/own_identity.h"
#include "domsec/session/trust_roots.h"

namespace domsec::session {
namespace {

policy::OwnTrouble trouble_of(pki::BundleError::Kind kind) {
  switch (kind) {
    case pki::BundleError::Kind::key_protected:
    case pki::BundleError::Kind::wrong_pass_phrase:
      return policy::OwnTrouble::key_protected;
    case pki::BundleError::Kind::key_mismatch:
      return policy::OwnTrouble::key_mismatch;
    case pki::BundleError::Kind::key_missing:
      return policy::OwnTrouble::key_missing;
    case pki::BundleError::Kind::unreadable:
    case pki::BundleError::Kind::too_large:
    case pki::BundleError::Kind::empty:
    case pki::BundleError::Kind::not_pem:
    case pki::BundleError::Kind::garbage:
    case pki::BundleError::Kind::no_certificate:
    case pki::BundleError::Kind::unwritable:
      return policy::OwnTrouble::not_found;
  }
  return policy::OwnTrouble::not_found;
}

net::CrlMode crl_mode(const std::string& mode) {
  if (mode == "off") return net::CrlMode::off;
  return mode == "cached" ? net::CrlMode::cached : net::CrlMode::fetch;
}

ReferenceName reference_name(const std::string& word) {
  if (word == "mx") return ReferenceName::mx_host;
  return word == "fqdn" ? ReferenceName::greeting : ReferenceName::domain;
}

/// Hosts instead of the domain: they are compared exactly, and every demand for the domain is one for the host. TlsDomain
/// says outright which name it is, and stays.
void refer_to_host(SendPlan& plan, const exchange::SendConnector& connector, const std::string& word) {
  plan.reference_name = reference_name(word);
  const bool named = plan.requirement.requirement == policy::Requirement::domain_validation && connector.tls_domain;
  if (named) plan.reference_name = ReferenceName::domain;
  if (plan.reference_name == ReferenceName::domain) return;
  plan.rules.name.mode = pki::NameMatchMode::exact;
  if (!plan.requirement.reference) return;
  plan.requirement.reason += plan.reference_name == ReferenceName::mx_host
                                 ? "; the certificate must name the MX host (NameReference mx)"
                                 : "; the certificate must name the host of the greeting (NameReference fqdn)";
}

/// The trusted root that issued a certificate of ours: then nothing is missing behind it.
pki::CertificatePtr trusted_root_of(const pki::Certificate& certificate, const pki::TrustStore& anchors) {
  for (const pki::CertificatePtr& anchor : anchors.anchors()) {
    if (anchor->subject == certificate.issuer) return anchor;
  }
  return nullptr;
}

}  // namespace

Edge::Edge(net::Loop& loop, exchange::Organisation organisation, EdgeSettings settings)
    : organisation_(std::move(organisation)), settings_(std::move(settings)) {
  rules_.profile = organisation_.profile;
  rules_.name = policy::name_rule(organisation_);
  rules_.crl_fail = organisation_.revocation.fail == "soft" ? policy::CrlFail::soft : policy::CrlFail::hard;
  rules_.strict_eku = organisation_.strict_eku ? policy::StrictEku::yes : policy::StrictEku::no;
  rules_.refusal_style = settings_.refusal_style;

  resolver_ = std::make_shared<net::Resolver>(loop, resolver_settings(organisation_, settings_));
  http_proxy_ = session::http_proxy(organisation_, settings_);
  examination_.issuers = issuer_source(organisation_, settings_, resolver_);
  load_certificates();
  add_identities();
  load_roots();
  load_revocation();
}

void Edge::load_certificates() {
  for (const exchange::CertificateFile& file : organisation_.certificates) {
    OwnFiles own = read_own_files(file);
    if (settings_.deviations.key_mismatch) {
      own.credentials =
          pki::Credentials{own.chain, pki::read_private_key(pki::read_file(file.key_file), file.key_file)};
      own.trouble.reset();
    }
    const policy::OwnTrouble trouble = own.trouble ? trouble_of(own.trouble->kind) : policy::OwnTrouble::none;
    if (trouble == policy::OwnTrouble::not_found) throw *own.trouble;
    stored_.push_back(std::move(own.stored));
    stored_.back().has_private_key = own.credentials.has_value();
    credentials_.push_back(std::move(own.credentials));
    troubles_.push_back(trouble);
    trouble_reasons_.push_back(own.trouble ? own.trouble->what() : std::string());
  }
}

void Edge::add_identities() {
  const std::size_t files = stored_.size();
  for (const OwnIdentity& identity : settings_.identities) {
    // The same certificate in a file counts once: two that match TlsCertificateName are a fault (DS305).
    const auto end = stored_.begin() + static_cast<std::ptrdiff_t>(files);
    const bool in_a_file = std::any_of(stored_.begin(), end, [&](const policy::StoredCertificate& stored) {
      return stored.certificate->thumbprint == identity.stored.certificate->thumbprint;
    });
    if (in_a_file) continue;
    const bool has_key = identity.credentials.has_value();
    stored_.push_back(identity.stored);
    credentials_.push_back(identity.credentials);
    troubles_.push_back(has_key ? policy::OwnTrouble::none : policy::OwnTrouble::key_missing);
    trouble_reasons_.push_back(has_key ? std::string() : identity.stored.name + " has no usable private key in the store; domsec cert lint says why");
  }
  index_ = policy::CertificateIndex(stored_);
}

void Edge::load_roots() {
  examination_.anchors = read_trust_roots(organisation_.trusted_root_files,
                                          organisation_.system_roots ? SystemRoots::added : SystemRoots::without_others);
  examination_.security_level = settings_.security_level;
  examination_.key_decoding = settings_.key_decoding;
  if (settings_.verdict_cache) examination_.cache = std::make_shared<pki::ExaminationCache>();
  std::set<std::string_view> known;  // the certificates of a store share their issuers
  for (const auto& credentials : credentials_) {
    if (!credentials || credentials->chain.empty()) continue;
    for (auto issuer = credentials->chain.begin() + 1; issuer != credentials->chain.end(); ++issuer)
      if (known.insert((*issuer)->thumbprint_sha256).second) examination_.known_intermediates.push_back(*issuer);
  }
}

void Edge::load_revocation() {
  net::CrlSettings crl;
  crl.mode = crl_mode(organisation_.revocation.mode);
  if (crl.mode == net::CrlMode::off) return;
  crl.limits.timeout = settings_.crl_timeout;
  crl.proxy = http_proxy_;
  crl.cache_directory = organisation_.revocation.cache_directory;
  for (const std::string& source : organisation_.revocation.crl_files) {
    auto lists = pki::Crl::read_all(pki::read_file(source, 256U << 20));
    if (lists.empty()) {
      throw pki::BundleError(pki::BundleError::Kind::garbage,
                             source + " holds no revocation list: name a CRL in PEM or DER");
    }
    for (auto& list : lists) {
      crl.files.push_back(std::move(list));
      crl.file_names.push_back(source);
    }
  }
  examination_.crls = std::make_shared<net::CrlSource>(resolver_, std::move(crl));
}

OwnChoice Edge::own_certificate(const std::optional<exchange::TlsCertificateName>& tls_certificate_name,
                                const std::optional<smtp::Domain>& fqdn) const {
  OwnChoice choice;
  choice.selection = policy::select_certificate(stored_, index_, tls_certificate_name, fqdn, settings_.now());
  choice.event.reason = choice.selection.reason;
  if (!choice.selection.chosen && settings_.deviations.unfit_certificate && !stored_.empty())
    choice.selection.chosen = 0;
  if (!choice.selection.chosen) {
    choice.event.trouble =
        tls_certificate_name ? policy::OwnTrouble::name_not_found : policy::OwnTrouble::not_found;
    // A certificate with the right name and a key that cannot be used is the better answer than "not found".
    for (const policy::Candidate& candidate : choice.selection.candidates) {
      if (!candidate.name_matches || troubles_[candidate.index] == policy::OwnTrouble::none) continue;
      choice.event.trouble = troubles_[candidate.index];
      choice.event.reason = trouble_reasons_[candidate.index];
      choice.event.certificate = stored_[candidate.index].certificate;
      break;
    }
    return choice;
  }
  const std::size_t index = *choice.selection.chosen;
  choice.event.certificate = stored_[index].certificate;
  choice.event.trouble = troubles_[index];
  if (choice.event.trouble == policy::OwnTrouble::none && !stored_[index].for_smtp) {
    choice.event.trouble = policy::OwnTrouble::not_for_smtp;
    for (const policy::Finding& finding : choice.selection.findings) {
      if (finding.code == finding::Code::own_cert_no_smtp) choice.event.reason = finding.detail;
    }
  }
  choice.credentials = credentials_[index];
  if (choice.credentials) choice.event.chain = choice.credentials->chain;
  if (settings_.deviations.leaf_only && !choice.event.chain.empty()) choice.event.chain.resize(1);
  choice.event.issuer = trusted_root_of(*choice.event.certificate, *examination_.anchors);
  return choice;
}

std::shared_ptr<const net::TlsContext> Edge::context(net::TlsRole role, const OwnChoice& own) const {
  net::TlsSettings tls;
  const bool withheld = role == net::TlsRole::client && settings_.deviations.no_client_certificate;
  if (!withheld) tls.identity = own.credentials;
  tls.minimum = settings_.deviations.minimum;
  tls.maximum = settings_.deviations.maximum;
  tls.ciphers = settings_.deviations.ciphers;
  tls.suites = settings_.deviations.suites;
  tls.groups = settings_.deviations.groups;
  tls.signature_algorithms = settings_.deviations.signature_algorithms;
  tls.largest_record = settings_.deviations.largest_record;
  tls.tickets = settings_.deviations.tickets;
  tls.client_ca_subjects = settings_.deviations.client_ca_subjects;
  if (settings_.deviations.no_request) tls.request = net::ClientCertificateRequest::none;
  tls.leaf_only = settings_.deviations.leaf_only;
  tls.allow_key_mismatch = settings_.deviations.key_mismatch;
  const bool on_purpose = settings_.deviations.server.any() || settings_.deviations.client.any();
  const bool judged_inside =
      role == net::TlsRole::server && settings_.client_certificate == ClientCertificateMode::require_alert;
  tls.alerts_by_hand = judged_inside || on_purpose;
  tls.key_decoding = settings_.key_decoding;
  tls.ocsp_response = settings_.ocsp_response;
  tls.security_level = settings_.deviations.own_security_level;  // the handshake goes on and shows; the examination says what is too weak
  return role == net::TlsRole::client ? net::TlsContext::client(tls) : net::TlsContext::server(tls);
}

SendPlan Edge::send_plan(const exchange::SendConnector& connector, const smtp::Domain& partner) const {
  SendPlan plan;
  plan.connector = connector.name;
  const std::optional<smtp::Domain>& fqdn = organisation_.fqdn_of(connector);
  plan.helo = fqdn ? fqdn->text() : "localhost.localdomain";
  plan.hello = *connector.force_helo ? Hello::helo : Hello::ehlo;
  plan.requirement =
      policy::send_requirement(organisation_.transport_config, connector, partner, settings_.fail_closed);
  plan.rules = rules_;
  plan.reference = pki::ReferenceId{partner.text(), false};
  refer_to_host(plan, connector, organisation_.name_reference);
  const OwnChoice own = own_certificate(connector);
  plan.own = own.event;
  if (!*connector.ignore_starttls) plan.tls = context(net::TlsRole::client, own);
  plan.examination = examination_;
  plan.timeouts = settings_.timeouts.with_inactivity(connector.connection_inactivity_timeout);
  plan.now = settings_.now;
  plan.sni = settings_.deviations.sni;
  plan.dialogue_faults = settings_.deviations.client.dialogue;
  plan.handshake_fault = settings_.deviations.client.handshake;
  return plan;
}

std::shared_ptr<const ReceivePlan> Edge::receive_plan(const exchange::ReceiveConnector& connector,
                                                      Keep keep) const {
  auto plan = std::make_shared<ReceivePlan>();
  if (!connector.banner.empty() && !exchange::read_banner(connector.banner)) {
    throw exchange::ConfigError("connector " + connector.name + ": Banner '" + connector.banner +
                                "' does not start with 220 and a blank (RC-9); mend or remove it");
  }
  plan->transport_config = organisation_.transport_config;
  plan->connector = connector;
  const std::optional<smtp::Domain>& fqdn = organisation_.fqdn_of(connector);
  plan->fqdn = fqdn ? fqdn->text() : "localhost.localdomain";
  plan->own_names.push_back(plan->fqdn);
  if (organisation_.server_fqdn) plan->own_names.push_back(organisation_.server_fqdn->text());
  plan->accepted_domains = organisation_.accepted_domains;
  plan->rules = rules_;
  plan->sender_match = organisation_.sender_match == "p2" ? SenderMatch::p2 : SenderMatch::p1;
  plan->client_certificate = settings_.client_certificate;
  plan->tls_startup = settings_.receive_startup;
  if (plan->tls_startup == TlsStartup::implicit &&
      !own_certificate(connector).credentials) {
    throw exchange::ConfigError("TLS from the first octet on needs a certificate; give one that holds " +
                                plan->fqdn);
  }
  OwnChoice own = own_certificate(connector);
  plan->own = own.event;
  const bool offers = (*connector.auth_mechanism).tls && !settings_.deviations.no_starttls && own.credentials;
  // It is found and offered, and then fails in the handshake (spec exchange 4.1).
  if (own.event.trouble == policy::OwnTrouble::not_for_smtp) own.credentials.reset();
  if (offers) plan->tls = context(net::TlsRole::server, own);
  // The largest number stands for unlimited.
  const bool limited = connector.message_rate_limit != std::numeric_limits<int>::max() &&
                       connector.message_rate_source != exchange::MessageRateSource::none;
  if (limited) {
    plan->submissions =
        std::make_shared<SubmissionRate>(connector.message_rate_limit, connector.message_rate_source);
  }
  plan->dialogue_faults = settings_.deviations.server.dialogue;
  plan->handshake_fault = settings_.deviations.server.handshake;
  plan->examination = examination_;
  plan->timeouts = settings_.timeouts;
  plan->now = settings_.now;
  plan->keep = std::move(keep);
  return plan;
}

}  // namespace domsec::session
