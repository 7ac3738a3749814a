// What the cmdlets of certificates read from their arguments, and the one question that two of them ask.
#pragma once

#include <string>

#include "domsec/shell/certificate_cmdlets.h"

namespace domsec::shell {

[[nodiscard]] store::KeyExport key_export_of(const Invocation& call);
/// -FriendlyName; less than 64 characters (spec exchange 8.1).
[[nodiscard]] std::string friendly_name_of(const Invocation& call, const std::string& otherwise);
/// There is one server here; -Server may name it.
void require_this_server(const Invocation& call, const CertificateServer& server);
/// `POP,IMAP` as a list, or as one text.
[[nodiscard]] policy::ServiceSet services_of(const Invocation& call);
/// `EDGE1\434AC2...` as Identity has it, or the thumbprint alone.
[[nodiscard]] std::string thumbprint_of(const Invocation& call);
/// Exchange's own words for it (spec exchange 8.5).
[[nodiscard]] std::string not_found(const std::string& thumbprint, const CertificateServer& server);
/// The certificate of -Thumbprint; a refusal when there is none.
[[nodiscard]] store::CertificateEntry named_certificate(const Invocation& call, CertificateServer& server);
/// Whether it is to become the default SMTP certificate, in Exchange's words (spec exchange 8.3). The first
/// one needs no question.
[[nodiscard]] bool becomes_default_smtp(const Invocation& call, CertificateServer& server,
                                        const pki::Certificate& certificate);

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
