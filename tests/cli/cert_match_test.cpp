// `domsec cert match` from files to exit code.
#include "domsec/cli/cert_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "domsec/cli/options.h"
#include "domsec/pki/bundle.h"
#include "support/pki.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;
using testing::crl_recipe;
using ::testing::HasSubstr;
using testing::leaf_recipe;
using ::testing::Not;
using testing::test_instant;
using testing::three_levels;

std::string pem(const pki::Chain& chain) {
  std::string text;
  for (const auto& certificate : chain) text += certificate->pem();
  return text;
}

class CertMatch : public ::testing::Test {
 protected:
  CertMatch() {
    pki::CertificateRecipe recipe = leaf_recipe({"mail.contoso.com"});
    good_ = three_levels().issuing.issue(recipe).chain;
    recipe.extended_key_usage = {"serverAuth"};
    server_only_ = three_levels().issuing.issue(recipe).chain;
    options.certificates = {files.write("good.pem", pem(good_))};
    options.roots = {files.write("roots.pem", pem(three_levels().anchors()))};
    options.at = test_instant;
  }

  int run() {
    std::ostringstream out;
    const int code = run_cert_match(options, out);
    text = out.str();
    return code;
  }

  json::array cells() {
    options.form = MatchForm::json;
    run();
    return json::parse(text).at("certificates").at(0).at("cells").as_array();
  }

  testing::TemporaryDirectory files;
  CertMatchOptions options;
  std::string text;
  pki::Chain good_, server_only_;
};

TEST_F(CertMatch, EndsWithOneWhereAStackRefuses) {
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(text, HasSubstr("  client accepts       accepts *     accepts *     accepts +     accepts\n"));
  options.certificates = {files.write("server.pem", pem(server_only_))};
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(text, HasSubstr("  client warns         refuses *     accepts *     accepts +     refuses\n"
                              "         DS121         DS121         (DS121)       (DS121)       DS121\n"));
  EXPECT_THAT(text, HasSubstr("postfix refuses the client: 421 4.7.1"));
  options.role = "server";
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(text, Not(HasSubstr("  client ")));
}

TEST_F(CertMatch, CountsAWarningOnlyWhenAsked) {
  options.certificates = {files.write("server.pem", pem(server_only_))};
  options.profile = "exchange";
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(text, HasSubstr("  as     exchange\n"));
  options.fail_on = {"warn"};
  EXPECT_EQ(run(), 1);
}

TEST_F(CertMatch, ComparesANameAndListsOnlyWhenGiven) {
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(text, HasSubstr("asked  no name (give --name); no revocation (give --crl-file)"));
  options.name = "fabrikam.com";
  EXPECT_EQ(run(), 1);
  options.name = "Contoso.com";  // the domain, for Exchange's rules
  options.role = "client";
  options.profile = "exchange";
  EXPECT_EQ(run(), 0);
  options.name_match = "exact";
  EXPECT_EQ(run(), 1);
  options.name = "mail.contoso.com";
  options.crl_files = {
      files.write("root.crl", three_levels().root.crl(crl_recipe())),
      files.write("issuing.crl", three_levels().issuing.crl(crl_recipe({good_.front()->serial})))};
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(text, HasSubstr("revocation by 2 lists"));
  EXPECT_THAT(text, HasSubstr("DS105 certificate-revoked"));
}

TEST_F(CertMatch, TakesIntermediatesFromTheChainFile) {
  options.certificates = {files.write("leaf.pem", pem({good_.front()}))};
  EXPECT_EQ(run(), 1);
  options.chain = files.write("chain.pem", pem({good_.begin() + 1, good_.end()}));
  EXPECT_EQ(run(), 0);
  options.certificates.push_back(options.certificates.front());
  EXPECT_THROW(run(), UsageError);
}

TEST_F(CertMatch, GivesABlockForEachCertificate) {
  options.certificates.push_back(files.write("server.pem", pem(server_only_)));
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(text, HasSubstr("good.pem: CN=mail.contoso.com"));
  EXPECT_THAT(text, HasSubstr("server.pem: CN=mail.contoso.com"));
  EXPECT_EQ(text.find("* proved"), text.rfind("* proved"));  // one legend
}

TEST_F(CertMatch, SaysTheSettingsWhenAsked) {
  run();
  EXPECT_THAT(text, Not(HasSubstr("smtpd_tls_req_ccert")));
  options.form = MatchForm::settings;
  run();
  EXPECT_THAT(text, HasSubstr("smtpd_tls_req_ccert = yes"));
}

TEST_F(CertMatch, WritesTheMatrixAsADocument) {
  options.certificates = {files.write("server.pem", pem(server_only_))};
  const json::array found = cells();
  ASSERT_EQ(found.size(), 10U);
  const json::object& postfix = found.at(6).as_object();
  EXPECT_EQ(postfix.at("shown_as"), "client");
  EXPECT_EQ(postfix.at("profile"), "postfix");
  EXPECT_EQ(postfix.at("outcome"), "refuses");
  EXPECT_EQ(postfix.at("code"), "DS121");
  EXPECT_EQ(postfix.at("standing"), "proved");
  const json::object& exim = found.at(7).as_object();
  EXPECT_EQ(exim.at("outcome"), "accepts");
  EXPECT_EQ(exim.at("findings").at(0).at("looked_at"), false);
  const json::value document = json::parse(text);
  EXPECT_EQ(document.at("schema"), "domsec.certificate-match/1");
  EXPECT_EQ(document.at("exit_code"), 1);
  EXPECT_EQ(document.at("profiles").at(1).at("proved_with"), "Postfix 3.7.11");
}

TEST_F(CertMatch, RefusesWhatItCannotRead) {
  const auto with = [&](auto change) {
    CertMatchOptions kept = options;
    change(options);
    EXPECT_THROW(run(), UsageError);
    options = kept;
  };
  with([](CertMatchOptions& o) { o.profile = "sendmail"; });
  with([](CertMatchOptions& o) { o.role = "peer"; });
  with([](CertMatchOptions& o) { o.name = "not a name"; });
  with([](CertMatchOptions& o) { o.name_match = "loose"; });
  with([](CertMatchOptions& o) { o.fail_on = {"always"}; });
  options.crl_files = options.roots;  // certificates, no lists
  EXPECT_THROW(run(), pki::BundleError);
  options.crl_files = {};
  options.certificates = {files.path() + "/absent.pem"};
  EXPECT_THROW(run(), pki::BundleError);
}

}  // namespace
}  // namespace domsec::cli
