#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "domsec/cli/options.h"
#include "domsec/cli/verify.h"
#include "domsec/pki/bundle.h"
#include "support/pki.h"

namespace domsec::cli {
namespace {

using domsec::testing::crl_recipe;
using domsec::testing::test_instant;
using domsec::testing::three_levels;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// The files of one certificate, as an operator has them.
struct Files {
  domsec::testing::TemporaryDirectory directory;
  pki::Credentials leaf = three_levels().leaf("mail.contoso.com");
  VerifyOptions options;

  Files() {
    options.leaf = directory.write("leaf.pem", leaf.chain[0]->pem());
    options.intermediates = {directory.write("more.pem", leaf.chain[1]->pem() + leaf.chain[2]->pem())};
    options.trust = {directory.write("roots.pem", three_levels().root.certificate()->pem())};
    options.time = pki::rfc3339(test_instant);
  }
};

struct Answer {
  int code = 0;
  std::string text;
};

Answer answer_to(const VerifyOptions& options) {
  std::ostringstream out;
  const int code = run_verify(options, test_instant, out);
  return {code, out.str()};
}

TEST(VerifyCommand, AcceptsAndShowsThePath) {
  Files files;
  files.options.names = {"dns:fabrikam.com", "dns:mail.contoso.com"};
  const Answer answer = answer_to(files.options);
  EXPECT_EQ(answer.code, 0);
  EXPECT_THAT(
      answer.text,
      StartsWith("accept\n  asked       2026-11-22T00:00:00Z, purpose any, revocation none\n  path "));
  EXPECT_THAT(answer.text, HasSubstr("[3] "));
  EXPECT_THAT(answer.text, HasSubstr(", trusted\n"));
  EXPECT_THAT(answer.text, HasSubstr("dns:fabrikam.com: no name of the leaf\n"));
  EXPECT_THAT(answer.text,
              HasSubstr("dns:mail.contoso.com: matches\n                san mail.contoso.com: matches\n"));
}

TEST(VerifyCommand, NamesEveryProblemAndItsCertificate) {
  Files files;
  files.options.time = "2036-11-22T00:00:00Z";
  files.options.names = {"dns:fabrikam.com", "ip:mail"};
  files.options.crl_check = "leaf";
  files.options.key_usage = {"keyCertSign"};
  const Answer answer = answer_to(files.options);
  EXPECT_EQ(answer.code, 1);
  EXPECT_THAT(answer.text,
              StartsWith("reject  crl_missing, expired, key_usage, name_invalid, name_mismatch\n"));
  EXPECT_THAT(answer.text, HasSubstr("expired: [0] CN=mail.contoso.com"));
  EXPECT_THAT(answer.text, HasSubstr("key_usage: [0] CN=mail.contoso.com, O=Contoso may not be used for\n"));
  EXPECT_THAT(answer.text, HasSubstr("name_mismatch: the leaf does not name dns:fabrikam.com"));
  EXPECT_THAT(answer.text, HasSubstr("name_invalid: ip:mail is no such name"));
  EXPECT_THAT(answer.text, HasSubstr("crl_missing: [0] CN=mail.contoso.com"));
}

TEST(VerifyCommand, ReadsListsAndTellsWhichSpoke) {
  Files files;
  const auto list = [](const pki::Authority& issuer, const std::vector<std::string>& revoked) {
    return issuer.crl(crl_recipe(revoked));
  };
  files.options.crl_check = "chain";
  files.options.lists = {files.directory.write("leaf.crl", list(three_levels().second, {})),
                         files.directory.write("second.crl", list(three_levels().issuing, {})),
                         files.directory.write("issuing.crl", list(three_levels().root, {}))};
  Answer answer = answer_to(files.options);
  EXPECT_EQ(answer.code, 0) << answer.text;
  EXPECT_THAT(answer.text, HasSubstr("leaf.crl (file)"));
  files.options.lists[0] =
      files.directory.write("revoked.crl", list(three_levels().second, {files.leaf.chain[0]->serial}));
  answer = answer_to(files.options);
  EXPECT_EQ(answer.code, 1);
  EXPECT_THAT(answer.text, StartsWith("reject  revoked\n"));
  EXPECT_THAT(answer.text, HasSubstr("problems    revoked: [0] CN=mail.contoso.com"));
  files.options.max_crl_age = 60;
  answer = answer_to(files.options);
  EXPECT_THAT(answer.text, StartsWith("reject  crl_expired, revoked\n"));
  EXPECT_THAT(answer.text, HasSubstr("crl_expired: [0] CN=mail.contoso.com"));
  EXPECT_THAT(answer.text, HasSubstr("crl_expired: [1] "));
}

TEST(VerifyCommand, TakesDerAndEmptyFilesOfIntermediatesAndRoots) {
  Files files;
  const pki::Bytes der = files.leaf.chain[0]->der();
  files.options.leaf = files.directory.write("leaf.der", std::string(der.begin(), der.end()));
  EXPECT_EQ(answer_to(files.options).code, 0);
  files.options.trust = {files.directory.write("none.pem", "")};
  files.options.intermediates = files.options.trust;
  EXPECT_EQ(answer_to(files.options).code, 1);
}

TEST(VerifyCommand, SaysInJsonWhatTheBatchSays) {
  Files files;
  files.options.form = VerifyForm::json;
  files.options.names = {"dns:fabrikam.com"};
  const Answer answer = answer_to(files.options);
  EXPECT_EQ(answer.code, 1);
  const boost::json::object document = boost::json::parse(answer.text).as_object();
  EXPECT_EQ(document.at("result"), "reject");
  EXPECT_EQ(document.at("reason"), "name_mismatch");
  EXPECT_EQ(document.at("problems"), (boost::json::array{"name_mismatch"}));
  EXPECT_EQ(document.at("revocation"), "off");
  EXPECT_EQ(document.at("chain").as_array().size(), 4U);
  const boost::json::object& details = document.at("details").as_object();
  EXPECT_EQ(details.at("path").as_array().size(), 4U);
  EXPECT_EQ(details.at("names").as_array().at(0).at("attempts").as_array().at(0).at("presented"),
            "mail.contoso.com");
}

TEST(VerifyCommand, RefusesWhatItCannotReadInOneSentence) {
  Files files;
  files.options.form = VerifyForm::json;
  const struct {
    const char* name;
    void (*spoil)(Files&);
    const char* words;
  } rows[] = {
      {"no file", [](Files& all) { all.options.leaf = all.directory.path() + "/gone.pem"; },
       "check the path"},
      {"no certificate", [](Files& all) { all.options.leaf = all.directory.write("x", "hello"); },
       "neither PEM"},
      {"no root", [](Files& all) { all.options.trust = {all.directory.write("x", "hello")}; }, "neither PEM"},
      {"no list", [](Files& all) { all.options.lists = {all.options.leaf}; }, "no revocation list"},
      {"no time", [](Files& all) { all.options.time = "today"; }, "2026-11-22T09:15:02Z"},
      {"no kind of name", [](Files& all) { all.options.names = {"mail.contoso.com"}; }, "dns:HOST"},
      {"no purpose", [](Files& all) { all.options.purpose = "mail"; }, "server, client"},
      {"no level", [](Files& all) { all.options.security_level = 9; }, "from 0 to 5"},
      {"no usage", [](Files& all) { all.options.key_usage = {"signing"}; }, "digitalSignature"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Files spoilt;
    spoilt.options.form = VerifyForm::json;
    row.spoil(spoilt);
    std::ostringstream out;
    std::string sentence;
    try {
      (void)run_verify(spoilt.options, test_instant, out);
    } catch (const pki::BundleError& error) {
      sentence = error.what();
    } catch (const UsageError& error) {
      sentence = error.what();
    }
    EXPECT_THAT(sentence, HasSubstr(row.words));
    EXPECT_EQ(out.str(), "{\"result\":\"reject\",\"reason\":\"parse\",\"problems\":[\"parse\"]}\n");
  }
}

}  // namespace
}  // namespace domsec::cli
