#include "domsec/lab/rehearsal.h"

#include <algorithm>
#include <limits>
#include <map>

#include "domsec/exchange/x500_name.h"
#include "domsec/policy/tls_certificate_name.h"
#include "domsec/smtp/path.h"

namespace domsec::lab {
namespace {

using policy::NamedCertificate;
using policy::RotationState;

constexpr const char* loopback = "127.0.0.1";

/// Loopback answers at once; what does not is broken.
constexpr net::Milliseconds patience{5000};

policy::Rotation rotation_of(const RehearsalSettings& settings) {
  const pki::Certificate& today = *settings.today.stored.certificate;
  const pki::Certificate& tomorrow = *settings.tomorrow.stored.certificate;
  policy::Rotation rotation;
  rotation.same_names = policy::share_a_name(today, tomorrow);
  const auto by_name = [&today](const auto& connector) {
    return connector.tls_certificate_name && policy::means(*connector.tls_certificate_name, today);
  };
  const policy::PartnerConnectors connectors = settings.connectors();
  rotation.by_name =
      (connectors.sending != nullptr && by_name(*connectors.sending)) ||
      std::ranges::any_of(connectors.receiving, [&](const auto* each) { return by_name(*each); });
  const PartnerDemands& now = settings.partner.now;
  const PartnerDemands& later = settings.partner.later;
  rotation.partner_changes = now.trusted_roots != later.trusted_roots || now.issuer != later.issuer;
  return rotation;
}

session::Message message_to(const std::string& from, const std::string& to) {
  session::Message message;
  message.reverse_path = smtp::parse_mailbox(from);
  message.recipients.push_back(smtp::ForwardPath{smtp::parse_mailbox(to)});
  message.content = "From: <" + from + ">\nTo: <" + to + ">\nSubject: rehearsal\n\nA certificate changes.\n";
  return message;
}

EdgeServerSettings server_settings(pki::Instant at, std::vector<session::OwnIdentity> identities) {
  EdgeServerSettings settings;
  settings.edge.now = [at] { return at; };
  settings.edge.identities = std::move(identities);
  settings.edge.timeouts = session::Timeouts::capped(patience);
  settings.clock = [at] { return transcript::Time(at); };
  settings.session_ids = std::make_shared<transcript::SessionIds>(transcript::Time(at));
  settings.keep = keep_in_spool;  // there is no Spool: acknowledged and dropped
  return settings;
}

/// The last session that a server received; it ends a moment after the sender's.
class Received {
 public:
  void hear(const transcript::Transcript& transcript) {
    if (transcript.role() == policy::Role::receive) last_ = transcript;
  }
  net::task<std::optional<transcript::Transcript>> last() {
    for (int tries = 0; !last_ && tries < 500; ++tries) co_await net::sleep(net::Milliseconds(2));
    co_return last_;
  }

 private:
  std::optional<transcript::Transcript> last_;
};

/// What a server concluded, of MAIL FROM or of the handshake that failed before it.
std::optional<policy::Verdict> verdict_in(const transcript::Transcript& transcript) {
  std::optional<policy::Verdict> verdict;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* decided = event.body.as<transcript::PolicyDecided>()) verdict = decided->verdict;
  }
  return verdict;
}

std::optional<policy::Finding> failing(const std::vector<policy::Finding>& findings) {
  for (const policy::Finding& finding : findings) {
    if (finding.severity == finding::Severity::fails) return finding;
  }
  return std::nullopt;
}

}  // namespace

policy::PartnerConnectors RehearsalSettings::connectors() const {
  return policy::connectors_of(partner.domain, organisation);
}

