#include "domsec/policy/connector_choice.h"

#include <gtest/gtest.h>

namespace domsec::policy {
namespace {

exchange::SendConnector connector(std::string name, const std::vector<std::string>& spaces,
                                  bool enabled = true) {
  exchange::SendConnector made;
  made.name = std::move(name);
  for (const std::string& space : spaces)
    made.address_spaces.push_back(exchange::read_address_space(space).value());
  made.enabled = enabled;
  return made;
}

TEST(ConnectorChoice, TakesTheMostSpecificThenTheCheapestThenTheFirstName) {
  struct Row {
    const char* name;
    std::vector<exchange::SendConnector> connectors;
    const char* domain;
    const char* chosen;
    const char* reason;
  };
  const std::vector<Row> rows{
      {"only one",
       {connector("Internet", {"*"})},
       "a.com",
       "Internet",
       "address space * is the only one that takes the domain"},
      {"exact beats the star",
       {connector("Internet", {"*"}), connector("Partner", {"a.com"})},
       "a.com",
       "Partner",
       "address space a.com is more specific than * of Internet"},
      {"exact does not cover sub-domains",
       {connector("Internet", {"*"}), connector("Partner", {"a.com"})},
       "b.a.com",
       "Internet",
       "address space * is the only one that takes the domain"},
      {"*.a.com covers a.com",
       {connector("Internet", {"*"}), connector("Partner", {"*.a.com"})},
       "a.com",
       "Partner",
       "address space *.a.com is more specific than * of Internet"},
      {"*.a.com covers deep sub-domains",
       {connector("Internet", {"*"}), connector("Partner", {"*.a.com"})},
       "d.c.b.a.com",
       "Partner",
       "address space *.a.com is more specific than * of Internet"},
      {"*.a.com does not cover xa.com",
       {connector("Internet", {"*"}), connector("Partner", {"*.a.com"})},
       "xa.com",
       "Internet",
       "address space * is the only one that takes the domain"},
      {"exact beats *.a.com even at a higher cost",
       {connector("P", {"*.a.com;1"}), connector("Q", {"a.com;100"})},
       "a.com",
       "Q",
       "address space a.com;100 is more specific than *.a.com;1 of P"},
      {"longer *. wins",
       {connector("P", {"*.a.com"}), connector("Q", {"*.b.a.com"})},
       "c.b.a.com",
       "Q",
       "address space *.b.a.com is more specific than *.a.com of P"},
      {"lower cost wins",
       {connector("P", {"*;20"}), connector("Q", {"*;10"})},
       "a.com",
       "Q",
       "address space *;10 costs 10, less than *;20 of P (20)"},
      {"first name wins",
       {connector("Q", {"*"}), connector("P", {"*"})},
       "a.com",
       "P",
       "address space * ties with * of Q, and the name P comes first"},
      {"disabled takes nothing",
       {connector("P", {"a.com"}, false), connector("Q", {"*"})},
       "a.com",
       "Q",
       "address space * is the only one that takes the domain"},
      {"none",
       {connector("P", {"b.com"})},
       "a.com",
       nullptr,
       "no enabled send connector has an address space for a.com"},
      {"none enabled",
       {connector("P", {"*"}, false)},
       "a.com",
       nullptr,
       "no enabled send connector has an address space for a.com; 1 with one is disabled"},
      {"no address space",
       {connector("P", {})},
       "a.com",
       nullptr,
       "no enabled send connector has an address space for a.com"},
      {"no connectors", {}, "a.com", nullptr, "no enabled send connector has an address space for a.com"},
      {"best of several spaces of one connector",
       {connector("P", {"*", "a.com"}), connector("Q", {"*.a.com"})},
       "a.com",
       "P",
       "address space a.com is more specific than *.a.com of Q"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const ConnectorChoice choice =
        choose_send_connector(row.connectors, smtp::Domain::parse(row.domain).value());
    ASSERT_EQ(choice.connector != nullptr, row.chosen != nullptr);
    EXPECT_EQ(choice.connector == nullptr ? "" : choice.connector->name,
              row.chosen == nullptr ? "" : row.chosen);
    EXPECT_EQ(choice.reason, row.reason);
  }
}

}  // namespace
}  // namespace domsec::policy
