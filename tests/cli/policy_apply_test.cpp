// One organisation on two Edges (R28, R30).
#include "domsec/cli/policy_apply.h"

#include <gtest/gtest.h>

#include <sstream>

#include "domsec/exchange/configuration.h"
#include "support/scratch_directory.h"

namespace domsec::cli {
namespace {

constexpr const char* contoso = R"([organization]
Name = "Contoso"
AcceptedDomains = ["contoso.com"]
[TransportConfig]
TLSSendDomainSecureList = ["woodgrovebank.com"]
TLSReceiveDomainSecureList = ["woodgrovebank.com"]
[[SendConnector]]
Name = "Internet"
Fqdn = "mail.contoso.com"
AddressSpaces = ["*"]
DomainSecureEnabled = true
)";

constexpr const char* edge1 = R"(# the first Edge
[TransportConfig]
TLSSendDomainSecureList = ["fabrikam.com"]   # local
ReceiveProtocolLogPath = "logs"
[[SendConnector]]
Name = "internet"
AddressSpaces = ["*"]   # as before
[[SendConnector]]
Name = "Local"
[[ReceiveConnector]]
Name = "Internet"
DomainSecureEnabled = true
)";

constexpr const char* edge2 = "[[ReceiveConnector]]\nName = \"Internet\"\n";

class PolicyApply : public testing::Test {
 protected:
  void SetUp() override {
    options_.organisation = scratch_.write("contoso.toml", contoso);
    options_.edges = {scratch_.write("edge1.toml", edge1), scratch_.write("edge2.toml", edge2)};
    options_.at = pki::read_rfc3339("2026-11-22T09:00:00Z");
  }

  int run() {
    std::ostringstream out;
    std::ostringstream err;
    const int code = run_policy_apply(options_, out, err);
    out_ = without_directory(out.str());
    err_ = without_directory(err.str());
    return code;
  }

  [[nodiscard]] std::string file(const std::string& name) const {
    std::ifstream in(scratch_.path() + "/" + name);
    std::stringstream text;
    text << in.rdbuf();
    return without_directory(text.str());
  }

  [[nodiscard]] std::string without_directory(std::string text) const {
    const std::string prefix = scratch_.path() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
    return text;
  }

  ScratchDirectory scratch_;
  PolicyApplyOptions options_;
  std::string out_;
  std::string err_;
};

