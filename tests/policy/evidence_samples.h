// Evidence of sessions written by hand: a good one, and each case as its difference from it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domsec/policy/domain_security.h"

namespace domsec::policy::samples {

inline const pki::Instant now = pki::read_rfc3339("2026-11-22T09:00:00Z").value();
constexpr auto day = std::chrono::days(1);

struct LeafRecipe {
  std::string common_name = "mail1.contoso.com";
  std::vector<std::string> dns_names = {"mail1.contoso.com", "mail.contoso.com"};
  std::vector<std::string> usages = {"serverAuth", "clientAuth"};
  pki::Instant not_before = now - 100 * day;
  pki::Instant not_after = now + 300 * day;
  bool self_signed = false;
};

inline std::shared_ptr<pki::Certificate> leaf(const LeafRecipe& recipe = {}) {
  auto certificate = std::make_shared<pki::Certificate>();
  certificate->subject = "CN=" + recipe.common_name;
  certificate->issuer = recipe.self_signed ? certificate->subject : "CN=Issuing CA";
  certificate->serial = "0A";
  certificate->common_names = {recipe.common_name};
  certificate->dns_names = recipe.dns_names;
  certificate->extended_key_usage = recipe.usages;
  certificate->not_before = recipe.not_before;
  certificate->not_after = recipe.not_after;
  certificate->self_issued = certificate->self_signed = recipe.self_signed;
  return certificate;
}

inline std::shared_ptr<pki::Certificate> authority(const std::string& name) {
  auto certificate = std::make_shared<pki::Certificate>();
  certificate->subject = "CN=" + name;
  certificate->issuer = "CN=Root CA";
  certificate->ca = true;
  certificate->not_before = now - 1000 * day;
  certificate->not_after = now + 1000 * day;
  return certificate;
}

inline pki::PathProblem problem(pki::PathFault fault, int x509_error, int depth = 0) {
  return {fault, depth, x509_error, "as OpenSSL says it",
          depth == 0 ? "CN=mail1.contoso.com" : "CN=Issuing CA"};
}

inline pki::Revocation good_revocation(int depth) {
  pki::Revocation revocation;
  revocation.depth = depth;
  revocation.subject = depth == 0 ? "CN=mail1.contoso.com" : "CN=Issuing CA";
  revocation.serial = "0A";
  revocation.state = pki::RevocationState::good;
  revocation.uri = "http://crl.example/ca.crl";
  return revocation;
}

inline pki::Revocation unknown_revocation(pki::CrlProblem why) {
  pki::Revocation revocation = good_revocation(0);
  revocation.state = pki::RevocationState::unknown;
  revocation.problem = why;
  return revocation;
}

inline pki::Revocation revoked() {
  pki::Revocation revocation = good_revocation(0);
  revocation.state = pki::RevocationState::revoked;
  revocation.revoked_at = now - 3 * day;
  revocation.reason = "keyCompromise";
  return revocation;
}

inline const pki::ReferenceId contoso{"contoso.com", false};

inline PeerEvidence good_peer(const LeafRecipe& recipe = {}) {
  PeerEvidence peer;
  const auto issuing = authority("Issuing CA");
  const auto root = authority("Root CA");
  peer.presented = {leaf(recipe), issuing};
  peer.path = pki::PathExamination{};
  peer.path->path = {peer.presented[0], issuing, root};
  peer.path->anchored = true;
  peer.path->presented_ca = true;
  peer.path->anchor = root->subject;
  peer.usage = pki::UsageFit::fits;
  peer.revocations = {good_revocation(0), good_revocation(1)};
  peer.revocation_checked = true;
  peer.name = pki::match_name(*peer.presented[0], contoso);
  return peer;
}

/// A session in which everything went well, up to QUIT.
inline Evidence good_session(Role role) {
  Evidence seen;
  seen.role = role;
  seen.reached = role == Role::send ? Step::quit : Step::mail;
  seen.dns = role == Role::send ? DnsOutcome::ok : DnsOutcome::not_asked;
  seen.connected = true;
  seen.tls.offered = seen.tls.started = seen.tls.established = seen.tls.confirmed = true;
  seen.tls.version = "TLSv1.3";
  seen.tls.client_certificate_requested = seen.tls.own_certificate_sent = true;
  seen.own.certificate = leaf({.common_name = "mail.woodgrove.com", .dns_names = {"mail.woodgrove.com"}});
  seen.own.chain = {seen.own.certificate, authority("Issuing CA")};
  seen.peer = good_peer();
  return seen;
}

/// A session that stayed in clear.
inline Evidence clear_session(Role role) {
  Evidence seen = good_session(role);
  seen.tls = {};
  seen.peer = {};
  return seen;
}

inline TlsRequirement domain_secured(Role role) {
  TlsRequirement requirement;
  requirement.requirement = Requirement::domain_secured;
  requirement.listed = true;
  requirement.reference = contoso;
  requirement.list = role == Role::send ? "TLSSendDomainSecureList" : "TLSReceiveDomainSecureList";
  return requirement;
}

inline TlsRequirement demanding(Requirement what) {
  TlsRequirement requirement;
  requirement.requirement = what;
  if (what == Requirement::domain_validation) requirement.reference = contoso;
  return requirement;
}

}  // namespace domsec::policy::samples
