#include "domsec/smtp/domain.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace domsec::smtp {
namespace {

using namespace std::string_literals;

std::string parsed(std::string_view text) {
  const std::optional<Domain> domain = Domain::parse(text);
  return domain ? domain->text() : "(refused)";
}

std::string name_of(std::size_t octets) {  // labels of 63 octets, the last one shorter
  std::string name;
  while (name.size() + 64 < octets) name += std::string(63, 'a') + '.';
  return name + std::string(octets - name.size(), 'b');
}

TEST(Domain, IsKeptAsLowerCaseALabelsWithoutTrailingDot) {
  struct Row {
    std::string name, text, kept;
  };
  const std::vector<Row> rows = {
      {"lower case", "contoso.com", "contoso.com"},
      {"upper case", "CONTOSO.Com", "contoso.com"},
      {"one trailing dot", "contoso.com.", "contoso.com"},
      {"single label", "localhost", "localhost"},
      {"label beginning with a digit", "3com.com", "3com.com"},
      {"numeric labels before the last", "1.2.3.example", "1.2.3.example"},
      {"hyphens inside", "a--b.c-d.example", "a--b.c-d.example"},
      {"an A-label", "XN--BCHER-KVA.example", "xn--bcher-kva.example"},
      {"an A-label that decodes to nothing", "xn--a.example", "xn--a.example"},
      {"a U-label", "bücher.example", "xn--bcher-kva.example"},
      {"a U-label in upper case", "BÜCHER.example", "xn--bcher-kva.example"},
      {"a U-label not in NFC", "bu\u0308cher.example", "xn--bcher-kva.example"},
      {"sharp s stays one letter", "straße.example", "xn--strae-oqa.example"},
      {"a U-label as the last label", "example.рф", "example.xn--p1ai"},
      {"label of 63 octets", std::string(63, 'a') + ".example", std::string(63, 'a') + ".example"},
      {"name of 253 octets", name_of(253), name_of(253)},
      {"name of 253 octets and a trailing dot", name_of(253) + ".", name_of(253)},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(parsed(row.text), row.kept);
  }
}

TEST(Domain, RefusesWhatIsNoDomain) {
  struct Row {
    std::string name, text;
  };
  const std::vector<Row> rows = {
      {"empty", ""},
      {"the root", "."},
      {"two trailing dots", "example.com.."},
      {"leading dot", ".example.com"},
      {"empty label", "a..b"},
      {"label of 64 octets", std::string(64, 'a') + ".example"},
      {"name of 254 octets", name_of(254)},
      {"very long", std::string(1 << 20, 'a')},
      {"many labels",
       [] {
         std::string s;
         for (int i = 0; i < 4000; ++i) s += "a.";
         return s + "example";
       }()},
      {"wildcard", "*.example.com"},
      {"underscore", "_dmarc.example.com"},
      {"blank inside", "exam ple.com"},
      {"blank at the end", "example.com "},
      {"tab", "example.com\t"},
      {"line end", "example.com\r\n"},
      {"NUL inside", "example.com\0.evil.example"s},
      {"NUL in a U-label", "b\xC3\xBC\0cher.example"s},
      {"DEL", "a\x7F.example"},
      {"leading hyphen", "-a.example"},
      {"trailing hyphen", "a-.example"},
      {"hyphen alone", "-"},
      {"empty A-label", "xn--.example"},
      {"an address", "192.0.2.1"},
      {"all-numeric last label", "example.123"},
      {"all-numeric single label", "2130706433"},
      {"an address literal", "[192.0.2.1]"},
      {"an IPv6 address", "2001:db8::1"},
      {"a mailbox", "user@example.com"},
      {"not UTF-8",
       "b\xFC"
       "cher.example"},
      {"overlong UTF-8",
       "a\xC0\xAE"
       "b.example"},
      {"truncated UTF-8", "b\xC3.example"},
      {"full-width letters that fold to ASCII", "ｅｘａｍｐｌｅ.com"},
      {"ideographic full stop inside a label", "bücher。example"},
      {"zero-width space", "exam\u200Bple.com"},
      {"U-label with a leading combining mark", "\u0308a.example"},
      {"U-label too long as an A-label",
       [] {
         std::string s;
         for (int i = 0; i < 70; ++i) s += "ü";
         return s;
       }() +
           ".example"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(parsed(row.text), "(refused)");
  }
}

TEST(Domain, ShowsULabelsWhereTheyConvertBothWays) {
  struct Row {
    std::string name, text, shown;
  };
  const std::vector<Row> rows = {
      {"plain", "contoso.com", "contoso.com"},
      {"A-label", "xn--bcher-kva.example", "bücher.example"},
      {"A-label that is none", "xn--a.example", "xn--a.example"},
      {"both kinds", "xn--a.xn--bcher-kva.example", "xn--a.bücher.example"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Domain::parse(row.text)->unicode(), row.shown);
  }
}

TEST(Domain, IsBelowOnlyAtALabelBoundary) {
  struct Row {
    std::string name, text, parent;
    bool below;
  };
  const std::vector<Row> rows = {
      {"one label more", "mail.contoso.com", "contoso.com", true},
      {"two labels more", "a.mail.contoso.com", "contoso.com", true},
      {"case does not matter", "MAIL.Contoso.com", "contoso.COM", true},
      {"the same name", "contoso.com", "contoso.com", false},
      {"same ending, other label", "evilcontoso.com", "contoso.com", false},
      {"the other way round", "contoso.com", "mail.contoso.com", false},
      {"unrelated", "fabrikam.com", "contoso.com", false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Domain::parse(row.text)->is_below(*Domain::parse(row.parent)), row.below);
  }
}

TEST(Domain, ComparesWithoutCaseAndAcrossLabelForms) {
  EXPECT_EQ(Domain::parse("BÜCHER.example."), Domain::parse("xn--bcher-kva.EXAMPLE"));
  EXPECT_NE(Domain::parse("a.example"), Domain::parse("b.example"));
}

TEST(HostName, IsLettersDigitsAndHyphensWithANonNumericEnd) {
  struct Row {
    std::string name, text;
    bool good;
  };
  const std::vector<Row> rows = {
      {"two labels", "mail.example", true},
      {"single label", "mail", true},
      {"absolute", "mail.example.", true},
      {"A-label", "xn--bcher-kva.example", true},
      {"U-label: certificates hold A-labels", "bücher.example", false},
      {"address", "192.0.2.1", false},
      {"short address", "127.1", false},
      {"IPv6 address", "::1", false},
      {"wildcard", "*.example", false},
      {"leading dot", ".example", false},
      {"NUL", "mail.example\0.evil"s, false},
      {"empty", "", false},
      {"underscore", "mail_1.example", false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(is_host_name(row.text), row.good);
  }
}

}  // namespace
}  // namespace domsec::smtp
