#include "auth_servers.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "domsec/cli/options.h"
#include "domsec/store/certificate_life.h"

namespace domsec::cli {
namespace {

bool there(const std::string& file) {
  std::error_code error;
  return std::filesystem::exists(file, error);
}

std::optional<policy::AuthCertificate> certificate_in(const std::unique_ptr<store::Database>& database,
                                                      const std::string& thumbprint) {
  if (!database || thumbprint.empty()) return std::nullopt;
  const store::Certificates certificates(*database);
  const std::optional<store::CertificateEntry> entry = certificates.find(thumbprint);
  if (!entry) return std::nullopt;
  return policy::AuthCertificate{entry->certificate, entry->has_private_key,
                                 entry->key_export == store::KeyExport::allowed};
}

}  // namespace

AuthServers::AuthServers(const AuthOptions& options, const exchange::Organisation& organisation,
                         std::ostream& err) {
  const std::string file = options.store.empty() ? organisation.store : options.store;
  if (file.empty()) {
    throw UsageError(
        options.config +
        ": there is no store for certificates: write Store = \"domsec.db\" below [organization], or give "
        "--store FILE");
  }
  const smtp::Domain fqdn = organisation.server_fqdn ? *organisation.server_fqdn : machine_name();
  Server& own = servers_.emplace_back();
  own.name = store::server_name(fqdn.text());
  own.site = options.site;
  if (there(file)) {
    own.database = std::make_unique<store::Database>(file, store::migrations());
  } else {
    err << "the store " << file << " is not there yet: this server has no certificate\n";
  }
  for (const std::string& text : options.servers) add(text, options.site);
}

/// `NAME=STORE[@SITE]`; without a site it is in this server's.
void AuthServers::add(const std::string& text, const std::string& own_site) {
  const std::size_t equals = text.find('=');
  const std::size_t at = text.rfind('@');
  const bool has_site = at != std::string::npos && equals != std::string::npos && at > equals;
  const std::string file = equals == std::string::npos
                               ? ""
                               : text.substr(equals + 1, has_site ? at - equals - 1 : std::string::npos);
  const std::string site = has_site ? text.substr(at + 1) : own_site;
  if (equals == 0 || file.empty() || site.empty()) {
    throw UsageError("--server: '" + text +
                     "' is no server; write NAME=STORE or NAME=STORE@SITE, such as ex2=ex2.db@Dublin");
  }
  const std::string name = text.substr(0, equals);
  const bool twice = std::any_of(servers_.begin(), servers_.end(),
                                 [&](const Server& one) { return exchange::same_word(one.name, name); });
  if (twice)
    throw UsageError("--server: '" + name + "' is named twice, or is this server; give each another name");
  if (!there(file))
    throw UsageError("--server: there is no store " + file + "; make it with domsec shell --store " + file);
  Server& server = servers_.emplace_back();
  server.name = name;
  server.site = site;
  server.database = std::make_unique<store::Database>(file, store::migrations());
}

policy::AuthState AuthServers::state(const exchange::AuthConfig& config, pki::Instant at) const {
  policy::AuthState state{config, {}, at};
  for (const Server& server : servers_) {
    state.servers.push_back({server.name, server.site,
                             certificate_in(server.database, config.current_certificate_thumbprint),
                             certificate_in(server.database, config.next_certificate_thumbprint),
                             certificate_in(server.database, config.previous_certificate_thumbprint)});
  }
  return state;
}

std::optional<policy::AuthCertificate> AuthServers::find(const std::string& thumbprint) const {
  return certificate_in(servers_.front().database, thumbprint);
}

AuthServers::Server& AuthServers::named(const std::string& name) {
  return *std::find_if(servers_.begin(), servers_.end(), [&](const Server& one) { return one.name == name; });
}

void AuthServers::copy(const policy::Replication& what, pki::Instant at) {
  const store::Certificates from(*named(what.from).database);
  store::Certificates to(*named(what.to).database);
  const std::optional<store::CertificateEntry> entry = from.find(what.thumbprint);
  store::CertificateImport import;
  import.certificates = entry->chain();
  import.key = from.exported_key(what.thumbprint);
  import.friendly_name = entry->friendly_name;
  import.key_export = entry->key_export;
  import.at = at;
  (void)to.import(import);
}

std::vector<policy::Replication> AuthServers::replicate(const exchange::AuthConfig& config, pki::Instant at) {
  std::vector<policy::Replication> done;
  try {
    for (const policy::Replication& one : policy::replications(state(config, at))) {
      // Where the source itself waits for an import, and where there is no store to write to, nothing is
      // copied.
      const std::optional<policy::AuthCertificate> source =
          certificate_in(named(one.from).database, one.thumbprint);
      const bool possible = source && source->has_private_key && named(one.to).database;
      if (one.way != policy::Replication::Way::servicelet || !possible) continue;
      copy(one, at);
      done.push_back(one);
    }
  } catch (const store::CertificateError& error) {
    throw UsageError(error.what());
  }
  return done;
}

}  // namespace domsec::cli
