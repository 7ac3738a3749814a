// The catalogue: its tables are read strictly. Each fault is tried in every_fault_test.cpp.
#include "domsec/lab/fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "domsec/finding/catalogue.h"
#include "domsec/lab/recipe.h"
#include "support/pki.h"

namespace domsec::lab {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryDirectory;

std::string refusal(const std::string& toml) {
  try {
    (void)read_faults(toml, "faults.toml");
  } catch (const LabError& error) {
    return error.what();
  }
  return "read";
}

const std::string head = "[[fault]]\nname = \"a\"\nsummary = \"b\"\nuse = \"c\"\n";
const std::string tail = "as_server = { finding = \"DS103\" }\n";

TEST(ReadFaults, RefusesWhatItDoesNotKnowInOneSentenceWithItsLine) {
  const struct {
    std::string lines;
    const char* said;
  } rows[] = {
      {"certificat = { }\n", "faults.toml:5: unknown key 'certificat'; here may stand name, family,"},
      {"certificate = { not_after = \"tomorrow\" }\n",
       "faults.toml:5: 'tomorrow' is no time from now; write one such as -366d"},
      {"certificate = { key = \"dsa\" }\n",
       "faults.toml:5: 'dsa' is no word for 'key'; write one of ec-p256,"},
      {"certificate = { dns_names = \"a\" }\n", "faults.toml:5: 'dns_names' is no list of texts"},
      {"revoked = \"yes\"\n", "faults.toml:5: 'revoked' is neither true nor false"},
      {"server.dialogue = [{ at = \"hello\" }]\n",
       "faults.toml:5: 'hello' is no word for 'at'; write one of greeting,"},
      {"server.handshake = { behind = \"Hello\" }\n", "faults.toml:5: 'Hello' is no handshake message"},
      {"as_client = { finding = \"DS999\" }\n", "faults.toml:5: there is no finding 'DS999'"},
      {"client.dialogue = [{ at = \"greeting\", instead = \"hello\\r\\n\" }]\n", "faults.toml:5: "},
      {"signer = 3\n", "faults.toml:5: 'signer' is no text"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.lines);
    EXPECT_THAT(refusal(head + row.lines + tail), HasSubstr(row.said));
  }
  EXPECT_EQ(refusal(head + tail), "read");
  EXPECT_THAT(refusal(head), HasSubstr("says for no role what the partner finds"));
  EXPECT_THAT(refusal(head + tail + head + tail), HasSubstr("faults.toml:6: there is a fault 'a' already"));
  EXPECT_THAT(refusal("[[fault\n"), HasSubstr("faults.toml:1: "));
}

TEST(FaultCatalogue, HasMoreThanAHundredWithDistinctNamesAndSentences) {
  EXPECT_GE(faults().size(), 100U);
  std::set<std::string> names;
  for (const Fault& fault : faults()) {
    EXPECT_TRUE(names.insert(fault.name).second) << fault.name;
    EXPECT_FALSE(fault.summary.empty() || fault.use.empty()) << fault.name;
  }
}

TEST(FaultCatalogue, IsAskedByNameAndRole) {
  EXPECT_EQ(find_fault("expired"), find_fault("client/expired"));
  EXPECT_NE(find_fault("server/no-starttls"), nullptr);
  EXPECT_EQ(find_fault("client/no-starttls"), nullptr);
  EXPECT_THROW((void)fault_named("nonsense"), LabError);
}

}  // namespace
}  // namespace domsec::lab
