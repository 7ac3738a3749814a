#include "domsec/smtp/command.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace domsec::smtp {
namespace {

using namespace std::string_literals;

/// The command as a client would write it, or the reply's code and enhanced status code.
std::string outcome_of(std::string_view line, AllowUtf8 utf8 = AllowUtf8::no) {
  const auto outcome = parse_command(line, utf8);
  if (const auto* command = std::get_if<Command>(&outcome)) return command_line(*command);
  const auto& error = std::get<CommandError>(outcome);
  EXPECT_FALSE(error.what.empty());
  const std::optional<EnhancedStatusCode> status = error.reply.enhanced_status_code();
  return std::to_string(error.reply.code()) + ' ' + (status ? status->text() : "-");
}

struct Row {
  std::string name, line, outcome;
};

void expect_rows(const std::vector<Row>& rows, AllowUtf8 utf8 = AllowUtf8::no) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name + ": " + testing::PrintToString(row.line));
    EXPECT_EQ(outcome_of(row.line, utf8), row.outcome);
  }
}

TEST(Command, VerbsAreReadWhateverTheirCase) {
  expect_rows({
      {"EHLO", "ehlo Client.example", "EHLO Client.example"},
      {"HELO", "HeLo client.example", "HELO client.example"},
      {"STARTTLS", "starttls", "STARTTLS"},
      {"DATA", "data", "DATA"},
      {"RSET", "Rset", "RSET"},
      {"NOOP", "noop", "NOOP"},
      {"HELP", "help mail", "HELP"},
      {"QUIT", "quit", "QUIT"},
      {"VRFY", "vrfy ada king", "VRFY ada king"},
      {"EXPN", "expn staff", "EXPN staff"},
      {"trailing blanks", "QUIT \t ", "QUIT"},
  });
}

TEST(Command, AnUnknownLineIs500AndAVerbThatIsNotOurs502) {
  expect_rows({
      {"unknown word", "FOOBAR", "500 5.5.2"},
      {"empty line", "", "500 5.5.2"},
      {"blanks only", "   ", "500 5.5.2"},
      {"blank before the verb", " NOOP", "500 5.5.2"},
      {"verb with something glued on", "DATA_", "500 5.5.2"},
      {"verb cut short", "DAT", "500 5.5.2"},
      {"another protocol", "GET / HTTP/1.1", "500 5.5.2"},
      {"eight-bit octets",
       "\x80"
       "FAIL",
       "500 5.5.2"},
      {"NUL behind the verb", "NOOP\0"s, "500 5.5.2"},
      {"line feed behind the verb", "NOOP\nNOOP", "500 5.5.2"},
      {"TLS record", "\x16\x03\x01\x02"s, "500 5.5.2"},
      {"overlong line", "NOOP " + std::string(2048, 'x'), "500 5.5.6"},
      {"AUTH", "AUTH PLAIN AGEAYg==", "502 5.5.1"},
      {"ETRN", "ETRN contoso.com", "502 5.5.1"},
  });
}

TEST(Command, EhloAndHeloTakeAnyPrintableWord) {
  expect_rows({
      {"domain", "EHLO client.example", "EHLO client.example"},
      {"IPv4 literal", "EHLO [192.0.2.1]", "EHLO [192.0.2.1]"},
      {"IPv6 literal", "EHLO [IPv6:::1]", "EHLO [IPv6:::1]"},
      {"name with an underscore", "HELO my_laptop", "HELO my_laptop"},
      {"255 octets", "EHLO " + std::string(255, 'x'), "EHLO " + std::string(255, 'x')},
      {"256 octets", "EHLO " + std::string(256, 'x'), "501 5.5.4"},
      {"no name", "EHLO", "EHLO"},
      {"only a blank", "HELO ", "HELO"},
      {"two words", "EHLO a b", "501 5.5.4"},
      {"control octet",
       "EHLO a\x01"
       "b",
       "501 5.5.4"},
      {"NUL", "EHLO a\0b"s, "501 5.5.4"},
      {"UTF-8", "EHLO bücher.example", "501 5.5.4"},
  });
}

TEST(Command, CommandsWithoutArgumentsRefuseThem) {
  for (const char* verb : {"STARTTLS", "DATA", "RSET", "QUIT"}) {
    SCOPED_TRACE(verb);
    EXPECT_EQ(outcome_of(std::string(verb) + " now"), "501 5.5.4");
  }
  EXPECT_EQ(outcome_of("NOOP anything at all"), "NOOP");
}

