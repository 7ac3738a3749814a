#include "domsec/pki/thumbprint.h"

#include <gtest/gtest.h>

namespace domsec::pki {
namespace {

constexpr const char* plain = "434AC224C8459924B26521298CE8834C514856AB";

TEST(Thumbprint, IsReadInEverySpelling) {
  struct Row {
    const char* name;
    std::string spelled;
  };
  const std::vector<Row> rows = {
      {"as Exchange prints it", plain},
      {"lower case", "434ac224c8459924b26521298ce8834c514856ab"},
      {"blanks of the dialog", "43 4a c2 24 c8 45 99 24 b2 65 21 29 8c e8 83 4c 51 48 56 ab"},
      {"colons of openssl", "43:4A:C2:24:C8:45:99:24:B2:65:21:29:8C:E8:83:4C:51:48:56:AB"},
      {"the line of openssl", "SHA1 Fingerprint=43:4A:C2:24:C8:45:99:24:B2:65:21:29:8C:E8:83:4C:51:48:56:AB\n"},
      {"hyphens", "434AC224-C8459924-B2652129-8CE8834C-514856AB"},
      {"the left-to-right mark of Windows",
       "\xE2\x80\x8E"
       "434AC224C8459924B26521298CE8834C514856AB"},
      {"a right-to-left mark behind", "434AC224C8459924B26521298CE8834C514856AB\xE2\x80\x8F"},
      {"a byte order mark and a line end",
       "\xEF\xBB\xBF"
       "434AC224C8459924B26521298CE8834C514856AB\r\n"},
      {"no-break spaces",
       "434AC224C8\xC2\xA0"
       "459924B26521298CE8834C514856AB"},
      {"an embedding",
       "\xE2\x80\xAA"
       "434AC224C8459924B26521298CE8834C514856AB\xE2\x80\xAC"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(plain_thumbprint(row.spelled), plain);
    EXPECT_EQ(thumbprint_fault(row.spelled), "");
  }
}

TEST(Thumbprint, OfAnotherFormIsNone) {
  EXPECT_FALSE(is_thumbprint(""));
  EXPECT_FALSE(is_thumbprint("434ac224c8459924b26521298ce8834c514856ab"));
  EXPECT_FALSE(is_thumbprint("434AC224C8459924B26521298CE8834C514856A"));
  EXPECT_NE(thumbprint_fault("434AC224").find("write its 40 hexadecimal digits"), std::string::npos);
  EXPECT_NE(thumbprint_fault(std::string(64, 'A')).find("SHA-256"), std::string::npos);
  EXPECT_NE(thumbprint_fault("\x1B[2J").find("\\x1B"), std::string::npos) << "harmless";
}

TEST(Thumbprint, HalfAMarkIsNoMark) {
  EXPECT_EQ(plain_thumbprint("ab\xE2\x80"), "AB\xE2\x80");
  EXPECT_EQ(plain_thumbprint("\xEF\xBB"), "\xEF\xBB");
}

}  // namespace
}  // namespace domsec::pki
