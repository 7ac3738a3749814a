#include "domsec/cli/cert_rotate.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "cert_rotate_report.h"
#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/lab/stored_identities.h"
#include "domsec/pki/thumbprint.h"
#include "domsec/policy/tls_certificate_name.h"
#include "domsec/session/own_identity.h"
#include "domsec/store/database.h"

namespace domsec::cli {

namespace {

namespace fs = std::filesystem;
using session::OwnIdentity;

constexpr int own_configuration_wrong = 2;

/// A directory of this run alone, gone at its end.
class Workplace {
 public:
  Workplace() {
    std::string form = (fs::temp_directory_path() / "domsec-rehearsal-XXXXXX").string();
    if (::mkdtemp(form.data()) == nullptr)
      throw UsageError("no directory can be made in " + fs::temp_directory_path().string() + "; set TMPDIR");
    directory_ = form;
  }
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
};

smtp::Domain domain_of(const std::string& text, const std::string& flag) {
  const std::optional<smtp::Domain> domain = smtp::Domain::parse(text);
  if (!domain) throw UsageError(flag + ": '" + text + "' is no domain; write one such as woodgrovebank.com");
  return *domain;
}

smtp::Domain our_domain(const CertRotateOptions& options, const exchange::Organisation& organisation) {
  if (!options.our_domain.empty()) return domain_of(options.our_domain, "--our-domain");
  if (!organisation.accepted_domains.empty()) return organisation.accepted_domains.front();
  throw UsageError(
      "the configuration has no AcceptedDomains; say with --our-domain which domain the partner knows");
}

/// Empty when it is none: then it is a file.
std::string thumbprint(const std::string& text) {
  std::string plain = pki::plain_thumbprint(text);
  return pki::is_thumbprint(plain) ? plain : std::string();
}

std::optional<OwnIdentity> taken(std::vector<OwnIdentity>& identities, const std::string& wanted) {
  const auto found = std::ranges::find_if(identities, [&wanted](const OwnIdentity& identity) {
    return identity.stored.certificate->thumbprint == wanted;
  });
  if (found == identities.end()) return std::nullopt;
  OwnIdentity identity = *found;
  identities.erase(found);
  return identity;
}

/// Without its key when there is none: that is a state one can get into (R18).
OwnIdentity read_tomorrow(const CertRotateOptions& options) {
  exchange::CertificateFile file;
  const std::string octets = pki::read_file(options.tomorrow);
  if (pki::is_pkcs12(octets)) {
    file.pfx_file = options.tomorrow;
  } else {
    file.certificate_file = options.tomorrow;
    file.key_file = options.tomorrow_key.empty() ? options.tomorrow : options.tomorrow_key;
  }
  file.key_pass_file = options.key_pass_file;
  session::OwnFiles own = session::read_own_files(file);
  const bool without_key = own.trouble && own.trouble->kind == pki::BundleError::Kind::key_missing;
  if (own.trouble && (!without_key || !options.tomorrow_key.empty())) throw *own.trouble;
  return {std::move(own.stored), std::move(own.credentials)};
}

OwnIdentity take_tomorrow(const CertRotateOptions& options, std::vector<OwnIdentity>& identities) {
  const std::string named = thumbprint(options.tomorrow);
  std::optional<OwnIdentity> identity;
  if (!named.empty()) {
    identity = taken(identities, named);
    if (!identity)
      throw UsageError("--tomorrow: no certificate of ours has the thumbprint " + named + "; name its file");
  } else {
    identity = read_tomorrow(options);
    (void)taken(identities, identity->stored.certificate->thumbprint);  // imported already: once is enough
  }
  return *identity;
}

/// What the connectors for the partner present now: that of the send connector, else of the first receive
/// connector.
std::string presented_now(const lab::RehearsalSettings& settings, const std::vector<OwnIdentity>& identities,
                          pki::Instant at) {
  std::vector<policy::StoredCertificate> store;
  for (const OwnIdentity& identity : identities) store.push_back(identity.stored);
  const auto chosen = [&](const auto& connector) -> std::string {
    const policy::Selection selection = policy::select_certificate(
        store, connector.tls_certificate_name, settings.organisation.fqdn_of(connector), at);
    return selection.chosen ? store[*selection.chosen].certificate->thumbprint : std::string();
  };
  const policy::PartnerConnectors connectors = settings.connectors();
  std::string found = connectors.sending != nullptr ? chosen(*connectors.sending) : std::string();
  for (const exchange::ReceiveConnector* connector : connectors.receiving) {
    if (found.empty()) found = chosen(*connector);
  }
  return found;
}

OwnIdentity take_today(const CertRotateOptions& options, const lab::RehearsalSettings& settings,
                       std::vector<OwnIdentity>& identities, const std::string& file, pki::Instant at) {
  const std::string wanted =
      options.today.empty() ? presented_now(settings, identities, at) : thumbprint(options.today);
  if (wanted.empty()) {
    throw UsageError(
        options.today.empty()
            ? file +
                  ": no connector presents a certificate to the partner today; domsec cert select "
                  "says why, --today THUMBPRINT names one"
            : "--today: " + pki::thumbprint_fault(options.today));
  }
  std::optional<OwnIdentity> identity = taken(identities, wanted);
  if (!identity)
    throw UsageError(file + ": no certificate of ours has the thumbprint " + wanted +
                     "; domsec cert select lists them");
  return *identity;
}

lab::RehearsalPartner partner_of(const CertRotateOptions& options,
                                 const exchange::Organisation& organisation) {
  lab::RehearsalPartner partner{
      domain_of(options.partner, "--partner"), our_domain(options, organisation), {}, {}};
  partner.now.trusted_roots =
      options.partner_trusts.empty() ? organisation.trusted_root_files : options.partner_trusts;
  partner.later.trusted_roots =
      options.partner_will_trust.empty() ? partner.now.trusted_roots : options.partner_will_trust;
  partner.now.issuer = options.partner_issuer;
  partner.later.issuer =
      options.partner_will_issuer.empty() ? options.partner_issuer : options.partner_will_issuer;
  partner.name_match = options.partner_name_match;
  partner.profile = *finding::read_profile(options.partner_profile);
  return partner;
}

/// The commands of the steps that change TlsCertificateName.
void add_naming(RehearsedEdge& edge, const lab::RehearsalSettings& settings) {
  const exchange::TlsCertificateName tomorrow = policy::tls_certificate_name_of(*edge.tomorrow);
  const auto add = [&](const auto& connector) {
    if (!connector.tls_certificate_name || !policy::means(*connector.tls_certificate_name, *edge.today))
      return;
    edge.clear_name.push_back(policy::naming_command(connector, std::nullopt));
    edge.set_name.push_back(policy::naming_command(connector, tomorrow));
  };
  const policy::PartnerConnectors connectors = settings.connectors();
  if (connectors.sending != nullptr) add(*connectors.sending);
  for (const exchange::ReceiveConnector* connector : connectors.receiving) add(*connector);
}

RehearsedEdge rehearsed(const CertRotateOptions& options, const std::string& file,
                        const std::string& directory, pki::Instant at) {
  const exchange::Organisation organisation = exchange::read_toml(file);
  lab::RehearsalSettings settings{directory, organisation, {}, {}, {}, partner_of(options, organisation)};
  std::vector<OwnIdentity> identities = lab::own_identities(settings.organisation);
  settings.tomorrow = take_tomorrow(options, identities);
  settings.today = take_today(options, settings, identities, file, at);
  settings.others = std::move(identities);
  RehearsedEdge edge;
  edge.file = file;
  edge.today = settings.today.stored.certificate;
  edge.tomorrow = settings.tomorrow.stored.certificate;
  edge.tomorrow_file = thumbprint(options.tomorrow).empty() ? options.tomorrow : std::string();
  add_naming(edge, settings);
  const pki::Instant expired = std::max(at, edge.today->not_after) + std::chrono::seconds(1);
  edge.rehearsed = lab::rehearse(lab::Rehearsal(std::move(settings), at, expired), at, expired);
  return edge;
}

int blame(const lab::RehearsedMoment& moment) {
  for (const lab::RehearsedSession& session : moment.sessions) {
    if (!session.mail_flows) return session.cause.who == policy::Who::own ? own_configuration_wrong : 1;
  }
  return 0;
}

int exit_code(const std::vector<RehearsedEdge>& edges) {
  for (const RehearsedEdge& edge : edges) {
    if (is_safe(edge)) continue;
    std::vector<lab::RehearsedMoment> moments = edge.rehearsed.best;
    moments.push_back(edge.rehearsed.done);
    for (const lab::RehearsedMoment& moment : moments) {
      if (const int code = blame(moment); code != 0) return code;
    }
  }
  return 0;
}

}  // namespace

int run_cert_rotate(const CertRotateOptions& options, std::ostream& out, std::ostream& err) {
  const std::vector<std::string> files =
      options.edges.empty() ? std::vector<std::string>{options.config} : options.edges;
  const pki::Instant at = options.at.value_or(now());
  try {
    const Workplace workplace;
    std::vector<RehearsedEdge> edges;
    for (const std::string& file : files)
      edges.push_back(rehearsed(options, file, workplace.directory(), at));
    if (!options.transcripts.empty()) write_transcripts(edges, options.transcripts);
    const int code = exit_code(edges);
    if (options.form == RotateForm::json) {
      out << json_of(edges, code) << '\n';
    } else {
      write_text(edges, out);
    }
    return code;
  } catch (const exchange::ConfigError& error) {
    err << error.what() << '\n';
  } catch (const pki::BundleError& error) {
    err << error.what() << '\n';
  } catch (const store::StoreError& error) {
    err << error.what() << '\n';
  }
  return own_configuration_wrong;
}

}  // namespace domsec::cli
