#include "domsec/pki/name_match.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <random>
#include <string>
#include <vector>

namespace domsec::pki {
namespace {

using namespace std::string_literals;

struct Row {
  const char* name;
  std::string presented;  // as the only dNSName
  std::string reference;
  bool exact;
  bool subdomains;
  const char* why = nullptr;  // in subdomains mode
};

Certificate with_names(std::vector<std::string> dns_names, std::vector<std::string> common_names = {}) {
  Certificate leaf;
  leaf.dns_names = std::move(dns_names);
  leaf.common_names = std::move(common_names);
  return leaf;
}

NameRule mode(NameMatchMode of) {
  NameRule rule;
  rule.mode = of;
  return rule;
}

const std::vector<Row>& rows() {
  static const std::string label63(63, 'a');
  static const std::string label64(64, 'a');
  static const std::vector<Row> table = {
      {"equal", "contoso.com", "contoso.com", true, true, "equal"},
      {"case does not matter", "ConToso.COM", "contoso.com", true, true},
      {"case of the reference does not matter", "contoso.com", "CONTOSO.com", true, true},
      {"trailing dot in the certificate", "contoso.com.", "contoso.com", true, true},
      {"trailing dot in the reference", "contoso.com", "contoso.com.", true, true},
      {"two trailing dots", "contoso.com..", "contoso.com", false, false, "empty label"},
      {"host below", "mail1.contoso.com", "contoso.com", false, true, "a host below contoso.com"},
      {"host two below", "mail2.mail.contoso.com", "contoso.com", false, true},
      {"label alignment", "evilcontoso.com", "contoso.com", false, false, "another domain"},
      {"label alignment with a host", "mail.evilcontoso.com", "contoso.com", false, false, "another domain"},
      {"domain in the middle", "contoso.com.evil.example", "contoso.com", false, false, "another domain"},
      {"parent never matches", "contoso.com", "eu.contoso.com", false, false, "the parent domain"},
      {"top-level domain never matches", "com", "contoso.com", false, false, "the parent domain"},
      {"sibling never matches", "us.contoso.com", "eu.contoso.com", false, false, "another domain"},
      {"other top-level domain", "contoso.net", "contoso.com", false, false, "another domain"},
      {"wildcard covers a host of one label", "*.contoso.com", "www.contoso.com", true, true},
      {"wildcard, case", "*.CONTOSO.com", "www.contoso.com", true, true},
      {"wildcard does not cover two labels", "*.contoso.com", "www.eu.contoso.com", false, false,
       "a wildcard covers one label only"},
      {"wildcard of a sub-domain does not cover two labels", "*.eu.contoso.com", "www.uk.eu.contoso.com",
       false, false, "a wildcard covers one label only"},
      {"wildcard is a host below its own domain", "*.contoso.com", "contoso.com", false, true,
       "a wildcard below contoso.com"},
      {"deeper wildcard is below the domain", "*.mail.contoso.com", "contoso.com", false, true},
      {"wildcard of another top-level domain", "*.contoso.net", "www.contoso.com", false, false,
       "another domain"},
      {"wildcard label alignment", "*.contoso.com", "www.evilcontoso.com", false, false, "another domain"},
      {"partial wildcard w*", "w*.contoso.com", "www.contoso.com", false, false,
       "a wildcard must be the whole left-most label"},
      {"partial wildcard *w", "*w.contoso.com", "www.contoso.com", false, false},
      {"partial wildcard is no host below either", "w*.contoso.com", "contoso.com", false, false},
      {"wildcard in the middle", "www.*.contoso.com", "www.eu.contoso.com", false, false},
      {"two wildcards", "*.*.contoso.com", "www.eu.contoso.com", false, false},
      {"A-label with a star", "xn--*.contoso.com", "xn--mnchen-3ya.contoso.com", false, false},
      {"star alone", "*", "contoso.com", false, false, "a star alone covers nothing"},
      {"star and a dot", "*.", "contoso.com", false, false},
      {"over-wide wildcard", "*.com", "contoso.com", false, false, "wildcard below a top-level domain"},
      {"over-wide wildcard with a trailing dot", "*.com.", "contoso.com", false, false,
       "wildcard below a top-level domain"},
      {"empty", "", "contoso.com", false, false, "empty"},
      {"a dot", ".", "contoso.com", false, false, "empty label"},
      {"leading dot", ".contoso.com", "contoso.com", false, false, "empty label"},
      {"empty label within", "mail..contoso.com", "contoso.com", false, false, "empty label"},
      {"NUL after the domain", "contoso.com\0.evil.example"s, "contoso.com", false, false, "embedded NUL"},
      {"NUL before the domain", "evil.example\0.contoso.com"s, "contoso.com", false, false, "embedded NUL"},
      {"NUL at the end", "contoso.com\0"s, "contoso.com", false, false, "embedded NUL"},
      {"line feed", "contoso.com\n", "contoso.com", false, false, "control character"},
      {"delete character", "con\x7Ftoso.com", "contoso.com", false, false, "control character"},
      {"space", "mail contoso.com", "contoso.com", false, false, "not a host name"},
      {"a space before the domain", "x .contoso.com", "contoso.com", false, false, "not a host name"},
      {"several names in one entry", "contoso.com,evil.example", "contoso.com", false, false},
      {"an e-mail address", "postmaster@contoso.com", "contoso.com", false, false, "not a host name"},
      {"a URI", "https://mail.contoso.com", "contoso.com", false, false, "not a host name"},
      {"hyphen at the edge", "-.contoso.com", "contoso.com", false, false, "not a host name"},
      {"underscore is taken", "_smtp.contoso.com", "contoso.com", false, true},
      {"A-label", "xn--mnchen-3ya.example", "xn--mnchen-3ya.example", true, true},
      {"U-label against its A-label", "m\xC3\xBCnchen.example", "xn--mnchen-3ya.example", false, false,
       "not in A-label form"},
      {"U-label below the domain", "m\xC3\xBC.contoso.com", "contoso.com", false, false,
       "not in A-label form"},
      {"8-bit octet that is no UTF-8", "\xFF.contoso.com", "contoso.com", false, false,
       "not in A-label form"},
      {"ideographic full stop",
       "mail\xE3\x80\x82"
       "contoso.com",
       "contoso.com", false, false, "not in A-label form"},
      {"address as dNSName", "192.0.2.1", "192.0.2.1", false, false},
      {"wildcard in an address", "*.0.2.1", "192.0.2.1", false, false},
      {"address below a domain of digits", "1.contoso.com", "contoso.com", false, true},
      {"label of 63 octets", label63 + ".contoso.com", "contoso.com", false, true},
      {"label of 64 octets", label64 + ".contoso.com", "contoso.com", false, false,
       "label longer than 63 octets"},
      {"longer than 253 octets", label63 + "." + label63 + "." + label63 + "." + label63 + ".contoso.com",
       "contoso.com", false, false, "longer than 253 octets"},
      {"one label equals", "localhost", "localhost", true, true},
      {"nothing is below one label", "contoso.com", "com", false, false, "no host is below a single label"},
      {"no wildcard below one label", "*.contoso.com", "com", false, false},
      {"reference that is empty", "contoso.com", "", false, false, "the reference is no domain name: empty"},
      {"reference with a leading dot", "mail.contoso.com", ".contoso.com", false, false},
      {"reference that is a wildcard", "*.contoso.com", "*.contoso.com", false, false,
       "the reference is no domain name: a wildcard"},
      {"reference with a NUL", "contoso.com", "contoso.com\0"s, false, false},
      {"reference that is an address", "192.0.2.1", "192.0.2.1", false, false},
  };
  return table;
}

TEST(NameMatch, FollowsTheTableInBothModes) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const Certificate leaf = with_names({row.presented});
    const NameMatch exact = match_name(leaf, {row.reference}, mode(NameMatchMode::exact));
    const NameMatch below = match_name(leaf, {row.reference}, mode(NameMatchMode::subdomains));
    EXPECT_EQ(exact.matches, row.exact);
    EXPECT_EQ(below.matches, row.subdomains);
    EXPECT_EQ(exact.other_mode_matches, row.subdomains);
    EXPECT_EQ(below.other_mode_matches, row.exact);
    ASSERT_EQ(below.attempts.size(), 1U);
    EXPECT_EQ(below.attempts[0].matches, row.subdomains);
    EXPECT_FALSE(below.attempts[0].why.empty());
    if (row.why != nullptr) {
      EXPECT_EQ(below.attempts[0].why, row.why);
    }
    EXPECT_EQ(below.by.has_value(), row.subdomains);
  }
}

