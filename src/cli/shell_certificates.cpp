#include "shell_certificates.h"

#include <algorithm>

#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/session/examination.h"
#include "domsec/session/trust_roots.h"

namespace domsec::cli {

ShellCertificates::ShellCertificates(std::function<const exchange::Organisation*()> organisation,
                                     std::string store_file, std::function<pki::Instant()> now)
    : organisation_(std::move(organisation)), store_file_(std::move(store_file)), now_(std::move(now)) {}

store::Certificates& ShellCertificates::certificates() {
  if (certificates_) return *certificates_;
  const exchange::Organisation* organisation = organisation_();
  const std::string file =
      !store_file_.empty() || organisation == nullptr ? store_file_ : organisation->store;
  if (file.empty()) {
    throw shell::HostError(
        "there is no store for certificates: write Store = \"domsec.db\" below [organization] of the "
        "configuration, or name one with --store");
  }
  database_.emplace(file, store::migrations());
  return certificates_.emplace(*database_);
}

std::string ShellCertificates::fqdn() const {
  const exchange::Organisation* organisation = organisation_();
  if (organisation != nullptr && organisation->server_fqdn) return organisation->server_fqdn->text();
  return machine_name().text();
}

const session::Edge& ShellCertificates::edge() {
  if (edge_) return *edge_;
  const exchange::Organisation* named = organisation_();
  exchange::Organisation trusting = named != nullptr ? *named : exchange::Organisation();
  trusting.certificates.clear();  // whether those of files can be used is not what is asked here
  session::EdgeSettings settings = edge_settings_of(EndOptions());
  settings.now = now_;
  try {
    if (!trusting.trusted_root_files.empty()) {
      configured_roots_ =
          session::read_trust_roots(trusting.trusted_root_files, session::SystemRoots::without_others);
    }
    return edge_.emplace(loop_, std::move(trusting), settings);
  } catch (const exchange::ConfigError& error) {
    throw shell::HostError(error.what());
  }
}

policy::RootPlace ShellCertificates::place_of(const pki::Certificate& root) {
  if (configured_roots_ && configured_roots_->contains(root)) return policy::RootPlace::configured;
  return edge().examination().anchors->contains(root) ? policy::RootPlace::system
                                                      : policy::RootPlace::nowhere;
}

shell::CertificateVerdict ShellCertificates::judge(const pki::CertificatePtr& certificate,
                                                   const pki::Chain& issuers) {
  if (const auto found = judged_.find(certificate->thumbprint); found != judged_.end()) return found->second;
  const session::Edge& trusting = edge();
  pki::Chain chain{certificate};
  chain.insert(chain.end(), issuers.begin(), issuers.end());
  pki::PathExamination path;
  std::vector<pki::Revocation> revocations;
  transcript::Transcript transcript(policy::Role::receive, "shell", 1, now_in_milliseconds);
  // R34: a self-signed certificate is on nobody's list.
  if (!certificate->self_signed)
    net::run(loop_,
             session::examine_peer(trusting.examination(), chain, pki::Purpose::any, now_(), transcript));
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* examined = event.body.as<transcript::ChainExamined>()) path = examined->path;
    if (const auto* lists = event.body.as<transcript::RevocationExamined>())
      revocations = lists->certificates;
  }
  if (trusting.organisation().revocation.fail == "soft") {
    std::erase_if(revocations, [](const auto& one) { return one.state == pki::RevocationState::unknown; });
  }
  const pki::Certificate* root = certificate->self_signed ? certificate.get()
                                 : path.anchored          ? path.path.back().get()
                                                          : nullptr;
  const policy::RootPlace place = root != nullptr ? place_of(*root) : policy::RootPlace::nowhere;
  return judged_[certificate->thumbprint] = {
             policy::certificate_status(*certificate, path, revocations, now_()),
             policy::root_ca_type(*certificate, place)};
}

}  // namespace domsec::cli
