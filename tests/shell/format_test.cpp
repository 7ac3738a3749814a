#include "domsec/shell/format.h"

#include <gtest/gtest.h>

#include "shell/scripted_host.h"

namespace domsec::shell {
namespace {

Value connector(const char* name, bool secured) {
  return Object{"SendConnector",
                {{"Name", name},
                 {"DNSRoutingEnabled", true},
                 {"Fqdn", "mail.contoso.com"},
                 {"DomainSecureEnabled", secured},
                 {"AddressSpaces", List{Value("*"), Value("a"), Value("b"), Value("c"), Value("d")}},
                 {"ConnectionInactivityTimeOut", TimeSpan(600)},
                 {"Changed", *pki::read_rfc3339("2027-12-30T14:39:08Z")},
                 {"Comment", {}}},
                {"Name", "AddressSpaces"},
                View::table,
                name};
}

TEST(Format, PrintsAListAsExchangeDoes) {
  EXPECT_EQ(format_list({connector("Internet", true)},
                        {"Name", "dnsroutingenabled", "FQDN", "DomainSecureEnabled"}, {}),
            "\n"
            "Name                : Internet\n"
            "DNSRoutingEnabled   : True\n"
            "Fqdn                : mail.contoso.com\n"
            "DomainSecureEnabled : True\n"
            "\n");
}

TEST(Format, PrintsEveryKindOfValueAndCutsLongLists) {
  EXPECT_EQ(format_list({connector("Internet", true)}, {"a*", "c*"}, {}),
            "\n"
            "AddressSpaces               : {*, a, b, c...}\n"
            "ConnectionInactivityTimeOut : 00:10:00\n"
            "Changed                     : 12/30/2027 2:39:08 PM\n"
            "Comment                     :\n"
            "\n");
  EXPECT_EQ(format_list({connector("Internet", true)}, {"AddressSpaces"}, {-1}),
            "\nAddressSpaces : {*, a, b, c, d}\n\n");
}

TEST(Format, DividesEntriesByABlankLine) {
  EXPECT_EQ(format_list({connector("A", true), connector("B", true)}, {"Name"}, {}),
            "\nName : A\n\nName : B\n\n");
}

TEST(Format, PrintsATableAsExchangeDoes) {
  EXPECT_EQ(format_table({connector("Internet", true), connector("To Fabrikam", false)},
                         {"Name", "DomainSecureEnabled", "fqdn"}, {}),
            "\n"
            "Name        DomainSecureEnabled Fqdn\n"
            "----        ------------------- ----\n"
            "Internet                   True mail.contoso.com\n"
            "To Fabrikam               False mail.contoso.com\n"
            "\n");
}

TEST(Format, ShowsTheDefaultViewOfATypeAndEveryOtherValueByItself) {
  EXPECT_EQ(format_default({connector("Internet", true), connector("B", false), Value("text"), Value(5)}, {}),
            "\n"
            "Name     AddressSpaces\n"
            "----     -------------\n"
            "Internet {*, a, b, c...}\n"
            "B        {*, a, b, c...}\n"
            "\n"
            "text\n5\n");
}

TEST(Format, CmdletsPrintTheSame) {
  TestShell shell;
  EXPECT_EQ(
      shell.run("Get-Thing | fl"),
      "\nIdentity : First\nEnabled  : True\nNames    : {a.example, b.example}\nSize     : 10\nEmpty    :\n"
      "\nIdentity : Second\nEnabled  : False\nNames    : {a.example, b.example}\nSize     : 9\nEmpty    "
      ":\n\n");
  EXPECT_EQ(shell.run("Get-Thing | Format-Table -Auto identity,*i*e"),
            "\nIdentity Size\n-------- ----\nFirst      10\nSecond      9\n\n");
  EXPECT_EQ(shell.run("$FormatEnumerationLimit = 1; Get-Thing First | fl Names"),
            "\nNames : {a.example...}\n\n");
  EXPECT_EQ(shell.run("Get-Thing | sort Size | select -First 1 Identity,@{n='Double';e={$_.Size * 2}}"),
            "\nIdentity Double\n-------- ------\nSecond       18\n\n");
  EXPECT_EQ(shell.run("Get-Thing | where Enabled -eq $true | select -expand Names"),
            "a.example\nb.example\n");
  EXPECT_EQ(shell.run("@{A=1}"), "\nName Value\n---- -----\nA        1\n\n");
}

TEST(Format, WarnsOfANameThatNothingHas) {
  TestShell shell;
  EXPECT_EQ(shell.run("Get-Thing | fl Identty"), "");
  ASSERT_EQ(shell.host.warnings.size(), 1U);
  EXPECT_EQ(shell.host.warnings[0], "no property 'Identty' in what Format-List was given");
}

}  // namespace
}  // namespace domsec::shell
