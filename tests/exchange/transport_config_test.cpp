#include "domsec/exchange/transport_config.h"

#include <gtest/gtest.h>

namespace domsec::exchange {
namespace {

using Texts = std::vector<std::string>;

Texts entries(const DomainSecureList& list) {
  Texts out;
  for (const smtp::Domain& domain : list.domains()) out.push_back(domain.text());
  return out;
}

smtp::Domain domain(const char* text) { return smtp::Domain::parse(text).value(); }

TEST(DomainSecureList, IsEmptyAtFirst) {
  const TransportConfig config;
  EXPECT_TRUE(config.tls_send_domain_secure_list.domains().empty());
  EXPECT_TRUE(config.tls_receive_domain_secure_list.domains().empty());
  EXPECT_FALSE(config.tls_send_domain_secure_list.lists(domain("woodgrovebank.com")));
  EXPECT_EQ(config.tls_send_domain_secure_list.name(), "TLSSendDomainSecureList");
  EXPECT_EQ(config.tls_receive_domain_secure_list.name(), "TLSReceiveDomainSecureList");
}

enum class Edit { assign, add, remove };
struct Step {
  Edit edit;
  Texts entries;
};

TEST(DomainSecureList, FollowsExchangesListSemantics) {
  struct Row {
    const char* name;
    std::vector<Step> steps;
    Texts left;
  };
  const std::vector<Row> rows{
      {"assignment replaces all values (R2)",
       {{Edit::assign, {"a.com"}}, {Edit::assign, {"b.com"}}},
       {"b.com"}},
      {"append keeps, remove takes away (R3)",
       {{Edit::assign, {"a.com"}}, {Edit::add, {"b.com"}}, {Edit::remove, {"a.com"}}},
       {"b.com"}},
      {"append to the empty list (SC-10: domains without a star)", {{Edit::add, {"a.com", "b.com"}}}, {"a.com", "b.com"}},
      {"append of a present entry changes nothing",
       {{Edit::assign, {"a.com"}}, {Edit::add, {"A.COM"}}},
       {"a.com"}},
      {"remove of an absent entry changes nothing",
       {{Edit::assign, {"a.com"}}, {Edit::remove, {"b.com"}}},
       {"a.com"}},
      {"remove folds case and the final dot",
       {{Edit::assign, {"a.com", "b.com"}}, {Edit::remove, {"B.Com."}}},
       {"a.com"}},
      {"equal entries of one assignment count once",
       {{Edit::assign, {"b.com", "a.com", "B.com"}}},
       {"b.com", "a.com"}},
      {"assignment of nothing empties the list", {{Edit::assign, {"a.com"}}, {Edit::assign, {}}}, {}},
      {"the order is the one written",
       {{Edit::assign, {"z.com"}}, {Edit::add, {"a.com"}}},
       {"z.com", "a.com"}},
      {"removed and added again stands last",
       {{Edit::assign, {"a.com", "b.com"}}, {Edit::remove, {"a.com"}}, {Edit::add, {"a.com"}}},
       {"b.com", "a.com"}},
      {"U-labels become A-labels",
       {{Edit::assign,
         {"b\xc3\xbc"
          "cher.example"}}},
       {"xn--bcher-kva.example"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    DomainSecureList list("TLSSendDomainSecureList");
    for (const Step& step : row.steps) {
      std::optional<ListError> error;
      switch (step.edit) {
        case Edit::assign: error = list.assign(step.entries); break;
        case Edit::add: error = list.add(step.entries); break;
        case Edit::remove: error = list.remove(step.entries); break;
      }
      EXPECT_FALSE(error) << error->what;
    }
    EXPECT_EQ(entries(list), row.left);
    for (const std::string& left : row.left) EXPECT_TRUE(list.lists(domain(left.c_str())));
  }
}

TEST(DomainSecureList, ListsExactlyTheDomain) {
  DomainSecureList list("TLSSendDomainSecureList");
  ASSERT_FALSE(list.assign({"Contoso.com"}));
  EXPECT_TRUE(list.lists(domain("contoso.COM.")));
  EXPECT_FALSE(list.lists(domain("eu.contoso.com")));
  EXPECT_FALSE(list.lists(domain("evilcontoso.com")));
  EXPECT_FALSE(list.lists(domain("com")));
}

TEST(DomainSecureList, RefusesWhatIsNoDomainAndNamesTheList) {
  struct Row {
    const char* name;
    std::string entry;
    const char* message;
  };
  const std::vector<Row> rows{
      {"star (R4, SC-10)", "*",
       "TLSReceiveDomainSecureList: \"*\" has a wildcard, which this list does not support; list each domain "
       "and sub-domain by "
       "itself (DS303)"},
      {"wildcard (R4)", "*.woodgrovebank.com",
       "TLSReceiveDomainSecureList: \"*.woodgrovebank.com\" has a wildcard, which this list does not "
       "support; list each domain "
       "and sub-domain by itself (DS303)"},
      {"empty", "",
       "TLSReceiveDomainSecureList: an entry is empty; write a domain such as contoso.com or remove the "
       "entry (DS303)"},
      {"blank", "  ",
       "TLSReceiveDomainSecureList: an entry is empty; write a domain such as contoso.com or remove the "
       "entry (DS303)"},
      {"empty label", "a..com",
       "TLSReceiveDomainSecureList: \"a..com\" is not an SMTP domain; write a domain such as contoso.com "
       "(DS303)"},
      {"leading dot", ".a.com",
       "TLSReceiveDomainSecureList: \".a.com\" is not an SMTP domain; write a domain such as contoso.com "
       "(DS303)"},
      {"address", "x@a.com",
       "TLSReceiveDomainSecureList: \"x@a.com\" is an address; write only the domain after the @ (DS303)"},
      {"NUL within", std::string("a.com\0.b.com", 12),
       "TLSReceiveDomainSecureList: \"a.com\\x00.b.com\" is not an SMTP domain; write a domain such as "
       "contoso.com (DS303)"},
      {"terminal escape", "\x1b[2J",
       "TLSReceiveDomainSecureList: \"\\x1b[2J\" is not an SMTP domain; write a domain such as contoso.com "
       "(DS303)"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    DomainSecureList list("TLSReceiveDomainSecureList");
    ASSERT_FALSE(list.assign({"kept.com"}));
    for (const auto edit : {&DomainSecureList::assign, &DomainSecureList::add, &DomainSecureList::remove}) {
      const auto error = (list.*edit)({"good.com", row.entry});
      ASSERT_TRUE(error);
      EXPECT_EQ(error->what, row.message);
      EXPECT_EQ(entries(list), Texts{"kept.com"}) << "an error changes nothing";
    }
  }
}

TEST(DomainSecureList, CutsALongEntryInTheMessage) {
  DomainSecureList list("TLSSendDomainSecureList");
  const auto error = list.assign({std::string(100'000, 'a')});
  ASSERT_TRUE(error);
  EXPECT_LT(error->what.size(), 200U);
}

TEST(Origin, SaysWhereAValueCameFrom) {
  EXPECT_EQ(Origin{}.text(), "default");
  EXPECT_EQ((Origin{"domsec.toml", 4}.text()), "domsec.toml:4");
  EXPECT_EQ((Origin{"--cert", 0}.text()), "--cert");
}

}  // namespace
}  // namespace domsec::exchange
