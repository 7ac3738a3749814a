// `domsec cert select` over files (spec exchange 4.1, 4.5).
#include "domsec/cli/cert_select.h"

#include <gtest/gtest.h>

#include <sstream>

#include "domsec/pki/authority.h"
#include "support/scratch_directory.h"

namespace domsec::cli {
namespace {

const pki::Instant now = pki::read_rfc3339("2026-11-22T09:00:00Z").value();
constexpr std::chrono::hours day{24};

class CertSelect : public testing::Test {
 protected:
  void SetUp() override {
    options_.config = scratch_.path() + "/domsec.toml";
    options_.at = now;
  }

  /// Issued by one authority, in force from `from_day` for 100 days.
  void certificate(const std::string& name, const std::vector<std::string>& names, int from_day) {
    pki::CertificateRecipe root;
    root.subject = "CN=Root";
    root.ca = true;
    root.not_before = now - 1000 * day;
    root.not_after = now + 1000 * day;
    static const pki::Authority authority = pki::Authority::root(root);
    pki::CertificateRecipe leaf;
    leaf.subject = "CN=" + names.front() + ", DC=Contoso, DC=com";
    leaf.dns_names = names;
    leaf.not_before = now + from_day * day;
    leaf.not_after = now + (from_day + 100) * day;
    const pki::Credentials made = authority.issue(leaf);
    (void)scratch_.write(name + ".pem", made.chain.front()->pem() + made.key.pem());
    configuration_ += "[[Certificate]]\nCertificateFile = \"" + name + ".pem\"\n";
  }

  int run() {
    (void)scratch_.write("domsec.toml", configuration_);
    std::ostringstream out;
    std::ostringstream err;
    const int code = run_cert_select(options_, out, err);
    out_ = without_directory(out.str());
    err_ = without_directory(err.str());
    return code;
  }

  [[nodiscard]] std::string without_directory(std::string text) const {
    const std::string prefix = scratch_.path() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
    return text;
  }

  ScratchDirectory scratch_;
  CertSelectOptions options_;
  std::string configuration_;
  std::string out_;
  std::string err_;
};

/// Thumbprints differ from run to run.
std::string without_thumbprints(std::string text) {
  for (std::size_t at = 0; at + 40 <= text.size(); ++at) {
    if (text.find_first_not_of("0123456789ABCDEF", at) == at + 40) text.replace(at, 40, "THUMBPRINT");
  }
  return text;
}

TEST_F(CertSelect, ShowsTheCandidatesInOrderWithWhatEachLostBy) {
  configuration_ = "[[SendConnector]]\nName = \"Internet\"\nFqdn = \"mail.contoso.com\"\nAddressSpaces = [\"*\"]\n";
  certificate("www", {"www.contoso.com"}, -5);
  certificate("old", {"mail1.contoso.com", "mail.contoso.com"}, -50);
  certificate("new", {"mail1.contoso.com", "mail.contoso.com"}, -10);
  EXPECT_EQ(run(), 0) << err_;
  EXPECT_EQ(without_thumbprints(out_), R"(send connector Internet (domsec.toml:1) looks for mail.contoso.com (Fqdn, domsec.toml:3)
  1  presented  new.pem  THUMBPRINT
                SAN[1] mail.contoso.com
  2  not        old.pem  THUMBPRINT
                SAN[1] mail.contoso.com, but is older: valid from 2026-10-03T09:00:00Z
  3  not        www.pem  THUMBPRINT
                has www.contoso.com
  new.pem (THUMBPRINT) is presented for mail.contoso.com: SAN[1] mail.contoso.com, valid from 2026-11-12T09:00:00Z, preferred among 2
)");
}

/// Spec exchange 4.5, last row: the connector's name is on no certificate.
TEST_F(CertSelect, FailsWhereNothingCanBePresented) {
  configuration_ = "[[ReceiveConnector]]\nName = \"Internet\"\nFqdn = \"subdomain.mail.contoso.com\"\n";
  certificate("mail1", {"mail1.contoso.com", "mail.contoso.com"}, -10);
  EXPECT_EQ(run(), 2);
  EXPECT_NE(out_.find("DS212 own-cert-not-found"), std::string::npos) << out_;
  options_.form = SelectForm::json;
  EXPECT_EQ(run(), 2);
  EXPECT_TRUE(out_.starts_with(R"({"schema":"domsec.selection/1","connectors":[{"role":"receive","connector":"Internet",)")) << out_;
  EXPECT_NE(out_.find(R"("presented":false,"name_matches":false,"eligible":false,"why":"has mail1.contoso.com, mail.contoso.com","lost":null)"),
            std::string::npos)
      << out_;
}

TEST_F(CertSelect, ChoosesConnectorsByNameAndDirection) {
  configuration_ = "[organization]\nServerFqdn = \"edge.contoso.com\"\n[[SendConnector]]\nName = \"Internet\"\nIgnoreSTARTTLS = true\n"
                   "[[SendConnector]]\nName = \"Off\"\nEnabled = false\n[[ReceiveConnector]]\nName = \"internet\"\n";
  certificate("edge", {"edge.contoso.com"}, -10);
  EXPECT_EQ(run(), 0);
  EXPECT_NE(out_.find("send connector Internet (domsec.toml:3)\n  no certificate is looked for: TLS is not tried\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find("receive connector internet (domsec.toml:9) looks for edge.contoso.com (ServerFqdn, domsec.toml:2)"),
            std::string::npos)
      << out_;
  EXPECT_EQ(out_.find("Off"), std::string::npos) << out_;
  options_.connector = "INTERNET";
  options_.direction = "receive";
  EXPECT_EQ(run(), 0);
  EXPECT_TRUE(out_.starts_with("receive connector internet")) << out_;
  options_.connector = "Extranet";
  EXPECT_EQ(run(), 2);
  EXPECT_EQ(err_, "domsec.toml: no connector is called 'Extranet'; domsec policy show lists them\n");
}

}  // namespace
}  // namespace domsec::cli