Rehearsal::Rehearsal(RehearsalSettings settings, pki::Instant first, pki::Instant last)
    : settings_(std::move(settings)), rotation_(rotation_of(settings_)) {
  pki::CertificateRecipe recipe;
  recipe.subject = "CN=Root of the rehearsal's partner";
  recipe.not_before = first - std::chrono::days(1);
  recipe.not_after = last + std::chrono::days(1);
  recipe.ca = true;
  const pki::Authority root = pki::Authority::root(recipe);
  const std::string domain = settings_.partner.domain.text();
  recipe.ca = false;
  recipe.subject = "CN=mail." + domain;
  recipe.dns_names = {"mail." + domain, domain};
  const exchange::SendConnector* sending = settings_.connectors().sending;
  if (sending != nullptr && sending->tls_domain)
    recipe.dns_names.push_back(sending->tls_domain->domain.text());
  recipe.extended_key_usage = {"serverAuth", "clientAuth"};
  pki::Credentials credentials = root.issue(recipe);
  partners_identity_.stored.certificate = credentials.chain.front();
  partners_identity_.stored.has_private_key = true;
  partners_identity_.credentials = std::move(credentials);
  partners_root_file_ = settings_.directory + "/partner-root.pem";
  pki::write_private_file(partners_root_file_, root.certificate()->pem());
}

std::vector<RehearsedSession> Rehearsal::meet(const RotationState& state, pki::Instant at) const {
  net::Loop loop;
  return net::run(loop, meetings(loop, state, at));
}

net::task<std::vector<RehearsedSession>> Rehearsal::meetings(net::Loop& loop, RotationState state,
                                                             pki::Instant at) const {
  std::vector<RehearsedSession> sessions;
  const policy::PartnerConnectors connectors = settings_.connectors();
  if (connectors.sending != nullptr) {
    RehearsedSession session = co_await we_send(loop, *connectors.sending, state, at);
    sessions.push_back(std::move(session));
  }
  for (const exchange::ReceiveConnector* connector : connectors.receiving) {
    RehearsedSession session = co_await we_receive(loop, *connector, state, at);
    sessions.push_back(std::move(session));
  }
  co_return sessions;
}

/// Ours without files of its own, logs, lists of revoked certificates: the certificates are those of the
/// moment.
exchange::Organisation Rehearsal::ours() const {
  exchange::Organisation organisation = settings_.organisation;
  organisation.send_connectors.clear();
  organisation.receive_connectors.clear();
  organisation.certificates.clear();
  organisation.store.clear();
  organisation.spool.clear();
  organisation.accepted_domains.clear();
  organisation.revocation = {};
  organisation.revocation.mode = "off";
  organisation.trusted_root_files = {partners_root_file_};
  organisation.system_roots = false;
  organisation.transport_config.send_protocol_log.path.clear();
  organisation.transport_config.receive_protocol_log.path.clear();
  return organisation;
}

exchange::Organisation Rehearsal::partners(const RotationState& state) const {
  const RehearsalPartner& partner = settings_.partner;
  exchange::Organisation organisation;
  organisation.name = "the partner";
  organisation.server_fqdn = smtp::Domain::parse("mail." + partner.domain.text());
  organisation.trusted_root_files = (state.partner_accepts ? partner.later : partner.now).trusted_roots;
  organisation.revocation.mode = "off";
  organisation.profile = partner.profile;
  organisation.name_match = partner.name_match;
  (void)organisation.transport_config.tls_send_domain_secure_list.assign({partner.our_domain.text()});
  (void)organisation.transport_config.tls_receive_domain_secure_list.assign({partner.our_domain.text()});
  exchange::SendConnector sending;
  sending.domain_secure_enabled.value = true;
  organisation.send_connectors.push_back(std::move(sending));
  exchange::ReceiveConnector receiving;
  receiving.bindings = {{loopback, 0}};
  receiving.auth_mechanism.value.tls = true;
  receiving.domain_secure_enabled.value = true;
  organisation.receive_connectors.push_back(std::move(receiving));
  return organisation;
}

std::vector<session::OwnIdentity> Rehearsal::identities(const RotationState& state) const {
  std::vector<session::OwnIdentity> all = settings_.others;
  if (!state.removed) all.push_back(settings_.today);
  if (state.imported) {
    all.push_back(settings_.tomorrow);
    all.back().stored.for_smtp = state.enabled;
  }
  return all;
}

