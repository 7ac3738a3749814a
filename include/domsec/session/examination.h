// The examination of a peer after the handshake: path, revocation, names, each observation kept apart. It decides nothing.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "domsec/net/crl_source.h"
#include "domsec/net/issuer_source.h"
#include "domsec/net/task.h"
#include "domsec/pki/examination_cache.h"
#include "domsec/pki/name_match.h"
#include "domsec/pki/path.h"
#include "domsec/transcript/transcript.h"

namespace domsec::session {

/// What an examination needs; shared by all sessions of one policy.
struct ExaminationPlan {
  std::shared_ptr<const pki::TrustStore> anchors;
  pki::Chain known_intermediates;            // own; only to tell a missing intermediate (D-18)
  std::shared_ptr<net::CrlSource> crls;      // null = revocation is off
  std::shared_ptr<net::IssuerSource> issuers;  // null = a missing issuer is not looked for (D-21)
  int security_level = 1;
  pki::KeyDecoding key_decoding = pki::KeyDecoding::direct;
  std::shared_ptr<pki::ExaminationCache> cache;  // null = every examination is made anew
};

/// Path and usage of what was presented; nothing when nothing was. Told to nobody yet: what the path says about
/// the CN decides how names are compared, and the name is what is told first (D-20).
[[nodiscard]] std::optional<transcript::ChainExamined> examine_chain(const ExaminationPlan& plan,
                                                                     const pki::Chain& presented,
                                                                     pki::Purpose purpose, pki::Instant at);

/// The chain into the transcript, with what a missing issuer's URI gave, and then the revocation of its
/// certificates. What was presented may hold the certificate of a list's signer.
net::task<void> record_chain(const ExaminationPlan& plan, const transcript::ChainExamined& chain,
                             const pki::Chain& presented, pki::Instant at,
                             transcript::Transcript& transcript);

/// What a server stapled about its certificate, into the transcript; not when there is nothing to tell.
void record_staple(const transcript::ChainExamined& chain, std::string_view ocsp_response, pki::Instant at,
                   transcript::Transcript& transcript);

/// Both at once, where no name is compared.
net::task<void> examine_peer(const ExaminationPlan& plan, const pki::Chain& presented, pki::Purpose purpose,
                             pki::Instant at, transcript::Transcript& transcript);

/// The name line for one reference. Nothing is appended when nothing was presented.
void compare_name(const pki::Chain& presented, const std::optional<transcript::ChainExamined>& chain,
                  const pki::ReferenceId& reference, const pki::NameRule& rule,
                  transcript::Transcript& transcript);

/// For the require-alert mode: the alert for what is wrong with the path (spec protocol-log 6.1), or nothing.
[[nodiscard]] std::optional<int> alert_for(const ExaminationPlan& plan, const pki::Chain& presented, pki::Purpose purpose,
                                           pki::Instant at);

}  // namespace domsec::session
