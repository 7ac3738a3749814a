#include "foreign_cmdlets.h"

#include <array>
#include <string_view>

namespace domsec::shell {
namespace {

enum class Meeting { skipped, refused };

struct ForeignCmdlet {
  std::string_view name;
  Meeting meeting;
  std::string_view sentence;  // what to use, or why there is nothing
};

/// Documents of Exchange name them. `skipped`: nothing of it concerns mail here, so that a script goes on.
constexpr std::array foreign_cmdlets = {
    ForeignCmdlet{"Restart-WebAppPool", Meeting::skipped,
                  "domsec has no application pools that would hold an old certificate"},
    ForeignCmdlet{"Restart-Service", Meeting::skipped,
                  "domsec runs no Windows services; restart domsec serve yourself"},
    ForeignCmdlet{"Start-Service", Meeting::skipped,
                  "domsec runs no Windows services; start domsec serve yourself"},
    ForeignCmdlet{"Stop-Service", Meeting::skipped,
                  "domsec runs no Windows services; stop domsec serve yourself"},
    ForeignCmdlet{"Get-Service", Meeting::refused,
                  "domsec runs no Windows services; domsec doctor tells whether this machine is fit"},
    ForeignCmdlet{"Set-OrganizationConfig", Meeting::skipped,
                  "domsec has no directory whose sessions it could configure"},
    ForeignCmdlet{"Get-OrganizationConfig", Meeting::refused,
                  "domsec has no directory; domsec policy show prints the organisation"},
    ForeignCmdlet{"Get-ExchangeDiagnosticInfo", Meeting::skipped,
                  "domsec runs no service that could be asked; it gives $null"},
    ForeignCmdlet{"Start-EdgeSynchronization", Meeting::skipped,
                  "domsec has no EdgeSync: every host reads its configuration file"},
    ForeignCmdlet{"Test-EdgeSynchronization", Meeting::refused,
                  "domsec has no EdgeSync; domsec policy lint holds a configuration to its rules"},
    ForeignCmdlet{"New-EdgeSubscription", Meeting::refused,
                  "domsec has no EdgeSync: give each host its configuration file"},
    ForeignCmdlet{"Remove-EdgeSubscription", Meeting::refused,
                  "domsec has no EdgeSync: give each host its configuration file"},
    ForeignCmdlet{"Get-EdgeSubscription", Meeting::refused,
                  "domsec has no EdgeSync; domsec lab ls lists the hosts of the lab"},
    ForeignCmdlet{"Get-HybridApplication", Meeting::refused, "domsec has no Hybrid Agent"},
    ForeignCmdlet{"Update-HybridApplication", Meeting::refused, "domsec has no Hybrid Agent"},
    ForeignCmdlet{"Get-HybridConfiguration", Meeting::refused,
                  "domsec has no hybrid configuration; domsec policy show prints the connectors"},
    ForeignCmdlet{"New-SettingOverride", Meeting::refused,
                  "domsec has no setting overrides; EnableEccCertificateSupport of its configuration is the switch for ECC"},
    ForeignCmdlet{"Get-SettingOverride", Meeting::refused,
                  "domsec has no setting overrides; EnableEccCertificateSupport of its configuration is the switch for ECC"},
    ForeignCmdlet{"Remove-SettingOverride", Meeting::refused, "domsec has no setting overrides"},
    ForeignCmdlet{"New-ItemProperty", Meeting::refused,
                  "domsec has no registry; domsec.toml holds its configuration"},
    ForeignCmdlet{"Set-ItemProperty", Meeting::refused,
                  "domsec has no registry; domsec.toml holds its configuration"},
    ForeignCmdlet{"Get-ItemProperty", Meeting::refused,
                  "domsec has no registry; domsec policy show prints its configuration"},
    ForeignCmdlet{"Set-PopSettings", Meeting::refused, "domsec speaks SMTP alone"},
    ForeignCmdlet{"Set-ImapSettings", Meeting::refused, "domsec speaks SMTP alone"},
    ForeignCmdlet{"Get-PopSettings", Meeting::refused, "domsec speaks SMTP alone"},
    ForeignCmdlet{"Get-ImapSettings", Meeting::refused, "domsec speaks SMTP alone"},
    ForeignCmdlet{"Get-Mailbox", Meeting::refused,
                  "domsec has no mailboxes; domsec serve --spool keeps accepted mail"},
    ForeignCmdlet{"Get-Queue", Meeting::refused, "the shell does not show the queue"},
    ForeignCmdlet{"Get-MessageTrackingLog", Meeting::refused,
                  "domsec writes a protocol log; see domsec serve --log-dir"},
    ForeignCmdlet{"Test-SmtpConnectivity", Meeting::refused, "domsec check HOST:PORT asks a server"},
    ForeignCmdlet{"Send-MailMessage", Meeting::refused, "domsec send --to ADDRESS sends a message"},
    ForeignCmdlet{"Resolve-DnsName", Meeting::refused, "domsec check DOMAIN resolves and tells"},
    ForeignCmdlet{"Test-NetConnection", Meeting::refused,
                  "domsec check HOST:PORT tells whether a server answers"},
    ForeignCmdlet{"Get-TransportConfig", Meeting::refused,
                  "the shell was started without a configuration; give --config FILE"},
    ForeignCmdlet{"Set-TransportConfig", Meeting::refused,
                  "the shell was started without a configuration; give --config FILE"},
};

const ForeignCmdlet* foreign(std::string_view name) {
  for (const ForeignCmdlet& one : foreign_cmdlets)
    if (same_word(one.name, name)) return &one;
  return nullptr;
}

}  // namespace

List meet_foreign(Interpreter& interpreter, const std::string& name, Place place) {
  if (const ForeignCmdlet* known = foreign(name)) {
    const std::string sentence = std::string(known->name) + ": " + std::string(known->sentence);
    if (known->meeting == Meeting::refused) throw ScriptError(place, sentence);
    interpreter.host().warn(std::to_string(place.line) + ':' + std::to_string(place.column) + ": skipped " +
                            sentence);
    return {};
  }
  const std::string near = interpreter.cmdlets().nearest(name);
  throw ScriptError(place, "there is no cmdlet '" + name.substr(0, 80) + "'" +
                               (near.empty() ? "; Get-Command lists them" : "; did you mean " + near + "?"));
}

}  // namespace domsec::shell
