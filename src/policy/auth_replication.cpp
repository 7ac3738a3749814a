// Which server lacks which Auth certificate, and how it gets there: the certificate servicelet copies inside
// an AD site, an administrator carries it to one server of every other site (seed 003; R56).
#include <algorithm>

#include "domsec/policy/auth_findings.h"

namespace domsec::policy {
namespace {

using Way = Replication::Way;

const AuthServer* holder(const std::vector<AuthServer>& servers, AuthRole role, const std::string& site) {
  const auto found = std::find_if(servers.begin(), servers.end(), [&](const AuthServer& server) {
    return server.has(role) && (site.empty() || server.site == site);
  });
  return found == servers.end() ? nullptr : &*found;
}

void replicate(const AuthState& state, AuthRole role, std::vector<Replication>& all) {
  const AuthServer* anywhere = holder(state.servers, role, {});
  const std::string& thumbprint = thumbprint_of(state.config, role);
  if (thumbprint.empty() || anywhere == nullptr) return;
  std::vector<std::pair<std::string, std::string>> gateways;  // site -> the server that gets it by hand
  for (const AuthServer& server : state.servers) {
    if (server.has(role)) continue;
    const AuthServer* neighbour = holder(state.servers, role, server.site);
    const AuthServer& source = neighbour != nullptr ? *neighbour : *anywhere;
    const auto gateway = std::find_if(gateways.begin(), gateways.end(),
                                      [&](const auto& one) { return one.first == server.site; });
    if (!source.of(role)->key_exportable) {
      all.push_back({role, thumbprint, server.name, source.name, Way::impossible});
    } else if (neighbour != nullptr) {
      all.push_back({role, thumbprint, server.name, neighbour->name, Way::servicelet});
    } else if (gateway != gateways.end()) {
      all.push_back({role, thumbprint, server.name, gateway->second, Way::servicelet});
    } else {
      gateways.emplace_back(server.site, server.name);
      all.push_back({role, thumbprint, server.name, anywhere->name, Way::export_import});
    }
  }
}

}  // namespace

std::vector<Replication> replications(const AuthState& state) {
  std::vector<Replication> all;
  replicate(state, AuthRole::current, all);
  replicate(state, AuthRole::next, all);
  return all;
}

std::string_view text(Way way) {
  switch (way) {
    case Way::servicelet:
      return "servicelet";
    case Way::export_import:
      return "export-import";
    case Way::impossible:
      return "impossible";
  }
  return "";
}

std::vector<std::string> commands(const Replication& replication) {
  if (replication.way != Way::export_import) return {};
  return {"$password = Read-Host -AsSecureString",
          "$exported = Export-ExchangeCertificate -Server " + replication.from + " -Thumbprint " +
              replication.thumbprint + " -BinaryEncoded -Password $password",
          "Import-ExchangeCertificate -Server " + replication.to +
              " -FileData $exported.FileData -Password $password -PrivateKeyExportable $true"};
}

}  // namespace domsec::policy
