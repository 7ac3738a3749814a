#include "domsec/finding/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "domsec/finding/profile.h"

namespace {

using namespace domsec::finding;

// Every enumerator of codes.h. The switch below does not compile when codes.h has one more.
#define DOMSEC_FINDING_CODES(X) \
  X(mutual_tls_ok) X(tls_not_authenticated) X(delivered_in_clear) X(connect_failed) \
  X(starttls_not_supported) X(starttls_refused) X(starttls_intercepted) X(policy_no_tls) X(dns_failure) \
  X(inconclusive_rate_limited) X(tls_version_mismatch) X(tls_no_shared_cipher) X(handshake_closed) \
  X(tls_protocol_error) X(certificate_not_trusted) X(certificate_self_signed) X(chain_incomplete) \
  X(certificate_expired) X(certificate_not_yet_valid) X(certificate_revoked) X(revocation_unavailable) \
  X(certificate_signature_invalid) X(chain_constraint_violated) X(certificate_weak) \
  X(certificate_host_mismatch) X(name_cn_only) X(validation_failure) X(server_cert_eku) \
  X(client_cert_eku) X(valid_self_signed) X(certificate_expiring) X(client_auth_sunset) \
  X(client_cert_missing) X(client_cert_not_requested) X(crl_unreachable) X(crl_stale) X(crl_delta_stale) \
  X(crl_wrong_issuer) X(crl_no_cdp) X(crl_too_large) X(crl_not_yet_valid) X(crl_invalid) X(tlsa_invalid) \
  X(dnssec_invalid) X(dane_required) X(sts_policy_fetch_error) X(sts_policy_invalid) \
  X(sts_webpki_invalid) X(refused_unknown_ca) X(refused_expired) X(refused_revoked) X(refused_purpose) \
  X(refused_unspecified) X(client_cert_required) X(refused_after_handshake) X(ca_hint_mismatch) \
  X(refused_host_mismatch) X(own_cert_unusable) X(own_key_mismatch) X(own_cert_not_found) \
  X(own_key_missing) X(own_cert_no_smtp) X(own_key_protected) X(own_cert_expired) X(own_chain_incomplete) \
  X(internal_cert_problem) X(send_inert) X(receive_inert) X(list_one_sided) X(list_entry_invalid) \
  X(edge_config_drift) X(tls_certificate_name_invalid) X(exo_connector_weak) X(send_connector_conflict) \
  X(send_connector_dead) X(receive_connector_conflict) X(not_a_tls_fault) X(queue_error_generic) \
  X(ep_none) X(ep_allow_expected_require) X(ep_require_expected_allow) X(ep_hybrid_ews) \
  X(ep_ntlmv1_client) X(ep_lm_level) X(ep_suppressed) X(ep_bridge_cert_differs) X(ep_offload) \
  X(ep_plain_http) X(ep_backends_differ) X(ep_tls_mismatch) X(ep_strongcrypto) X(ep_sysdefaulttls) \
  X(ep_build_unsupported) X(ep_pf_hierarchy) X(ep_renewal_in_progress) X(ep_cbt_undefined) \
  X(ep_no_integrated_auth) X(ep_client_unbound) X(ep_client_unaware) X(ep_inconclusive) \
  X(ep_binding_mismatch) X(assign_irrevocable) X(store_operation_refused) X(smtp_default_overwrite) \
  X(remove_in_use) X(edge_resubscribe) X(thumbprint_not_found) X(default_self_signed_used) \
  X(san_set_advice) X(key_file_exposed) X(auth_cert_missing) X(auth_cert_expired) X(auth_next_unconfigured) \
  X(auth_lead_too_short) X(auth_publish_pending) X(auth_not_replicated) X(auth_cert_profile)

constexpr Code all_codes[] = {
#define X(name) Code::name,
    DOMSEC_FINDING_CODES(X)
#undef X
};

std::string_view enumerator(Code code) {
  switch (code) {
#define X(name) \
  case Code::name: return #name;
    DOMSEC_FINDING_CODES(X)
#undef X
  }
  return "";
}

std::vector<std::pair<std::string_view, std::string_view>> columns(const Row& row) {
  return {{"who", row.who},
          {"cause", row.cause},
          {"tell_apart", row.tell_apart},
          {"remedy", row.remedy},
          {"requirements", row.requirements},
          {"exchange_status", row.exchange_status},
          {"exchange_event", row.exchange_event},
          {"tlsrpt_result", row.tlsrpt_result},
          {"x509_errors", row.x509_errors},
          {"tls_alert", row.tls_alert},
          {"reply_sent_by_us", row.reply_sent_by_us},
          {"reply_seen_by_us", row.reply_seen_by_us},
          {"schannel", row.schannel},
          {"postfix", row.postfix},
          {"exim", row.exim},
          {"sendmail", row.sendmail},
          {"opensmtpd", row.opensmtpd},
          {"exchange_log", row.exchange_log},
          {"severity_exchange", row.severity_exchange},
          {"severity_postfix", row.severity_postfix},
          {"severity_exim", row.severity_exim},
          {"severity_opensmtpd", row.severity_opensmtpd},
          {"severity_strict", row.severity_strict}};
}

TEST(Catalogue, HasExactlyOneRowForEachCode) {
  EXPECT_EQ(rows().size(), std::size(all_codes));
  for (const Code code : all_codes) {
    SCOPED_TRACE(enumerator(code));
    EXPECT_EQ(std::ranges::count(rows(), code, &Row::code), 1);
    EXPECT_EQ(row(code).code, code);
  }
}

TEST(Catalogue, IsInTheOrderOfTheCodes) { EXPECT_TRUE(std::ranges::is_sorted(rows(), {}, &Row::code)); }

TEST(Catalogue, NamesAnEnumeratorByItsSlugWithUnderscores) {
  for (const Row& row : rows()) {
    std::string underscored(row.slug);
    std::ranges::replace(underscored, '-', '_');
    EXPECT_EQ(underscored, enumerator(row.code)) << row.name;
  }
}

TEST(Catalogue, WritesTheNumberOfACodeWithThreeDigits) {
  for (const Row& row : rows()) {
    const std::string digits = std::to_string(static_cast<unsigned>(row.code));
    EXPECT_EQ(row.name, "DS" + std::string(3 - digits.size(), '0') + digits);
  }
}

TEST(Catalogue, HasUniqueSlugsInKebabCase) {
  std::set<std::string_view> seen;
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.slug);
    EXPECT_TRUE(seen.insert(row.slug).second);
    EXPECT_FALSE(row.slug.empty());
    EXPECT_TRUE(std::ranges::all_of(row.slug, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }));
    EXPECT_FALSE(row.slug.starts_with('-') || row.slug.ends_with('-') ||
                 row.slug.find("--") != std::string_view::npos);
  }
}

