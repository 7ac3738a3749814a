#include "domsec/policy/stack.h"

namespace domsec::policy {
namespace {

using finding::Profile;

// clang-format off
constexpr Stack exchange{
    .profile = Profile::exchange, .program = "Exchange's rules", .security_level = 1,
    .key_usage = KeyUsageDemand::tls, .any_usage = AnyUsage::serves,
    .authority_usage = AuthorityUsage::counts, .anchor = AnchorDemand::any,
    .system_roots = SystemRoots::left_out, .list_signature = ListSignature::verified,
    .max_intermediates = 20, .other_ways = OtherWays::tried, .final_dot = FinalDot::folded,
    .common_names = CommonNames::all, .common_name_bar = CommonNameBar::dns_names,
    .sending = "the domain on TLSSendDomainSecureList",
    .receiving = "the domain on TLSReceiveDomainSecureList, DomainSecureEnabled",
    .refuses_server = "it leaves after TLS; its queue says 454 4.7.5 Certificate validation failure",
    .refuses_client = "454 4.7.0 Failed to establish appropriate TLS channel, at MAIL FROM"};

// libcrypto's purpose check, which does not take anyExtendedKeyUsage. RSA 1024 passes, SHA-1 does not. Its verify
// depth of 9 counts from the first intermediate.
constexpr Stack postfix{
    .profile = Profile::postfix, .program = "Postfix 3.7", .security_level = 1,
    .key_usage = KeyUsageDemand::tls, .any_usage = AnyUsage::refused,
    .authority_usage = AuthorityUsage::counts, .anchor = AnchorDemand::self_signed,
    .system_roots = SystemRoots::left_out, .list_signature = ListSignature::verified,
    .max_intermediates = 10, .other_ways = OtherWays::tried, .final_dot = FinalDot::another_name,
    .common_names = CommonNames::all, .common_name_bar = CommonNameBar::dns_names,
    .sending = "smtp_tls_security_level = secure, smtp_tls_secure_cert_match = NAME",
    .receiving = "smtpd_tls_security_level = encrypt, smtpd_tls_req_ccert = yes",
    .refuses_server = "it leaves after TLS; status=deferred (Server certificate not verified)",
    .refuses_client = "421 4.7.1 Client certificate not trusted, after TLS"};

// GnuTLS: no purpose is asked for, but the key usage is held to by the handshake itself. A list that cannot be
// used (stale, early, of another key) is no list, and yet each entry counts, even of a list with a spoilt
// signature. A path has at most 16 certificates below its anchor, and of two of one issuer the first is taken.
constexpr Stack exim{
    .profile = Profile::exim, .program = "Exim 4.96 (GnuTLS)", .security_level = 1,
    .key_usage = KeyUsageDemand::signature, .any_usage = AnyUsage::serves,
    .authority_usage = AuthorityUsage::ignored, .anchor = AnchorDemand::any,
    .system_roots = SystemRoots::left_out, .list_signature = ListSignature::ignored,
    .max_intermediates = 15, .other_ways = OtherWays::not_tried, .final_dot = FinalDot::another_name,
    .common_names = CommonNames::none_of_several, .common_name_bar = CommonNameBar::addresses_and_uris,
    .sending = "tls_verify_hosts = *, tls_verify_cert_hostnames = *, tls_crl = FILE",
    .receiving = "tls_verify_hosts = *, tls_crl = FILE",
    .refuses_server = "alert 42 bad_certificate in the handshake",
    .refuses_client = "alert 42 bad_certificate, in TLS 1.3 after the handshake"};

// Its own verifier asks libcrypto about the path only: no purpose, no revocation, and whatever is weak by level 1 is
// no fault (DS109); and it adds libcrypto's default roots to the `ca` of a listener.
constexpr Stack opensmtpd{
    .profile = Profile::opensmtpd, .program = "OpenSMTPD 6.8", .security_level = 1,
    .key_usage = KeyUsageDemand::none, .any_usage = AnyUsage::serves,
    .authority_usage = AuthorityUsage::ignored, .anchor = AnchorDemand::self_signed,
    .system_roots = SystemRoots::added, .list_signature = ListSignature::verified,
    .max_intermediates = 20, .other_ways = OtherWays::tried, .final_dot = FinalDot::another_name,
    .common_names = CommonNames::first, .common_name_bar = CommonNameBar::addresses,
    .sending = "relay host smtp+tls://NAME tls; the system's roots",
    .receiving = "listen on … tls-require verify ca NAME; adds to the system's roots",
    .refuses_server = "it leaves after TLS; its log says SSL certificate check failed",
    .refuses_client = "it closes the connection after TLS without a word"};

constexpr Stack strict{
    .profile = Profile::strict, .program = "everything at its hardest", .security_level = 2,
    .key_usage = KeyUsageDemand::tls, .any_usage = AnyUsage::serves,
    .authority_usage = AuthorityUsage::counts, .anchor = AnchorDemand::any,
    .system_roots = SystemRoots::left_out, .list_signature = ListSignature::verified,
    .max_intermediates = 20, .other_ways = OtherWays::tried, .final_dot = FinalDot::folded,
    .common_names = CommonNames::all, .common_name_bar = CommonNameBar::dns_names,
    .sending = "domsec check --profile strict", .receiving = "domsec serve --profile strict",
    .refuses_server = "it leaves after TLS", .refuses_client = "454 4.7.0, at MAIL FROM"};
// clang-format on

}  // namespace

const Stack& stack_of(Profile profile) {
  switch (profile) {
    case Profile::exchange:
      return exchange;
    case Profile::postfix:
      return postfix;
    case Profile::exim:
      return exim;
    case Profile::opensmtpd:
      return opensmtpd;
    case Profile::strict:
      return strict;
  }
  return exchange;
}

}  // namespace domsec::policy
