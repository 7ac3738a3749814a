#include "domsec/policy/domain_capabilities.h"

#include <gtest/gtest.h>

#include "domsec/exchange/receive_connector.h"
#include "domsec/policy/domain_security.h"
#include "policy/evidence_samples.h"

namespace domsec::policy {
namespace {

using Outcome = DomainCapabilities::Outcome;

exchange::ReceiveConnector connector(const std::vector<std::string>& entries) {
  exchange::ReceiveConnector made;
  for (const std::string& entry : entries) {
    made.tls_domain_capabilities.push_back(exchange::read_tls_domain_capability(entry).value());
  }
  return made;
}

TEST(DomainCapabilities, AreGrantedToTheValidatedCertificateOfTheirDomain) {
  const PeerEvidence good = samples::good_peer();
  const std::string host = good.presented.front()->dns_names.front();
  const std::string exact = "<I>" + good.presented.front()->issuer + "<S>" + good.presented.front()->subject;
  PeerEvidence nobody;
  PeerEvidence bad = good;
  bad.path->problems.push_back(samples::problem(pki::PathFault::expired, 10));
  struct Row {
    const char* name;
    std::vector<std::string> entries;
    Protection protection;
    const PeerEvidence* peer;
    std::optional<Outcome> outcome;
    std::string domain;
    std::string status;
  };
  const std::string cloud = ":AcceptCloudServicesMail";
  const Row rows[] = {
      {"no entry", {}, Protection::tls, &good, std::nullopt, "", ""},
      {"its host", {host + cloud}, Protection::tls, &good, Outcome::granted, host, "Valid"},
      {"another host before it", {"other.example" + cloud, host + cloud}, Protection::tls, &good, Outcome::granted, host, "Valid"},
      {"issuer and subject", {exact + cloud}, Protection::tls, &good, Outcome::granted, exact, "Valid"},
      {"another domain", {"other.example" + cloud}, Protection::tls, &good, Outcome::none, "", ""},
      {"no certificate", {host + cloud}, Protection::tls, &nobody, Outcome::none, "", "NoRemoteCertificate"},
      {"expired", {host + cloud}, Protection::tls, &bad, Outcome::not_validated, host, "CertificateExpired"},
      {"expired and another's", {"other.example" + cloud}, Protection::tls, &bad, Outcome::none, "", ""},
      {"in clear", {host + cloud}, Protection::clear, &nobody, std::nullopt, "", ""},
      {"NO-TLS in clear", {host + cloud, "no-tls" + cloud}, Protection::clear, &nobody, Outcome::granted, "no-tls", ""},
      {"NO-TLS inside TLS", {"NO-TLS" + cloud}, Protection::tls, &good, std::nullopt, "", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto decided = domain_capabilities(connector(row.entries), row.protection, *row.peer, Rules());
    ASSERT_EQ(decided.has_value(), row.outcome.has_value());
    if (!decided) continue;
    EXPECT_EQ(decided->outcome, *row.outcome);
    EXPECT_EQ(decided->domain, row.domain);
    EXPECT_EQ(decided->status, row.status);
    EXPECT_EQ(decided->capabilities.empty(), *row.outcome != Outcome::granted);
    EXPECT_EQ(decided->event(), *row.outcome == Outcome::not_validated ? 11022 : 0);
  }
}

}  // namespace
}  // namespace domsec::policy