TEST(Catalogue, FillsEveryColumnOrWritesADash) {
  for (const Row& row : rows()) {
    for (const auto& [column, text] : columns(row)) {
      SCOPED_TRACE(std::string(row.name) + " " + std::string(column));
      EXPECT_FALSE(text.empty());
      EXPECT_NE(text, "-");  // the dash is U+2013
      EXPECT_FALSE(text.starts_with(' ') || text.ends_with(' '));
    }
    EXPECT_NE(row.cause, "–") << row.name;
  }
}

TEST(Catalogue, KnowsOnlySeverityLettersOfItsKey) {
  const std::set<std::string_view> key = {"ok", "I", "W", "F", "F?", "P", "P?", "N", "–"};
  for (const Row& row : rows()) {
    for (const std::string_view letter : {row.severity_exchange, row.severity_postfix, row.severity_exim,
                                          row.severity_opensmtpd, row.severity_strict}) {
      EXPECT_TRUE(key.contains(letter)) << row.name << " " << letter;
    }
  }
}

TEST(Catalogue, HasAParentThatExistsAndHasNone) {
  int children = 0;
  for (const Row& child : rows()) {
    if (!child.parent) continue;
    ++children;
    EXPECT_FALSE(row(*child.parent).parent) << child.name;
    EXPECT_NE(*child.parent, child.code);
  }
  EXPECT_EQ(children, 17);
}