template <typename Connector>
void Rehearsal::name(Connector& connector, const RotationState& state) const {
  if (!connector.tls_certificate_name) return;
  if (!policy::means(*connector.tls_certificate_name, *settings_.today.stored.certificate)) return;
  if (state.named == NamedCertificate::nothing) connector.tls_certificate_name.reset();
  if (state.named == NamedCertificate::tomorrow)
    connector.tls_certificate_name = policy::tls_certificate_name_of(*settings_.tomorrow.stored.certificate);
}

void Rehearsal::judge(RehearsedSession& session, const session::OwnChoice& own, bool delivered,
                      const RotationState& state) const {
  const PartnerDemands& demands = state.partner_accepts ? settings_.partner.later : settings_.partner.now;
  const pki::CertificatePtr& presented = own.event.certificate;
  session.presented = presented ? presented->thumbprint : std::string();
  session.mail_flows = delivered;
  if (delivered && !demands.issuer.empty() && presented &&
      !exchange::same_x500_name(demands.issuer, presented->issuer)) {
    session.mail_flows = false;
    session.cause.code = finding::Code::refused_unknown_ca;
    session.cause.severity = finding::Severity::fails;
    session.cause.who = policy::Who::they;
    session.cause.detail =
        "the partner takes certificates of " + demands.issuer + " alone, and ours is of " + presented->issuer;
  } else if (!delivered) {
    if (const auto finding = failing(own.selection.findings)) session.cause = *finding;
  }
}

net::task<RehearsedSession> Rehearsal::we_send(net::Loop& loop, exchange::SendConnector connector,
                                               RotationState state, pki::Instant at) const {
  name(connector, state);
  connector.protocol_logging_level = exchange::ProtocolLoggingLevel::none;
  exchange::Organisation organisation = ours();
  organisation.send_connectors.push_back(connector);
  const EdgeServer server(loop, organisation, server_settings(at, identities(state)));

  Received received;
  EdgeServerSettings theirs = server_settings(at, {partners_identity_});
  theirs.ended = [&received](const transcript::Transcript& transcript) { received.hear(transcript); };
  EdgeServer partner(loop, partners(state), theirs);
  partner.listen();

  session::SendPlan plan = server.edge().send_plan(connector, settings_.partner.domain);
  plan.until = policy::Step::end_of_data;
  plan.message = message_to("rehearsal@" + settings_.partner.our_domain.text(),
                            "rehearsal@" + settings_.partner.domain.text());
  transcript::Transcript ours(policy::Role::send, connector.name, 1, theirs.clock);
  const net::Endpoint to = partner.endpoints().front();
  const std::string host = "mail." + settings_.partner.domain.text();
  const session::SendResult result = co_await session::send_session(plan, to, host, ours);
  const std::optional<transcript::Transcript> seen = co_await received.last();
  partner.stop();

  transcript::Transcript none(policy::Role::receive, "", 0, theirs.clock);
  RehearsedSession session{policy::Role::send, connector.name, false, {}, {}, ours, seen ? *seen : none};
  if (!result.delivered) {
    const std::optional<policy::Verdict> verdict = seen ? verdict_in(*seen) : std::nullopt;
    const bool told = verdict && verdict->result == policy::Result::fail;
    session.cause = told ? verdict->headline : result.verdict.headline;
  }
  judge(session, server.edge().own_certificate(connector), result.delivered, state);
  co_return session;
}