TEST(NameMatch, TheCommonNameIsReadByTheSameTable) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const NameMatch match = match_name(with_names({}, {row.presented}), {row.reference});
    EXPECT_EQ(match.matches, row.subdomains);
    EXPECT_EQ(match.only_by_common_name, row.subdomains);
  }
}

TEST(NameMatch, CoversHostIsTheExactModeForEveryHost) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(covers_host(row.presented, row.reference), row.exact);
    const std::vector<std::string> keys = covering_keys(row.reference);
    const std::string key = covering_key(row.presented);
    EXPECT_EQ(!key.empty() && std::ranges::find(keys, key) != keys.end(), row.exact);
  }
}

TEST(NameMatch, TheApexOfAWildcardMatchesOnlyWhenAskedFor) {
  NameRule rule = mode(NameMatchMode::exact);
  EXPECT_FALSE(match_name(with_names({"*.contoso.com"}), {"contoso.com"}, rule).matches);
  rule.wildcard_apex = WildcardApex::accept;
  EXPECT_TRUE(match_name(with_names({"*.contoso.com"}), {"contoso.com"}, rule).matches);
  EXPECT_FALSE(match_name(with_names({"*.com"}), {"com"}, rule).matches);
  EXPECT_FALSE(match_name(with_names({"*.eu.contoso.com"}), {"contoso.com"}, rule).matches);
  EXPECT_FALSE(covers_host("*.contoso.com", "contoso.com"));
}