TEST(Command, VrfyAndExpnNeedAnArgument) {
  expect_rows({
      {"none", "VRFY", "501 5.5.4"},
      {"none", "EXPN ", "501 5.5.4"},
      {"control octet", "VRFY a\x07", "501 5.5.4"},
      {"UTF-8 without leave", "VRFY jörg", "501 5.5.4"},
  });
  EXPECT_EQ(outcome_of("VRFY jörg", AllowUtf8::yes), "VRFY jörg");
  EXPECT_EQ(outcome_of("VRFY j\xF6rg", AllowUtf8::yes), "501 5.5.4");
}

TEST(Mail, TakesAReversePath) {
  expect_rows({
      {"plain", "MAIL FROM:<ada@contoso.com>", "MAIL FROM:<ada@contoso.com>"},
      {"null path", "MAIL FROM:<>", "MAIL FROM:<>"},
      {"keyword in lower case", "mail from:<Ada@Contoso.com>", "MAIL FROM:<Ada@contoso.com>"},
      {"blank after the colon", "MAIL FROM: <ada@contoso.com>", "MAIL FROM:<ada@contoso.com>"},
      {"quoted angle bracket", "MAIL FROM:<\"a>b\"@contoso.com>", "MAIL FROM:<\"a>b\"@contoso.com>"},
      {"quoted quote", "MAIL FROM:<\"a\\\">\"@contoso.com>", "MAIL FROM:<\"a\\\">\"@contoso.com>"},
      {"address literal", "MAIL FROM:<ada@[192.0.2.1]>", "MAIL FROM:<ada@[192.0.2.1]>"},
      {"source route is dropped", "MAIL FROM:<@a.example,@b.example:ada@contoso.com>",
       "MAIL FROM:<ada@contoso.com>"},
  });
}

TEST(Mail, RefusesWhatIsNoReversePath) {
  expect_rows({
      {"no argument", "MAIL", "501 5.5.4"},
      {"no FROM", "MAIL <ada@contoso.com>", "501 5.5.4"},
      {"TO instead", "MAIL TO:<ada@contoso.com>", "501 5.5.4"},
      {"blank before the colon", "MAIL FROM :<ada@contoso.com>", "501 5.5.4"},
      {"no path", "MAIL FROM:", "501 5.1.7"},
      {"no brackets", "MAIL FROM:ada@contoso.com", "501 5.1.7"},
      {"display name", "MAIL FROM:Ada <ada@contoso.com>", "501 5.1.7"},
      {"not closed", "MAIL FROM:<ada@contoso.com", "501 5.1.7"},
      {"closed inside quotes only", "MAIL FROM:<\"ada>@contoso.com", "501 5.1.7"},
      {"two brackets at the end", "MAIL FROM:<ada@contoso.com>>", "501 5.1.7"},
      {"two paths", "MAIL FROM:<ada@contoso.com><b@contoso.com>", "501 5.1.7"},
      {"parameter glued on", "MAIL FROM:<ada@contoso.com>SIZE=1", "501 5.1.7"},
      {"nested", "MAIL FROM:<Ada <ada@contoso.com>>", "501 5.1.7"},
      {"no local-part", "MAIL FROM:<@contoso.com>", "501 5.1.7"},
      {"no domain", "MAIL FROM:<ada@>", "501 5.1.7"},
      {"Postmaster needs a domain here", "MAIL FROM:<postmaster>", "501 5.1.7"},
      {"source route without a mailbox", "MAIL FROM:<@a.example:>", "501 5.1.7"},
      {"source route with an empty hop", "MAIL FROM:<@a.example,:ada@contoso.com>", "501 5.1.7"},
      {"source route hop that is no domain", "MAIL FROM:<@a_b:ada@contoso.com>", "501 5.1.7"},
      {"blank inside", "MAIL FROM:<ada@con toso.com>", "501 5.1.7"},
      {"NUL inside", "MAIL FROM:<ada\0@contoso.com>"s, "501 5.1.7"},
      {"UTF-8 without SMTPUTF8", "MAIL FROM:<jörg@contoso.com>", "501 5.1.7"},
  });
}