net::task<RehearsedSession> Rehearsal::we_receive(net::Loop& loop, exchange::ReceiveConnector connector,
                                                  RotationState state, pki::Instant at) const {
  name(connector, state);
  connector.protocol_logging_level = exchange::ProtocolLoggingLevel::none;
  connector.bindings = {{loopback, 0}};
  connector.remote_ip_ranges.clear();
  connector.tarpit_interval = std::chrono::seconds(0);
  connector.message_rate_limit = std::numeric_limits<int>::max();
  exchange::Organisation organisation = ours();
  organisation.receive_connectors.push_back(connector);
  Received received;
  EdgeServerSettings mine = server_settings(at, identities(state));
  mine.ended = [&received](const transcript::Transcript& transcript) { received.hear(transcript); };
  EdgeServer server(loop, organisation, mine);
  server.listen();

  exchange::Organisation theirs = partners(state);
  const exchange::SendConnector sending = theirs.send_connectors.front();
  const EdgeServer partner(loop, theirs, server_settings(at, {partners_identity_}));
  session::SendPlan plan = partner.edge().send_plan(sending, settings_.partner.our_domain);
  plan.until = policy::Step::end_of_data;
  plan.message = message_to("rehearsal@" + settings_.partner.domain.text(),
                            "rehearsal@" + settings_.partner.our_domain.text());
  transcript::Transcript partners(policy::Role::send, sending.name, 1, mine.clock);
  const net::Endpoint to = server.endpoints().front();
  const std::string host = connector.fqdn ? connector.fqdn->text() : settings_.partner.our_domain.text();
  const session::SendResult result = co_await session::send_session(plan, to, host, partners);
  const std::optional<transcript::Transcript> seen = co_await received.last();
  server.stop();

  transcript::Transcript none(policy::Role::receive, "", 0, mine.clock);
  RehearsedSession session{policy::Role::receive, connector.name, false, {}, {},
                           seen ? *seen : none,   partners};
  if (!result.delivered) session.cause = result.verdict.headline;
  judge(session, server.edge().own_certificate(connector), result.delivered, state);
  co_return session;
}

bool RehearsedMoment::mail_flows() const {
  return std::ranges::all_of(sessions, [](const RehearsedSession& session) { return session.mail_flows; });
}

namespace {

/// Remembers who met in which state.
class Moments {
 public:
  Moments(const Rehearsal& rehearsal, pki::Instant at) : rehearsal_(rehearsal), at_(at) {}

  const RehearsedMoment& in(const RotationState& state) {
    const auto known = met_.find(state);
    if (known != met_.end()) return known->second;
    RehearsedMoment moment{std::nullopt, state, at_, {}, rehearsal_.meet(state, at_)};
    return met_.emplace(state, std::move(moment)).first->second;
  }

  /// The moments of an order, as far as its steps can be taken.
  std::vector<RehearsedMoment> along(const std::vector<policy::RotationStep>& steps) {
    RotationState state = policy::before(rehearsal_.rotation());
    std::vector<RehearsedMoment> moments{in(state)};
    for (const policy::RotationStep step : steps) {
      if (const std::string refusal = policy::refusal(rehearsal_.rotation(), state, step); !refusal.empty()) {
        moments.push_back({step, state, at_, refusal, {}});
        continue;
      }
      state = policy::behind(state, step);
      moments.push_back(in(state));
      moments.back().step = step;
    }
    return moments;
  }

 private:
  const Rehearsal& rehearsal_;
  pki::Instant at_;
  std::map<RotationState, RehearsedMoment> met_;
};

}  // namespace

RehearsedRotation rehearse(const Rehearsal& rehearsal, pki::Instant at, pki::Instant expired) {
  Moments moments(rehearsal, at);
  RehearsedRotation result;
  result.rotation = rehearsal.rotation();
  result.usual = moments.along(policy::usual_order(result.rotation));
  const policy::RotationOrder best = policy::best_order(
      result.rotation, [&moments](const RotationState& state) { return moments.in(state).mail_flows(); });
  result.best = moments.along(best.steps);
  result.interruptions = best.interruptions;
  Moments later(rehearsal, expired);
  result.undone = later.in(policy::before(result.rotation));
  result.done = later.in(policy::after(result.rotation));
  return result;
}

}  // namespace domsec::lab
