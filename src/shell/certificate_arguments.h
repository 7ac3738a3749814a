// What the cmdlets of certificates read from their arguments, and the one question that two of them ask.
#pragma once

#include <string>

#include "domsec/shell/certificate_cmdlets.h"

namespace domsec::shell {

[[nodiscard]] store::KeyExport key_export_of(const Invocation& call);
/// There is one server here; -Server may name it.
void require_this_server(const Invocation& call, const CertificateServer& server);
/// `POP,IMAP` as a list, or as one text.
[[nodiscard]] policy::ServiceSet services_of(const Invocation& call);
/// `EDGE1\434AC2...` as Identity has it, or the thumbprint alone.
[[nodiscard]] std::string thumbprint_of(const Invocation& call);
/// Exchange's own words for it (spec exchange 8.5).
[[nodiscard]] std::string not_found(const std::string& thumbprint, const CertificateServer& server);
/// Asks the person at the shell (spec exchange 8.3), unless -Force or -Confirm:$false was given.
[[nodiscard]] store::AskOverwrite ask_overwrite(const Invocation& call);

/// New-ExchangeCertificate: new_certificate.cpp.
void add_new_certificate(CmdletTable& table, CertificateServer& server);
/// Runs a cmdlet; what the layers below refuse is said at its place.
[[nodiscard]] std::function<List(Invocation&)> with_server(CertificateServer& server,
                                                           List (*run)(Invocation&, CertificateServer&));

[[nodiscard]] ParameterSpec services_parameter(Presence presence);
[[nodiscard]] ParameterSpec server_parameter();
[[nodiscard]] ParameterSpec friendly_name_parameter();
[[nodiscard]] ParameterSpec key_exportable_parameter();
[[nodiscard]] ParameterSpec switch_parameter(const char* name, const char* about);

}  // namespace domsec::shell