TEST(NameMatch, AReferenceWithSubdomainsTakesTheDomainAndAllBelowItInBothModes) {
  struct {
    const char* name;
    const char* presented;
    bool matches;
  } const table[] = {
      {"the base", "contoso.com", true},
      {"a host", "mail.contoso.com", true},
      {"a deep host", "a.b.c.contoso.com", true},
      {"a wildcard", "*.contoso.com", true},
      {"a deeper wildcard", "*.eu.contoso.com", true},
      {"not aligned", "evilcontoso.com", false},
      {"the parent", "com", false},
      {"a wildcard above", "*.com", false},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    for (const NameMatchMode of : {NameMatchMode::exact, NameMatchMode::subdomains}) {
      const NameMatch match = match_name(with_names({row.presented}), {"contoso.com", true}, mode(of));
      EXPECT_EQ(match.matches, row.matches);
      EXPECT_EQ(match.other_mode_matches, row.matches);
    }
  }
}

TEST(NameMatch, AddressesMailNamesAndUrisOfTheSanNeverMatch) {
  Certificate leaf;
  leaf.other_names = {"IP:192.0.2.1", "email:postmaster@contoso.com", "email:contoso.com",
                      "URI:https://contoso.com", "contoso.com"};
  const NameMatch match = match_name(leaf, {"contoso.com"});
  EXPECT_FALSE(match.matches);
  EXPECT_FALSE(match.other_mode_matches);
  ASSERT_EQ(match.attempts.size(), 5U);
  EXPECT_EQ(match.attempts[0].why, "not a dNSName");
  EXPECT_EQ(match.attempts[0].presented.text, "IP:192.0.2.1");
}

TEST(NameMatch, TheCommonNameCountsByRule) {
  struct {
    const char* name;
    std::vector<std::string> san;
    CommonName rule;
    bool matches;
  } const table[] = {
      {"always, with another SAN", {"other.example"}, CommonName::always, true},
      {"always, without SAN", {}, CommonName::always, true},
      {"without dNSName, with another SAN", {"other.example"}, CommonName::without_dns_names, false},
      {"without dNSName, without SAN", {}, CommonName::without_dns_names, true},
      {"never, with another SAN", {"other.example"}, CommonName::never, false},
      {"never, without SAN", {}, CommonName::never, false},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    NameRule rule;
    rule.common_name = row.rule;
    const NameMatch match = match_name(with_names(row.san, {"contoso.com"}), {"contoso.com"}, rule);
    EXPECT_EQ(match.matches, row.matches);
    EXPECT_EQ(match.only_by_common_name, row.matches);
    EXPECT_EQ(match.other_mode_matches, row.matches);
    ASSERT_EQ(match.attempts.size(), row.san.size() + 1);
    EXPECT_EQ(match.attempts.back().presented.source, PresentedId::Source::common_name);
  }
}

TEST(NameMatch, AnAddressInTheSanDoesNotSwitchTheCommonNameOff) {
  Certificate leaf = with_names({}, {"contoso.com"});
  leaf.other_names = {"IP:192.0.2.1"};
  NameRule rule;
  rule.common_name = CommonName::without_dns_names;
  EXPECT_TRUE(match_name(leaf, {"contoso.com"}, rule).matches);
}

TEST(NameMatch, AnUnreadableSanSwitchesTheCommonNameOffByEveryRule) {
  struct Case {
    const char* name;
    CommonName rule;
  };
  const Case table[] = {{"always", CommonName::always},
                        {"without dNSName", CommonName::without_dns_names},
                        {"never", CommonName::never}};
  for (const Case& row : table) {
    SCOPED_TRACE(row.name);
    Certificate leaf = with_names({}, {"contoso.com"});
    leaf.other_names = {"unreadable subjectAltName"};
    leaf.alternative_names_unreadable = true;
    NameRule rule;
    rule.common_name = row.rule;
    const NameMatch match = match_name(leaf, {"contoso.com"}, rule);
    EXPECT_FALSE(match.matches);
    EXPECT_FALSE(match.other_mode_matches);
    EXPECT_FALSE(match.by);
    ASSERT_EQ(match.attempts.size(), 2U);
    EXPECT_EQ(match.attempts[1].why, "the SAN cannot be read, and the CN does not stand in for it");
  }
}

