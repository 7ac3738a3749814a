// The change of a certificate, tried before it is done: our connectors as they are configured, with the
// certificates of one moment of the change, meet a partner made after what he expects; both directions, real
// sessions on loopback. Which moments there are is policy/certificate_rotation.h's to say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domsec/lab/edge_server.h"
#include "domsec/pki/authority.h"
#include "domsec/policy/certificate_rotation.h"
#include "domsec/policy/connector_choice.h"

namespace domsec::lab {

/// What the partner holds our certificates to.
struct PartnerDemands {
  std::vector<std::string> trusted_roots;  // files or directories; empty: the system's
  std::string issuer;                      // X.500 name that the certificate must be issued by; empty = any
};

struct RehearsalPartner {
  smtp::Domain domain;      // his: for whom our connector is chosen
  smtp::Domain our_domain;  // what our certificates have to prove to him
  PartnerDemands now;
  PartnerDemands later;  // behind RotationStep::partner_accepts
  finding::Profile profile = finding::Profile::exchange;
  std::string name_match = "subdomains";  // exact | subdomains (D-5)
};

struct RehearsalSettings {
  std::string directory;                // exists; the partner's root is put there
  exchange::Organisation organisation;  // ours; its certificates are those below
  session::OwnIdentity today;           // SMTP as it is assigned
  session::OwnIdentity tomorrow;
  std::vector<session::OwnIdentity> others;  // stay as they are
  RehearsalPartner partner;
  [[nodiscard]] policy::PartnerConnectors connectors() const;  // of ours that are rehearsed
};

/// One session of one connector of ours.
struct RehearsedSession {
  policy::Role role = policy::Role::send;  // ours
  std::string connector;                   // ours
  bool mail_flows = false;
  policy::Finding cause;  // why not; of ours, where we are the reason, else of the partner
  std::string presented;  // thumbprint of our certificate; empty = none
  transcript::Transcript ours;
  transcript::Transcript partners;
};

class Rehearsal {
 public:
  /// `first` and `last` are the earliest and the latest instant of any meeting. Throws pki::BundleError when
  /// the directory cannot be written.
  Rehearsal(RehearsalSettings settings, pki::Instant first, pki::Instant last);

  [[nodiscard]] const policy::Rotation& rotation() const { return rotation_; }
  /// Each connector that partners meet, in `state`, at `at`. Throws pki::BundleError, exchange::ConfigError,
  /// net::ChannelError(local).
  [[nodiscard]] std::vector<RehearsedSession> meet(const policy::RotationState& state, pki::Instant at) const;

 private:
  [[nodiscard]] net::task<std::vector<RehearsedSession>> meetings(net::Loop& loop,
                                                                  policy::RotationState state,
                                                                  pki::Instant at) const;
  [[nodiscard]] net::task<RehearsedSession> we_send(net::Loop& loop, exchange::SendConnector connector,
                                                    policy::RotationState state, pki::Instant at) const;
  [[nodiscard]] net::task<RehearsedSession> we_receive(net::Loop& loop, exchange::ReceiveConnector connector,
                                                       policy::RotationState state, pki::Instant at) const;
  [[nodiscard]] exchange::Organisation ours() const;
  [[nodiscard]] exchange::Organisation partners(const policy::RotationState& state) const;
  [[nodiscard]] std::vector<session::OwnIdentity> identities(const policy::RotationState& state) const;
  template <typename Connector>
  void name(Connector& connector, const policy::RotationState& state) const;
  void judge(RehearsedSession& session, const session::OwnChoice& own, bool delivered,
             const policy::RotationState& state) const;

  RehearsalSettings settings_;
  policy::Rotation rotation_;
  session::OwnIdentity partners_identity_;
  std::string partners_root_file_;
};

/// One moment of the change.
struct RehearsedMoment {
  std::optional<policy::RotationStep> step;  // led here; nothing = none was taken
  policy::RotationState state;
  pki::Instant at;
  std::string refusal;  // why the step cannot be taken; then nobody met
  std::vector<RehearsedSession> sessions;
  [[nodiscard]] bool mail_flows() const;
};

struct RehearsedRotation {
  policy::Rotation rotation;
  std::vector<RehearsedMoment> usual;  // begins before all steps, ends behind the last or with a refused one
  std::vector<RehearsedMoment> best;   // begins before all steps
  std::size_t interruptions = 0;       // of the best order
  RehearsedMoment undone;              // nothing was done, and today's certificate has expired
  RehearsedMoment done;                // everything was, and it would have
};

/// Steps are taken at `at`; `expired` is when today's certificate counts no more. Each state is met once.
[[nodiscard]] RehearsedRotation rehearse(const Rehearsal& rehearsal, pki::Instant at, pki::Instant expired);

}  // namespace domsec::lab
