#include "domsec/shell/syntax.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "domsec/shell/scanner.h"

namespace domsec::shell {
namespace {

std::string fault_of(std::string_view script) {
  try {
    (void)parse(script);
  } catch (const ScriptError& error) {
    return std::to_string(error.place().line) + ':' + std::to_string(error.place().column) + ": " +
           error.what() + (error.fault() == ScriptFault::incomplete ? " ..." : "");
  }
  return "";
}

const Command& first_command(const StatementsPtr& script) {
  return std::get<Pipeline>(script->all.at(0).form).commands.at(0);
}

TEST(Scanner, ReadsArgumentsAndExpressionsApart) {
  const auto kinds = [](std::string_view text, Mode mode) {
    Scanner scanner(text);
    std::string out;
    for (Token token = scanner.next(mode); token.kind != TokenKind::end; token = scanner.next(mode))
      out += std::to_string(static_cast<int>(token.kind)) + '<' + token.text + "> ";
    return out;
  };
  const auto kind = [](TokenKind one) { return std::to_string(static_cast<int>(one)); };
  EXPECT_EQ(kinds("C:\\x\\mail1.req -Path:a", Mode::argument), kind(TokenKind::word) + "<C:\\x\\mail1.req> " +
                                                                   kind(TokenKind::parameter) + "<Path> " +
                                                                   kind(TokenKind::word) + "<a> ");
  EXPECT_EQ(kinds("$a -eq 5.5kb", Mode::expression), kind(TokenKind::variable) + "<a> " +
                                                         kind(TokenKind::operator_word) + "<eq> " +
                                                         kind(TokenKind::number) + "<5.5kb> ");
  EXPECT_EQ(kinds("a#b # comment", Mode::argument), kind(TokenKind::word) + "<a#b> ");
  EXPECT_EQ(kinds("<# two\nlines #> a `\n b", Mode::argument),
            kind(TokenKind::word) + "<a> " + kind(TokenKind::word) + "<b> ");
}

TEST(Scanner, TakesTypographicQuotesAndDashesAsPlainOnes) {
  const StatementsPtr script = parse(
      "Set\xE2\x80\x93Thing \xE2\x80\x93Name \xE2\x80\x9CInternet certificate\xE2\x80\x9D "
      "\xE2\x80\x98x\xE2\x80\x99");
  const Command& command = first_command(script);
  EXPECT_EQ(command.name, "Set-Thing");
  ASSERT_EQ(command.elements.size(), 3U);
  EXPECT_EQ(command.elements[0].parameter, "Name");
  EXPECT_EQ(command.elements[1].place.column, 17);  // characters, not octets
  EXPECT_EQ(*std::get<Constant>(command.elements[2].value->form).value.text(), "x");
}

TEST(Syntax, NamesThePlaceAndTheRemedy) {
  struct Row {
    const char* script;
    const char* fault;
  };
  const Row rows[] = {
      {"Get-Thing \"abc", "1:11: this text has no end; close it with \" ..."},
      {"Get-Thing 'abc", "1:11: this text has no end; close it with ' ..."},
      {"Get-Thing |", "1:12: the text ends where the name of a cmdlet is expected ..."},
      {"Get-Thing | | x", "1:13: '|' stands where the name of a cmdlet is expected"},
      {"Where-Object { $_.A -eq 1", "1:14: what starts here has no end; close it with } ..."},
      {"(1, 2", "1:1: what starts here has no end; close it with ) ..."},
      {"$x = ", "1:6: the text ends where a value is expected ..."},
      {"1 + ", "1:5: the text ends where a value is expected ..."},
      {"Get-Thing a,", "1:13: the text ends where a value behind ',' is expected ..."},
      {"a `", "1:3: the line is continued, but none follows ..."},
      {"@\"\nabc", "1:1: this here-string has no end; close it with \"@ at the start of a line ..."},
      {"<# abc", "1:1: this comment has no end; close it with #> ..."},
      {"$x.", "1:4: the text ends where the name of a member is expected ..."},
      {"[Byte[]$x", "1:2: no name of a type in brackets; write one such as [string] or [Byte[]]"},
      {"\"a $(Get-Thing\"", "1:15: this text has no end; close it with \" ..."},
      {"@{Add=1", "1:1: this hashtable has no end; close it with } ..."},
      {"@{=1}", "1:3: a key is expected here, as in @{Add=\"contoso.com\"}"},
      {"Get-Thing)", "1:10: ')' stands where the end of the statement, or '|' is expected"},
      {"1 2", "1:3: '2' stands where the end of the statement, or '|' is expected"},
      {"5 = 6", "1:1: only a variable or a member of one can be assigned to"},
      {"Get-Thing -Thumbprint <Thumbprint>",
       "1:23: '<' starts a place-holder such as <Thumbprint>; write your own value in its place"},
      {"Get-Thing > x.txt", "1:11: '>' does not write files here; pipe the output to Out-File"},
      {"& 'x'", "1:1: '&' is not in this shell; write the name of the cmdlet by itself"},
      {"while ($true) { }",
       "1:1: 'while' is not in this shell; it has if, foreach, Where-Object and ForEach-Object"},
      {"$x -eqq 1",
       "1:4: '-eqq' is no operator of this shell; it has -eq, -ne, -like, -match, -gt, -lt, -ge, -le, "
       "-contains, -in, "
       "-and, -or and -not"},
      {"5x", "1:1: '5x' is no number; put text in quotes"},
      {"$x = Internet +", ""},  // arguments, as PowerShell reads them
      {"(Get-Thing).Name(", "1:18: the text ends where a value is expected ..."},
      {"Get-Thing -Name:", "1:11: -Name: has no value behind its colon"},
      {"if ($x) { 1 } else", "1:19: the text ends where statements in { } is expected ..."},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    EXPECT_EQ(fault_of(row.script), row.fault);
  }
}

TEST(Syntax, BoundsDepthAndSize) {
  const std::string deep(5000, '(');
  EXPECT_EQ(fault_of(deep).substr(0, 30), "1:30: this is nested too deepl");
  std::string chain = "1";
  for (int i = 0; i < 100'000; ++i) chain += "+1";
  EXPECT_NE(fault_of(chain).find("nested too deeply"), std::string::npos);
  std::string text = "1";
  for (int i = 0; i < 3000; ++i) text = "\"$(" + text + ")\"";
  EXPECT_NE(fault_of(text).find("too deeply"), std::string::npos);
  EXPECT_EQ(fault_of(std::string(largest_script + 1, ' ')), "1:1: the script is larger than 1 MiB; split it");
  EXPECT_NE(fault_of(std::string(100'000, '!') + "$x").find("too deeply"), std::string::npos);
}

TEST(Syntax, ReadsEveryCommandOfTheDocuments) {
  const std::string folder = DOMSEC_SOURCE_DIR "/fixtures/shell/";
  struct Row {
    const char* file;
    std::size_t statements;
  };
  for (const Row& row : {Row{"domain-security.ps1", 18}, Row{"auth-certificate.ps1", 9},
                         Row{"services.ps1", 2}, Row{"other-documents.ps1", 7}}) {
    SCOPED_TRACE(row.file);
    std::ifstream in(folder + row.file);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(fault_of(text), "");
    EXPECT_EQ(parse(text)->all.size(), row.statements);
  }
}

TEST(Syntax, GivesTheServicesOfTheDocumentAsAList) {
  const StatementsPtr script =
      parse("Enable-X -Thumbprint 434AC224C8459924B26521298CE8834C514856AB -Services POP,IMAP");
  const Command& command = first_command(script);
  ASSERT_EQ(command.elements.size(), 4U);
  EXPECT_EQ(std::get<BareWord>(command.elements[1].value->form).text,
            "434AC224C8459924B26521298CE8834C514856AB");
  EXPECT_EQ(std::get<ListOf>(command.elements[3].value->form).items.size(), 2U);
}

}  // namespace
}  // namespace domsec::shell
