#include "proved_cells.h"

#include <algorithm>
#include <span>

namespace domsec::policy {
namespace {

using finding::Code;
using finding::Profile;

/// What all three programs do, in both roles.
constexpr Code all_refuse[] = {
    Code::certificate_not_trusted,   Code::certificate_self_signed,   Code::chain_incomplete,
    Code::certificate_expired,       Code::certificate_not_yet_valid, Code::certificate_signature_invalid,
    Code::chain_constraint_violated, Code::validation_failure,
};
constexpr Code all_accept[] = {
    Code::mutual_tls_ok,     Code::revocation_unavailable,
    Code::valid_self_signed, Code::crl_stale,
    Code::crl_wrong_issuer,  Code::crl_no_cdp,
    Code::crl_not_yet_valid, Code::crl_invalid,
};

struct Row {
  Profile profile;
  ShownAs shown_as;
  Code code;
  Decision decision;
};

// clang-format off
constexpr Row table[] = {
    {Profile::postfix, ShownAs::server, Code::certificate_revoked, Decision::accepts},
    {Profile::postfix, ShownAs::server, Code::certificate_weak, Decision::refuses},
    {Profile::postfix, ShownAs::server, Code::certificate_host_mismatch, Decision::refuses},
    {Profile::postfix, ShownAs::server, Code::name_cn_only, Decision::accepts},
    {Profile::postfix, ShownAs::server, Code::server_cert_eku, Decision::refuses},
    {Profile::postfix, ShownAs::client, Code::certificate_revoked, Decision::accepts},
    {Profile::postfix, ShownAs::client, Code::certificate_weak, Decision::refuses},
    {Profile::postfix, ShownAs::client, Code::client_cert_eku, Decision::refuses},

    {Profile::exim, ShownAs::server, Code::certificate_revoked, Decision::refuses},
    {Profile::exim, ShownAs::server, Code::certificate_weak, Decision::refuses},
    {Profile::exim, ShownAs::server, Code::certificate_host_mismatch, Decision::refuses},
    {Profile::exim, ShownAs::server, Code::name_cn_only, Decision::accepts},
    {Profile::exim, ShownAs::server, Code::server_cert_eku, Decision::accepts},  // by the extended key usage
    {Profile::exim, ShownAs::server, Code::server_cert_eku, Decision::refuses},  // by the key usage
    {Profile::exim, ShownAs::client, Code::certificate_revoked, Decision::refuses},
    {Profile::exim, ShownAs::client, Code::certificate_weak, Decision::refuses},
    {Profile::exim, ShownAs::client, Code::client_cert_eku, Decision::accepts},
    {Profile::exim, ShownAs::client, Code::client_cert_eku, Decision::refuses},

    {Profile::opensmtpd, ShownAs::server, Code::certificate_revoked, Decision::accepts},
    {Profile::opensmtpd, ShownAs::server, Code::certificate_weak, Decision::accepts},
    {Profile::opensmtpd, ShownAs::server, Code::certificate_host_mismatch, Decision::refuses},
    {Profile::opensmtpd, ShownAs::server, Code::name_cn_only, Decision::accepts},
    {Profile::opensmtpd, ShownAs::server, Code::server_cert_eku, Decision::accepts},
    {Profile::opensmtpd, ShownAs::client, Code::certificate_revoked, Decision::accepts},
    {Profile::opensmtpd, ShownAs::client, Code::certificate_weak, Decision::accepts},
    {Profile::opensmtpd, ShownAs::client, Code::client_cert_eku, Decision::accepts},
};
// clang-format on

bool holds(std::span<const Code> codes, Code code) {
  return std::ranges::find(codes, code) != codes.end();
}

}  // namespace

bool is_proved(Profile profile, ShownAs shown_as, Code code, Decision decision) {
  if (proved_with(profile).empty()) return false;
  if (holds(decision == Decision::accepts ? std::span<const Code>(all_accept) : all_refuse, code))
    return true;
  return std::ranges::any_of(table, [&](const Row& row) {
    return row.profile == profile && row.shown_as == shown_as && row.code == code && row.decision == decision;
  });
}

std::vector<finding::Code> proved_codes(Profile profile, ShownAs shown_as, Decision decision) {
  std::vector<Code> codes;
  for (const finding::Row& row : finding::rows()) {
    if (is_proved(profile, shown_as, row.code, decision)) codes.push_back(row.code);
  }
  return codes;
}

std::string_view proved_with(Profile profile) {
  switch (profile) {
    case Profile::postfix:
      return "Postfix 3.7.11";
    case Profile::exim:
      return "Exim 4.96";
    case Profile::opensmtpd:
      return "OpenSMTPD 6.8.0p2";
    case Profile::exchange:
    case Profile::strict:
      return "";
  }
  return "";
}

}  // namespace domsec::policy