TEST(NameMatch, EveryOneOfSeveralCommonNamesIsLookedAt) {
  const NameMatch match = match_name(with_names({}, {"Contoso Mail", "mail.contoso.com"}), {"contoso.com"});
  EXPECT_TRUE(match.matches);
  EXPECT_EQ(match.attempts[0].why, "not a host name");
  EXPECT_EQ(match.by->text, "mail.contoso.com");
}

TEST(NameMatch, NamesThePlainestProofSanBeforeCn) {
  struct {
    const char* name;
    std::vector<std::string> san;
    std::vector<std::string> cn;
    PresentedId::Source source;
    const char* by;
  } const table[] = {
      {"SAN before CN", {"*.contoso.com"}, {"contoso.com"}, PresentedId::Source::san, "*.contoso.com"},
      {"equal before below",
       {"mail.contoso.com", "Contoso.com"},
       {},
       PresentedId::Source::san,
       "Contoso.com"},
      {"below before wildcard",
       {"*.contoso.com", "mail.contoso.com"},
       {},
       PresentedId::Source::san,
       "mail.contoso.com"},
      {"the first of two alike",
       {"a.contoso.com", "b.contoso.com"},
       {},
       PresentedId::Source::san,
       "a.contoso.com"},
      {"CN when no SAN fits",
       {"other.example"},
       {"*.contoso.com", "contoso.com"},
       PresentedId::Source::common_name,
       "contoso.com"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    const NameMatch match = match_name(with_names(row.san, row.cn), {"contoso.com"});
    ASSERT_TRUE(match.matches);
    EXPECT_EQ(match.by->source, row.source);
    EXPECT_EQ(match.by->text, row.by);
    EXPECT_EQ(match.only_by_common_name, row.source == PresentedId::Source::common_name);
  }
}

TEST(NameMatch, ACertificateWithoutNamesMatchesNothing) {
  const NameMatch match = match_name(Certificate{}, {"contoso.com"});
  EXPECT_FALSE(match.matches);
  EXPECT_FALSE(match.by.has_value());
  EXPECT_TRUE(match.attempts.empty());
}

TEST(NameMatch, KeepsTwoHundredAttemptsAndStillFindsTheLast) {
  std::vector<std::string> names;
  for (int i = 0; i < 5000; ++i) names.push_back("host" + std::to_string(i) + ".example");
  names.emplace_back("mail.contoso.com");
  const NameMatch match = match_name(with_names(names), {"contoso.com"});
  EXPECT_TRUE(match.matches);
  EXPECT_EQ(match.by->text, "mail.contoso.com");
  EXPECT_EQ(match.attempts.size(), 200U);
  EXPECT_EQ(match.attempts_left_out, 4801U);
}

TEST(NameMatch, ArbitraryOctetsNeverMatchAndNeverCrash) {
  std::mt19937 random(20261122);
  std::uniform_int_distribution<int> octet(0, 255);
  std::uniform_int_distribution<int> length(0, 300);
  for (int i = 0; i < 3000; ++i) {
    std::string text(static_cast<std::size_t>(length(random)), '\0');
    for (char& c : text) c = static_cast<char>(octet(random));
    EXPECT_FALSE(
        match_name(with_names({text + "\x80.contoso.com"}, {text + "\0contoso.com"s}), {"contoso.com"})
            .matches);
    EXPECT_FALSE(covers_host("contoso.com", text));
  }
}

TEST(NameMatch, OneWrongOctetInTheDomainNeverMatches) {
  const std::string good = "mail.contoso.com";
  for (std::size_t at = 5; at < good.size(); ++at) {
    for (int octet = 0; octet < 256; ++octet) {
      std::string text = good;
      text[at] = static_cast<char>(octet);
      const bool same = octet == good[at] || (good[at] != '.' && octet == good[at] - 'a' + 'A');
      EXPECT_EQ(match_name(with_names({text}), {"contoso.com"}).matches, same) << at << ' ' << octet;
    }
  }
}

TEST(NameMatch, HasAWordForEachMode) {
  EXPECT_EQ(text(NameMatchMode::exact), "exact");
  EXPECT_EQ(text(NameMatchMode::subdomains), "subdomains");
  EXPECT_EQ(text(PresentedId::Source::san), "san");
  EXPECT_EQ(text(PresentedId::Source::common_name), "cn");
}

}  // namespace
}  // namespace domsec::pki
