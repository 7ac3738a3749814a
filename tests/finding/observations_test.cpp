#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "domsec/finding/catalogue.h"

namespace {

using namespace domsec::finding;

TEST(FromX509Error, FollowsTheTableOfVerifyNumbers) {
  struct Case {
    std::vector<int> numbers;
    Code code;
  };
  const Case table[] = {
      {{0}, Code::mutual_tls_ok},
      {{2, 19, 20, 27}, Code::certificate_not_trusted},
      {{3}, Code::revocation_unavailable},
      {{4, 6, 7}, Code::certificate_signature_invalid},
      {{5, 8, 15, 16, 33, 35, 36, 44, 54}, Code::crl_invalid},
      {{9}, Code::certificate_not_yet_valid},
      {{10}, Code::certificate_expired},
      {{11}, Code::crl_not_yet_valid},
      {{12}, Code::crl_stale},
      {{18}, Code::certificate_self_signed},
      {{21}, Code::chain_incomplete},
      {{22, 24, 25, 32, 37, 47, 48, 79}, Code::chain_constraint_violated},
      {{23}, Code::certificate_revoked},
      {{28, 1, 13, 14, 29, 31, 34, 41, 50, 63, 64, 94, -1, 1000}, Code::validation_failure},
      {{62}, Code::certificate_host_mismatch},
      {{65}, Code::tlsa_invalid},
      {{66, 67, 68}, Code::certificate_weak},
  };
  for (const Case& row : table) {
    for (const int number : row.numbers) {
      EXPECT_EQ(from_x509_error(number, PeerRole::server), row.code) << number;
      EXPECT_EQ(from_x509_error(number, PeerRole::client), row.code) << number;
    }
  }
  EXPECT_EQ(from_x509_error(26, PeerRole::server), Code::server_cert_eku);
  EXPECT_EQ(from_x509_error(26, PeerRole::client), Code::client_cert_eku);
}

TEST(FromAlertReceived, PutsTheLikeliestFindingFirst) {
  struct Case {
    std::vector<int> numbers;
    Code first;
    std::vector<Code> alternatives;
  };
  const Case table[] = {
      {{40}, Code::tls_no_shared_cipher, {Code::tls_version_mismatch, Code::client_cert_required}},
      {{42}, Code::refused_unspecified, {Code::refused_revoked}},
      {{43}, Code::refused_purpose, {Code::client_cert_eku, Code::server_cert_eku}},
      {{44}, Code::refused_revoked, {}},
      {{45}, Code::refused_expired, {Code::crl_stale}},
      {{46, 49}, Code::refused_unspecified, {}},
      {{48},
       Code::refused_unknown_ca,
       {Code::own_chain_incomplete, Code::crl_unreachable, Code::chain_constraint_violated}},
      {{51}, Code::own_key_mismatch, {Code::certificate_signature_invalid, Code::crl_invalid}},
      {{70}, Code::tls_version_mismatch, {}},
      {{71}, Code::tls_no_shared_cipher, {}},
      {{10, 47, 50, 80, 86, 109, 110, 112, 113, 120}, Code::tls_protocol_error, {}},
      {{116}, Code::client_cert_required, {}},
      {{-1, 1, 99, 200, 255}, Code::refused_unspecified, {}},
  };
  for (const Case& row : table) {
    for (const int number : row.numbers) {
      SCOPED_TRACE("alert " + std::to_string(number));
      const FromAlert from = from_alert_received(number);
      EXPECT_EQ(from.first, row.first);
      EXPECT_TRUE(std::ranges::equal(from.alternatives, row.alternatives));
    }
  }
}

TEST(FromExchangeStatus, FollowsTheTableOfStatusNames) {
  struct Case {
    std::string_view status;
    Code code;
  };
  const Case table[] = {
      {"Valid", Code::mutual_tls_ok},
      {"ValidSelfSigned", Code::valid_self_signed},
      {"EmptyCertificate", Code::client_cert_missing},
      {"NoRemoteCertificate", Code::client_cert_missing},
      {"SubjectMismatch", Code::certificate_host_mismatch},
      {"SignatureFailure", Code::certificate_signature_invalid},
      {"UntrustedRoot", Code::certificate_not_trusted},
      {"UntrustedTestRoot", Code::certificate_not_trusted},
      {"InternalChainFailure", Code::chain_incomplete},
      {"WrongUsage", Code::server_cert_eku},
      {"CertificateExpired", Code::certificate_expired},
      {"ValidityPeriodNesting", Code::chain_constraint_violated},
      {"PurposeError", Code::chain_constraint_violated},
      {"BasicConstraintsError†", Code::chain_constraint_violated},
      {"RevocationOffline", Code::revocation_unavailable},
      {"NoRevocationCheck†", Code::crl_no_cdp},
      {"Revoked†", Code::certificate_revoked},
      {"ExplicitDistrust†", Code::validation_failure},
      {"untrustedroot", Code::certificate_not_trusted},
      {"Revoked", Code::certificate_revoked},
  };
  for (const Case& row : table) EXPECT_EQ(from_exchange_status(row.status), row.code) << row.status;
  for (const std::string_view status : {"", "†", "Untrusted", "UntrustedRoot ", "Valid, really"}) {
    EXPECT_EQ(from_exchange_status(status), std::nullopt) << status;
  }
}

}  // namespace