TEST(Catalogue, MarksExactlyTheWordsOfRfc8460) {
  std::set<std::string_view> words;
  for (const Row& row : rows()) {
    if (row.rfc8460_word) words.insert(row.slug);
  }
  const std::set<std::string_view> rfc8460 = {  // RFC 8460 4.3
      "starttls-not-supported", "certificate-host-mismatch", "certificate-expired", "certificate-not-trusted",
      "validation-failure", "tlsa-invalid", "dnssec-invalid", "dane-required", "sts-policy-fetch-error",
      "sts-policy-invalid", "sts-webpki-invalid"};
  EXPECT_EQ(words, rfc8460);
  for (const Row& row : rows()) {
    EXPECT_TRUE(row.tlsrpt_result == "–" || rfc8460.contains(row.tlsrpt_result)) << row.name;
  }
}

TEST(Catalogue, FindsARowByCodeNumberOrSlug) {
  for (const Row& row : rows()) {
    std::string lower_name(row.name);
    lower_name[0] = 'd';
    lower_name[1] = 's';
    EXPECT_EQ(find(row.name), &row);
    EXPECT_EQ(find(lower_name), &row);
    EXPECT_EQ(find(row.name.substr(2)), &row);
    EXPECT_EQ(find(row.slug), &row);
  }
  EXPECT_EQ(find("0"), &row(Code::mutual_tls_ok));
  EXPECT_EQ(find("Certificate-Revoked"), &row(Code::certificate_revoked));
}

TEST(Catalogue, FindsNothingForOtherWords) {
  for (const std::string_view word : {"", "DS", "DS999", "999", "DS0000", "DS1100", "-1", "+1", "DS 10",
                                      "nonsense", "certificate_revoked"}) {
    EXPECT_EQ(find(word), nullptr) << word;
  }
  EXPECT_EQ(find(std::string_view("DS110\0x", 7)), nullptr);
}

TEST(Catalogue, ReadsTheWhoColumn) {
  const WhoSet both = who(Code::starttls_not_supported);
  EXPECT_TRUE(both.we && both.they);
  EXPECT_FALSE(both.own || both.env || both.note);
  EXPECT_TRUE(who(Code::crl_stale).env);
  EXPECT_TRUE(who(Code::client_cert_eku).we && who(Code::client_cert_eku).note);
  EXPECT_TRUE(who(Code::ca_hint_mismatch).they && who(Code::ca_hint_mismatch).own);
  for (const Row& row : rows()) {
    const WhoSet set = who(row.code);
    EXPECT_TRUE(set.we || set.they || set.own || set.env || set.note) << row.name;
  }
}

TEST(Catalogue, GivesTheSeverityOfAProfile) {
  struct Case {
    const char* name;
    Code code;
    Profile profile;
    Severity expected;
  };
  const Case table[] = {
      {"Exchange refuses a revoked peer", Code::certificate_revoked, Profile::exchange, Severity::fails},
      {"Postfix has no CRL", Code::certificate_revoked, Profile::postfix, Severity::silent},
      {"Exim with tls_crl sees it", Code::certificate_revoked, Profile::exim, Severity::fails},
      {"OpenSMTPD has no CRL", Code::certificate_revoked, Profile::opensmtpd, Severity::silent},
      {"a client without clientAuth is a warning", Code::client_cert_eku, Profile::exchange,
       Severity::warning},
      {"Postfix refuses it", Code::client_cert_eku, Profile::postfix, Severity::fails},
      {"an inferred failure is a failure", Code::server_cert_eku, Profile::exchange, Severity::fails},
      {"OpenSMTPD asks for no purpose", Code::client_cert_eku, Profile::opensmtpd, Severity::silent},
      {"no dash is a severity", Code::crl_delta_stale, Profile::exim, Severity::unknown},
      {"no connection proves nothing", Code::connect_failed, Profile::strict, Severity::inconclusive},
      {"good", Code::mutual_tls_ok, Profile::strict, Severity::ok},
      {"information", Code::delivered_in_clear, Profile::exchange, Severity::information},
  };
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(severity(row.code, row.profile), row.expected);
  }
}

TEST(Profile, ReadsBackItsText) {
  for (const Profile profile :
       {Profile::exchange, Profile::postfix, Profile::exim, Profile::opensmtpd, Profile::strict}) {
    EXPECT_EQ(read_profile(text(profile)), profile);
  }
  EXPECT_EQ(read_profile("Exchange"), std::nullopt);
  EXPECT_EQ(read_profile(""), std::nullopt);
}

}  // namespace
