#include "domsec/shell/auth_config_cmdlets.h"

#include "domsec/policy/auth_findings.h"
#include "domsec/policy/auth_rotation.h"
#include "domsec/shell/host.h"
#include "domsec/store/certificate_life.h"
#include "parameter_values.h"

namespace domsec::shell {
namespace {

using exchange::AuthConfig;
using exchange::Organisation;
using Row = exchange::Parameter<AuthConfig>;

List get_auth_config(const AuthConfig& config) {
  Object object;
  object.type = "AuthConfig";
  object.name = "Auth Configuration";
  for (const Row& row : exchange::parameters<AuthConfig>()) {
    Value value = from_exchange(row.get(config), row.kind);
    if (row.name == "NextCertificateEffectiveDate" && value.text() != nullptr) {
      if (const auto date = pki::read_rfc3339(*value.text())) value = Value(*date);
    }
    // Nothing configured is an empty text, so that it goes down a pipeline and is not found there (seed 003).
    if (value.is_null() && row.name.ends_with("Thumbprint")) value = Value("");
    object.properties.push_back({row.name, std::move(value), Access::read_only});
  }
  object.properties.push_back({"Identity", object.name, Access::read_only});
  return {object};
}

/// Exchange's parameter set: stage, publish or clear, one at a time.
void require_one(const Invocation& call) {
  const int given = (call.has("NewCertificateThumbprint") ? 1 : 0) + (call.is_set("PublishCertificate") ? 1 : 0) +
                    (call.is_set("ClearPreviousCertificate") ? 1 : 0);
  if (given == 1) return;
  throw ScriptError(call.place, given == 0 ? "nothing is asked; give NewCertificateThumbprint with NewCertificateEffectiveDate, "
                                             "or PublishCertificate, or ClearPreviousCertificate"
                                           : "NewCertificateThumbprint, PublishCertificate and ClearPreviousCertificate exclude each "
                                             "other; give one of them");
}

/// Nothing: the question about a short lead was answered with no.
std::optional<AuthConfig> changed(const Invocation& call, const AuthConfig& before) {
  if (call.is_set("ClearPreviousCertificate")) return policy::previous_cleared(before);
  if (call.is_set("PublishCertificate")) {
    std::optional<AuthConfig> after = policy::published(before);
    if (!after) call.refuse("PublishCertificate", "no certificate is staged; stage one with NewCertificateThumbprint first");
    return after;
  }
  const Value date = call.value("NewCertificateEffectiveDate");
  if (date.instant() == nullptr) {
    call.refuse("NewCertificateThumbprint", "NewCertificateEffectiveDate is missing; give one such as (Get-Date).AddHours(49)");
  }
  AuthConfig checked = before;   // the table knows what a thumbprint is
  const Row& row = *exchange::find_parameter<AuthConfig>("NextCertificateThumbprint");
  try {
    row.set(checked, to_exchange(call.value("NewCertificateThumbprint"), row.kind), {});
  } catch (const exchange::ParameterError& error) {
    call.refuse("NewCertificateThumbprint", error.what());
  }
  const std::optional<std::string> question = policy::short_lead(call.host().now(), *date.instant());
  if (question && !call.confirmed(*question)) return std::nullopt;
  return policy::staged(before, checked.next_certificate_thumbprint, *date.instant());
}

/// It is staged all the same: whether Exchange refuses is not documented.
void warn_of_unfit(const Invocation& call, const std::string& thumbprint, CertificateServer& server) {
  std::optional<policy::AuthCertificate> here;
  try {
    const std::optional<store::CertificateEntry> entry = server.certificates().find(thumbprint);
    if (entry) here = {entry->certificate, entry->has_private_key, entry->key_export == store::KeyExport::allowed};
  } catch (const HostError&) {
    return;  // no store is configured: nobody knows
  }
  for (const policy::Finding& one : policy::unfit_to_sign(here, store::server_name(server.fqdn()), thumbprint)) {
    call.host().warn(std::string(finding::name(one.code)) + " " + one.detail);
  }
}

List set_auth_config(const Invocation& call, ChangeableOrganisation& configuration, CertificateServer* server) {
  require_one(call);
  const std::optional<AuthConfig> after = changed(call, configuration.organisation().auth_config);
  if (!after) return {};
  if (server != nullptr && call.has("NewCertificateThumbprint")) {
    warn_of_unfit(call, after->next_certificate_thumbprint, *server);
  }
  if (call.is_set("WhatIf")) {
    call.host().write("What if: Setting the Auth configuration.\n");
    return {};
  }
  Organisation organisation = configuration.organisation();
  organisation.auth_config = *after;
  configuration.replace(std::move(organisation));
  return {};
}

}  // namespace

void add_auth_config_cmdlets(CmdletTable& table, ChangeableOrganisation& organisation, CertificateServer* server) {
  table.add({"Get-AuthConfig", "which certificate signs now, did before, will next", {}, Feed::none,
             [&organisation](Invocation&) { return get_auth_config(organisation.organisation().auth_config); }});
  table.add({"Set-AuthConfig",
             "stages, publishes or clears the certificate that signs",
             {{.name = "NewCertificateThumbprint", .kind = ParameterKind::text, .about = "the certificate that takes over"},
              {.name = "NewCertificateEffectiveDate", .kind = ParameterKind::date_time, .about = "when; 48 hours ahead or more"},
              {.name = "PublishCertificate", .kind = ParameterKind::flag, .about = "the staged certificate signs from now on"},
              {.name = "ClearPreviousCertificate", .kind = ParameterKind::flag, .about = "forgets the one before"}},
             Feed::none,
             [&organisation, server](Invocation& call) { return set_auth_config(call, organisation, server); }});
}

}  // namespace domsec::shell