TEST(Mail, TakesItsParameters) {
  expect_rows({
      {"SIZE", "MAIL FROM:<> SIZE=10000", "MAIL FROM:<> SIZE=10000"},
      {"SIZE zero", "MAIL FROM:<> size=0", "MAIL FROM:<> SIZE=0"},
      {"largest SIZE", "MAIL FROM:<> SIZE=18446744073709551615", "MAIL FROM:<> SIZE=18446744073709551615"},
      {"BODY 7BIT", "MAIL FROM:<> BODY=7bit", "MAIL FROM:<> BODY=7BIT"},
      {"BODY 8BITMIME", "MAIL FROM:<> body=8BitMime", "MAIL FROM:<> BODY=8BITMIME"},
      {"BODY BINARYMIME", "MAIL FROM:<> BODY=BINARYMIME", "MAIL FROM:<> BODY=BINARYMIME"},
      {"RET", "MAIL FROM:<> RET=hdrs", "MAIL FROM:<> RET=HDRS"},
      {"ENVID", "MAIL FROM:<> ENVID=a+2Bb", "MAIL FROM:<> ENVID=a+2Bb"},
      {"SMTPUTF8 allows its own path", "MAIL FROM:<jörg@contoso.com> SMTPUTF8",
       "MAIL FROM:<jörg@contoso.com> SMTPUTF8"},
      {"several, many blanks", "MAIL FROM:<>  SIZE=1   BODY=7BIT ", "MAIL FROM:<> SIZE=1 BODY=7BIT"},
      {"all of them", "MAIL FROM:<a@b> ENVID=x RET=FULL SMTPUTF8 BODY=7BIT SIZE=1",
       "MAIL FROM:<a@b> SIZE=1 BODY=7BIT SMTPUTF8 RET=FULL ENVID=x"},
  });
}

TEST(Mail, RefusesParametersByTheirFault) {
  expect_rows({
      {"not ours", "MAIL FROM:<> FOO=BAR", "555 5.5.4"},
      {"not ours, no value", "MAIL FROM:<> RABBIT", "555 5.5.4"},
      {"AUTH is not offered", "MAIL FROM:<> AUTH=<>", "555 5.5.4"},
      {"belongs to RCPT", "MAIL FROM:<> NOTIFY=NEVER", "555 5.5.4"},
      {"SIZE word", "MAIL FROM:<> SIZE=rabbit", "501 5.5.4"},
      {"SIZE empty", "MAIL FROM:<> SIZE=", "501 5.5.4"},
      {"SIZE without value", "MAIL FROM:<> SIZE", "501 5.5.4"},
      {"SIZE negative", "MAIL FROM:<> SIZE=-1", "501 5.5.4"},
      {"SIZE of 21 digits", "MAIL FROM:<> SIZE=000000000000000000001", "501 5.5.4"},
      {"SIZE beyond 64 bits", "MAIL FROM:<> SIZE=18446744073709551616", "552 5.3.4"},
      {"SIZE with blanks", "MAIL FROM:<> SIZE = 1", "501 5.5.4"},
      {"SIZE twice", "MAIL FROM:<> SIZE=1 size=1", "501 5.5.4"},
      {"BODY unknown", "MAIL FROM:<> BODY=9BIT", "501 5.5.4"},
      {"SMTPUTF8 with a value", "MAIL FROM:<> SMTPUTF8=YES", "501 5.5.4"},
      {"RET unknown", "MAIL FROM:<> RET=SOME", "501 5.5.4"},
      {"ENVID of 101 octets", "MAIL FROM:<> ENVID=" + std::string(101, 'x'), "501 5.5.4"},
      {"ENVID with a bad escape", "MAIL FROM:<> ENVID=a+2", "501 5.5.4"},
      {"keyword with odd octets", "MAIL FROM:<> #$%=!@#", "501 5.5.4"},
      {"value with a second equals sign", "MAIL FROM:<> ENVID=a=b", "501 5.5.4"},
      {"value with a control octet", "MAIL FROM:<> ENVID=a\x01", "501 5.5.4"},
      {"value with UTF-8", "MAIL FROM:<> SMTPUTF8 ENVID=ö", "501 5.5.4"},
  });
}

TEST(Rcpt, TakesAForwardPath) {
  expect_rows({
      {"plain", "RCPT TO:<bob@fabrikam.com>", "RCPT TO:<bob@fabrikam.com>"},
      {"Postmaster", "RCPT TO:<Postmaster>", "RCPT TO:<Postmaster>"},
      {"postmaster in lower case", "rcpt to:<postmaster>", "RCPT TO:<Postmaster>"},
      {"postmaster at a domain", "RCPT TO:<postmaster@fabrikam.com>", "RCPT TO:<postmaster@fabrikam.com>"},
      {"source route is dropped", "RCPT TO:<@a.example:bob@fabrikam.com>", "RCPT TO:<bob@fabrikam.com>"},
      {"null path", "RCPT TO:<>", "501 5.1.3"},
      {"other word without a domain", "RCPT TO:<bob>", "501 5.1.3"},
      {"no argument", "RCPT", "501 5.5.4"},
      {"FROM instead", "RCPT FROM:<bob@fabrikam.com>", "501 5.5.4"},
      {"not closed", "RCPT TO:<bob@fabrikam.com", "501 5.1.3"},
      {"UTF-8 without leave", "RCPT TO:<jörg@fabrikam.com>", "501 5.1.3"},
  });
  EXPECT_EQ(outcome_of("RCPT TO:<jörg@bücher.example>", AllowUtf8::yes),
            "RCPT TO:<jörg@xn--bcher-kva.example>");
}

