#include "domsec/finding/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using namespace domsec::finding;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    lines.push_back(text.substr(start, end - start));
    start = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

TEST(ExplainText, FitsIn80ColumnsUnlessAWordIsLonger) {
  for (const Row& row : rows()) {
    const std::string text = explain_text(row);
    EXPECT_TRUE(text.ends_with('\n'));
    for (const std::string& line : lines_of(text)) {
      const bool one_word = line.size() > 21 && line.find(' ', 21) == std::string::npos;
      EXPECT_TRUE(columns(line) <= 80 || one_word) << row.name << ": " << line;
      EXPECT_FALSE(line.ends_with(' ')) << row.name << ": " << line;
    }
  }
}

TEST(ExplainText, SaysWhoRefusesWhomFirst) {
  const std::vector<std::string> lines = lines_of(explain_text(row(Code::refused_expired)));
  EXPECT_EQ(lines.at(0), "DS201  refused-expired");
  EXPECT_EQ(lines.at(1), "  the peer refuses us");
}

TEST(ExplainText, LeavesOutWhatIsNotAttested) {
  const std::string text = explain_text(row(Code::certificate_revoked));
  EXPECT_THAT(text, HasSubstr("  First remedy       Partner replaces the certificate\n"));
  EXPECT_THAT(text, HasSubstr("  Exchange status    `Revoked`†\n"));
  EXPECT_THAT(text, HasSubstr("    postfix          accepted, that stack does not look\n"));
  EXPECT_THAT(text, Not(HasSubstr("sendmail")));
  EXPECT_THAT(text, Not(HasSubstr("–\n")));
}

TEST(ExplainText, NamesTheCoarserAnswer) {
  EXPECT_THAT(explain_text(row(Code::crl_stale)), HasSubstr("DS106 revocation-unavailable"));
}

TEST(Nearest, SuggestsWhatAMistypedWordMeant) {
  EXPECT_EQ(nearest("certificat-revoked").front(), "certificate-revoked");
  EXPECT_EQ(nearest("Certificate_Revoked").front(), "certificate-revoked");
  EXPECT_EQ(nearest("host-mismatch").front(), "certificate-host-mismatch");
  EXPECT_EQ(nearest("DS11O").front(), "DS110");
  EXPECT_LE(nearest("DS199").size(), 3U);
}

TEST(Nearest, SuggestsNothingForForeignWords) {
  EXPECT_THAT(nearest(""), IsEmpty());
  EXPECT_THAT(nearest("banana"), IsEmpty());
  EXPECT_THAT(nearest(std::string(100000, 'x')), IsEmpty());
}

TEST(CatalogueMarkdown, HasASectionForEachRow) {
  const std::string page = catalogue_markdown();
  for (const Row& row : rows()) {
    EXPECT_THAT(page, HasSubstr("\n## " + std::string(row.name) + " `" + std::string(row.slug) + "`\n"));
  }
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with("| ") && line != "| | |") {
      std::size_t bars = 0;
      for (std::size_t i = 0; i < line.size(); ++i)
        bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
      EXPECT_EQ(bars, 3U) << line;
    }
  }
}

}  // namespace