TEST_F(PolicyApply, TellsTheDriftAndWritesNothingInADryRun) {
  options_.run = ApplyRun::dry;
  EXPECT_EQ(run(), 2);
  EXPECT_TRUE(out_.starts_with(R"(edge1.toml: 7 differences, not written
  organization AcceptedDomains: [] (default) -> ["contoso.com"] (contoso.toml:3)
  TransportConfig TLSSendDomainSecureList: ["fabrikam.com"] (edge1.toml:3) -> ["woodgrovebank.com"] (contoso.toml:5)
  TransportConfig TLSReceiveDomainSecureList: [] (default) -> ["woodgrovebank.com"] (contoso.toml:6)
  SendConnector Internet Name: "internet" (edge1.toml:6) -> "Internet" (contoso.toml:8)
  SendConnector Internet Fqdn: not set (default) -> "mail.contoso.com" (contoso.toml:9)
  SendConnector Internet DomainSecureEnabled: false (default) -> true (contoso.toml:11)
  SendConnector Local: not in the organisation (edge1.toml:8)
edge2.toml: 4 differences, not written
)")) << out_;
  EXPECT_NE(out_.find("  SendConnector Internet: missing here (contoso.toml:7)\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find("DS301 receive-inert [R30] "), std::string::npos) << out_;
  EXPECT_NE(out_.find("    repair on this Edge: Set-ReceiveConnector Internet -DomainSecureEnabled $true\n"), std::string::npos) << out_;
  EXPECT_EQ(file("edge1.toml"), edge1);
  EXPECT_EQ(file("edge2.toml"), edge2);
}

TEST_F(PolicyApply, PutsTheOrganisationOnEachEdgeAndLeavesTheRest) {
  EXPECT_EQ(run(), 2);   // the second Edge lacks DomainSecureEnabled
  EXPECT_NE(out_.find("edge1.toml: 7 differences, written\n"), std::string::npos) << out_;
  EXPECT_EQ(file("edge1.toml"), R"(# the first Edge
[TransportConfig]
TLSSendDomainSecureList = ["woodgrovebank.com"]   # local
ReceiveProtocolLogPath = "logs"
TLSReceiveDomainSecureList = ["woodgrovebank.com"]
[[SendConnector]]
Name = "Internet"
AddressSpaces = ["*"]   # as before
Fqdn = "mail.contoso.com"
DomainSecureEnabled = true
[[ReceiveConnector]]
Name = "Internet"
DomainSecureEnabled = true

[organization]
AcceptedDomains = ["contoso.com"]

[EdgeSubscription]
Organization = "contoso.toml"
Applied = "2026-11-22T09:00:00Z"
)");
  const std::string once = file("edge1.toml");
  options_.at = pki::read_rfc3339("2026-11-23T09:00:00Z");
  options_.edges.resize(1);
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(out_, "edge1.toml: as its organisation\n");
  EXPECT_EQ(file("edge1.toml"), once);
}

/// After subscription the Edge's own changes of what is replicated are refused; its receive connectors stay its own.
TEST_F(PolicyApply, RefusesEdgeLocalChangesAfterwards) {
  (void)run();
  const std::string edge = options_.edges[0];
  exchange::Configuration configuration(edge);
  exchange::Organisation local = configuration.organisation();
  local.send_connectors[0].domain_secure_enabled.value = false;
  try {
    configuration.replace(local);
    ADD_FAILURE() << "written";
  } catch (const exchange::ConfigError& error) {
    EXPECT_EQ(without_directory(error.what()),
              "edge1.toml:19:1: SendConnector Internet DomainSecureEnabled cannot be changed here: this Edge is subscribed to "
              "contoso.toml; change it there and copy it with domsec policy apply");
  }
  local = configuration.organisation();
  local.receive_connectors[0].require_tls.value = true;
  configuration.replace(local);
  EXPECT_NE(file("edge1.toml").find("RequireTLS = true\n"), std::string::npos);

  (void)scratch_.write("contoso.toml", std::string(contoso) + "RequireTLS = true\n");
  options_.run = ApplyRun::dry;
  options_.edges.resize(1);
  EXPECT_EQ(run(), 2);
  EXPECT_EQ(out_, "edge1.toml: 1 difference, not written\n  SendConnector Internet RequireTLS: false (default) -> true (contoso.toml:12)\n");
}

TEST_F(PolicyApply, WritesNoEdgeWhenOneIsRefused) {
  (void)scratch_.write("edge2.toml", "[[ReceiveConnector]\n");
  EXPECT_EQ(run(), 2);
  EXPECT_TRUE(err_.starts_with("edge2.toml:1:")) << err_;
  EXPECT_EQ(out_, "");
  EXPECT_EQ(file("edge1.toml"), edge1);
  (void)scratch_.write("edge2.toml", edge2);
  options_.edges = {options_.edges[0], scratch_.path() + "/./edge1.toml"};
  EXPECT_EQ(run(), 2);
  EXPECT_EQ(err_, "./edge1.toml: the file is named twice; give each Edge a configuration of its own\n");
  options_.edges.resize(1);
  EXPECT_EQ(run(), 0);
  options_.organisation = options_.edges[0];
  options_.edges = {scratch_.path() + "/edge2.toml"};
  EXPECT_EQ(run(), 2);
  EXPECT_EQ(err_, "edge1.toml:19: edge1.toml is the configuration of an Edge; name the organisation's own file\n");
}

TEST_F(PolicyApply, ReportsAsJson) {
  options_.form = PolicyForm::json;
  options_.edges.resize(1);
  EXPECT_EQ(run(), 0);
  EXPECT_TRUE(out_.starts_with(R"({"schema":"domsec.apply/1","edges":[{"edge":"edge1.toml","differences":[{"object":"organization",)")) << out_;
  EXPECT_NE(out_.find(R"("on_edge":["fabrikam.com"],"in_organisation":["woodgrovebank.com"],"edge_origin":{"file":"edge1.toml","line":3})"),
            std::string::npos)
      << out_;
  EXPECT_NE(out_.find(R"("findings":[],"written":true}],"exit_code":0})"), std::string::npos) << out_;
}

}  // namespace
}  // namespace domsec::cli