TEST(Rcpt, TakesItsParameters) {
  expect_rows({
      {"NOTIFY", "RCPT TO:<a@b> NOTIFY=success,DELAY", "RCPT TO:<a@b> NOTIFY=success,DELAY"},
      {"NOTIFY NEVER", "RCPT TO:<a@b> notify=never", "RCPT TO:<a@b> NOTIFY=never"},
      {"ORCPT", "RCPT TO:<a@b> ORCPT=rfc822;x+2By@c", "RCPT TO:<a@b> ORCPT=rfc822;x+2By@c"},
      {"NEVER is alone", "RCPT TO:<a@b> NOTIFY=NEVER,DELAY", "501 5.5.4"},
      {"NOTIFY unknown word", "RCPT TO:<a@b> NOTIFY=SOON", "501 5.5.4"},
      {"NOTIFY with an empty word", "RCPT TO:<a@b> NOTIFY=DELAY,", "501 5.5.4"},
      {"ORCPT without a type", "RCPT TO:<a@b> ORCPT=x@c", "501 5.5.4"},
      {"ORCPT without an address", "RCPT TO:<a@b> ORCPT=rfc822;", "501 5.5.4"},
      {"ORCPT of 501 octets", "RCPT TO:<a@b> ORCPT=rfc822;" + std::string(494, 'x'), "501 5.5.4"},
      {"not ours", "RCPT TO:<a@b> FOO=1", "555 5.5.4"},
      {"belongs to MAIL", "RCPT TO:<a@b> SIZE=1", "555 5.5.4"},
  });
}

TEST(Bdat, NeedsAChunkSize) {
  expect_rows({
      {"chunk", "BDAT 86", "BDAT 86"},
      {"last chunk", "bdat 0 last", "BDAT 0 LAST"},
      {"no size", "BDAT", "501 5.5.4"},
      {"word", "BDAT x", "501 5.5.4"},
      {"negative", "BDAT -1", "501 5.5.4"},
      {"plus sign", "BDAT +1", "501 5.5.4"},
      {"beyond 64 bits", "BDAT 18446744073709551616", "501 5.5.4"},
      {"other word behind", "BDAT 1 FIRST", "501 5.5.4"},
      {"two words behind", "BDAT 1 LAST LAST", "501 5.5.4"},
  });
}

TEST(CommandLine, IsNeverMoreThanOneLine) {
  EXPECT_EQ(command_line(Ehlo{"a\r\nMAIL FROM:<>"}), "EHLO a??MAIL FROM:<>");
  EXPECT_EQ(command_line(Vrfy{"a\0b"s}), "VRFY a?b");
}

TEST(CommandLine, IsReadBackAsTheSameCommand) {
  Mail mail;
  mail.reverse_path = parse_mailbox("\"a b\"@contoso.com");
  mail.size = 12;
  mail.body = Body::binary_mime;
  mail.smtputf8 = true;
  mail.ret = "FULL";
  mail.envid = "id";
  const std::vector<Command> commands = {Ehlo{"client.example"},
                                         Helo{"[192.0.2.1]"},
                                         StartTls{},
                                         mail,
                                         Mail{},
                                         Rcpt{},
                                         Rcpt{ForwardPath{mail.reverse_path}, "NEVER", "rfc822;x", "rfc822;y"},
                                         DataCommand{},
                                         Bdat{5, true},
                                         Bdat{},
                                         Rset{},
                                         Noop{},
                                         Vrfy{"ada"},
                                         Expn{"staff"},
                                         Help{},
                                         Quit{}};
  for (const Command& command : commands) {
    SCOPED_TRACE(command_line(command));
    const auto outcome = parse_command(command_line(command));
    ASSERT_TRUE(std::holds_alternative<Command>(outcome));
    EXPECT_EQ(std::get<Command>(outcome), command);
  }
}

}  // namespace
}  // namespace domsec::smtp
