#include "domsec/exchange/x500_name.h"

#include <gtest/gtest.h>

namespace domsec::exchange {
namespace {

TEST(X500Name, IsTheSameInEitherPrintOrderAndAnySpacing) {
  struct Row {
    const char* name;
    const char* a;
    const char* b;
    bool same;
  };
  const std::vector<Row> rows{
      {"as written", "CN=mail1.contoso.com, DC=Contoso, DC=com", "CN=mail1.contoso.com, DC=Contoso, DC=com",
       true},
      {"reversed", "CN=mail1.contoso.com, DC=Contoso, DC=com", "DC=com, DC=Contoso, CN=mail1.contoso.com",
       true},
      {"no blanks", "CN=mail1.contoso.com, DC=Contoso, DC=com", "CN=mail1.contoso.com,DC=Contoso,DC=com",
       true},
      {"blanks around the equals sign", "CN = mail , O = Contoso", "CN=mail, O=Contoso", true},
      {"case of types", "cn=mail, o=Contoso", "CN=mail, O=Contoso", true},
      {"case of values counts", "CN=Mail", "CN=mail", false},
      {"neither order", "CN=a, O=b, C=c", "O=b, CN=a, C=c", false},
      {"other value", "CN=a, O=b", "CN=a, O=c", false},
      {"one part more", "CN=a, O=b", "CN=a", false},
      {"quoted comma", "O=\"Contoso, Ltd.\", CN=a", "O=Contoso\\, Ltd., CN=a", true},
      {"doubled mark", "O=\"The \"\"X\"\" Co\"", "O=The \\\"X\\\" Co", true},
      {"hexadecimal escape", "CN=a\\2Cb", "CN=\"a,b\"", true},
      {"state of Windows and of OpenSSL", "S=Washington, C=US", "ST=Washington, C=US", true},
      {"mail of Windows and of OpenSSL", "E=a@b.c", "emailAddress=a@b.c", true},
      {"dotted type", "OID.2.5.4.5=7", "2.5.4.5=7", true},
      {"two values of one RDN in either order", "CN=a+O=b", "O=b + CN=a", true},
      {"RDN of two is not two RDNs", "CN=a+O=b", "CN=a, O=b", false},
      {"runs of blanks within a value count as one", "O=Contoso  Ltd", "O=Contoso Ltd", true},
      {"text that is no name equals itself", "mail", "mail", true},
      {"text that is no name equals nothing else", "mail", "Mail", false},
      {"unfinished quotation", "CN=\"a", "CN=a", false},
      {"trailing backslash", "CN=a\\", "CN=a", false},
      {"empty", "", "", true},
      {"empty and a name", "", "CN=a", false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(same_x500_name(row.a, row.b), row.same);
    EXPECT_EQ(same_x500_name(row.b, row.a), row.same);
    EXPECT_EQ(x500_key(row.a) == x500_key(row.b), row.same);
  }
}

}  // namespace
}  // namespace domsec::exchange
