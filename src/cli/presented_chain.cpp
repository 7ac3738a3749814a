#include "presented_chain.h"

#include <algorithm>
#include <filesystem>

#include "domsec/cli/clock.h"
#include "domsec/cli/sending.h"
#include "domsec/pki/bundle.h"
#include "domsec/session/own_identity.h"
#include "domsec/session/trust_roots.h"

namespace domsec::cli {
namespace {

bool ends_like_a_file(const std::string& text) {
  for (const std::string_view ending : {".pem", ".crt", ".cer", ".der", ".pfx", ".p12", ".p7b", ".p7c"}) {
    if (text.ends_with(ending)) return true;
  }
  return text.find('/') != std::string::npos;
}

session::DeliveryPlan plan_of(const CertShowOptions& options, const Route& route, const session::Edge& edge) {
  session::DeliveryPlan plan;
  plan.session = edge.send_plan(route.connector, route.partner);
  plan.session.until = policy::Step::examination;
  plan.session.examination.crls = nullptr;  // the chain is wanted, and nobody else is asked for it
  plan.session.examination.issuers = nullptr;
  plan.session.reference.reset();
  if (route.implicit_tls) plan.session.tls_startup = session::TlsStartup::implicit;
  if (!options.sni.empty()) plan.session.sni = options.sni == "none" ? std::string() : options.sni;
  plan.walk = session::Walk::all;
  return plan;
}

PresentedChain presented_by(const session::Attempt& attempt) {
  PresentedChain shown{attempt.host, attempt.preference, attempt.transcript.remote(), {}, {}};
  for (const transcript::Event& event : attempt.transcript.events()) {
    if (const auto* seen = event.body.as<transcript::PeerCertificatesSeen>()) shown.chain = seen->presented;
  }
  if (!shown.chain.empty()) return shown;
  const policy::Finding& why = attempt.result.verdict.headline;
  shown.trouble = std::string(finding::name(why.code)) + " " + std::string(finding::slug(why.code)) +
                  (why.detail.empty() ? std::string() : ": " + why.detail);
  return shown;
}

}  // namespace

pki::Chain read_certificate_file(const std::string& file, const std::string& key_pass_file) {
  const std::string bytes = pki::read_file(file);
  if (!pki::is_pkcs12(bytes)) return pki::read_certificates(bytes, file);
  exchange::CertificateFile identity;
  identity.pfx_file = file;
  identity.key_pass_file = key_pass_file;
  return session::own_certificates(identity);
}

bool names_a_host(const std::string& target) {
  if (target.starts_with("smtp://") || target.starts_with("smtps://")) return true;
  std::error_code ignored;
  return !std::filesystem::exists(target, ignored) && !ends_like_a_file(target);
}

Presentation present_file(const CertShowOptions& options, const std::string& file) {
  Presentation presentation;
  EndOptions end = options.end;
  end.key_pass_file.clear();  // that of the file, not of an identity of our own
  presentation.organisation = organisation_of(end);
  PresentedChain shown;
  shown.chain = read_certificate_file(file, options.end.key_pass_file);
  presentation.chains.push_back(std::move(shown));
  presentation.anchors = session::read_trust_roots(
      options.end.roots,
      options.end.system_roots ? session::SystemRoots::added : session::SystemRoots::without_others);
  return presentation;
}

Presentation present_hosts(const CertShowOptions& options, const std::string& text) {
  SendOptions send;
  send.end = options.end;
  send.end.key_pass_file.clear();  // it is for files of this command, not for an identity of our own
  send.require = "none";
  const TargetText target = read_target(text);
  if (!target.domain) send.verify_name = "address.invalid";  // no name is compared
  const Route route = find_route(send, target);
  net::Loop loop;
  session::EdgeSettings settings = edge_settings_of(options.end);
  settings.now = now;
  session::Edge edge(loop, route.organisation, settings);
  transcript::SessionIds ids(now_in_milliseconds());
  const session::NewTranscript begin = [&] {
    return transcript::Transcript(policy::Role::send, route.connector.name, ids.next(), now_in_milliseconds);
  };
  const session::DeliveryPlan plan = plan_of(options, route, edge);
  const session::DeliveryResult result =
      net::run(loop, session::deliver(plan, route.target, edge.resolver(), begin));
  Presentation presentation;
  presentation.organisation = edge.organisation();
  presentation.anchors = edge.examination().anchors;
  presentation.purpose = pki::Purpose::server;
  presentation.from_lab = route.from_lab;
  for (const session::Attempt& attempt : result.attempts)
    presentation.chains.push_back(presented_by(attempt));
  return presentation;
}

}  // namespace domsec::cli
