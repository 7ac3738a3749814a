// Commands: RFC 5321 4.1.1 and 4.1.2, RFC 3207 4 (STARTTLS), RFC 3030 2 (BDAT). A line is one command or one
// reply that says why not. Not here: the order of commands, which the session knows.
#include "domsec/smtp/command.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "domsec/smtp/replies.h"
#include "esmtp_parameters.h"
#include "utf8.h"

namespace domsec::smtp {
namespace {

using Parsed = std::variant<Command, CommandError>;

// RFC 5321 4.5.3.1.4 allows 512 octets; SIZE, BODY, SMTPUTF8 and DSN add up to about 1,200 more.
constexpr std::size_t max_line = 2048;
constexpr std::size_t max_line_of_long_addresses = 8000;  // LongAddressesEnabled
constexpr std::size_t max_client_name = 255;  // RFC 5321 4.5.3.1.2
constexpr std::string_view blanks = " \t";

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool same_word(std::string_view text, std::string_view upper_case) {
  return std::equal(text.begin(), text.end(), upper_case.begin(), upper_case.end(),
                    [](char a, char b) { return upper(a) == b; });
}
bool is_printable(char c) {
  return c > 32 && c < 127;
}

std::string_view without_leading_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

Parsed refused(Reply reply, std::string what) {
  return CommandError{std::move(reply), std::move(what)};
}
Parsed bad_argument(std::string_view verb, std::string_view why) {
  return refused(replies::syntax_error_argument("Invalid arguments"),
                 std::string(verb) + ' ' + std::string(why));
}

/// What an argument may hold.
struct Form {
  AllowUtf8 utf8 = AllowUtf8::no;
  AddressLength length = AddressLength::rfc5321;
};

/// EHLO and HELO. The grammar wants a domain or an address literal; clients send all kinds of names, and RFC
/// 5321 4.1.4 forbids to refuse mail for that, so any printable word is taken, and none: whether a client has to give
/// its name is the connector's to say (RequireEHLODomain).
template <class Greeting>
Parsed read_greeting(std::string_view argument, Form) {
  const bool word = argument.size() <= max_client_name &&
                    std::all_of(argument.begin(), argument.end(), is_printable);
  if (!word)
    return refused(replies::invalid_domain_name(), "the client's name is no domain or address literal");
  return Command(Greeting{std::string(argument)});
}

/// Commands without arguments (RFC 5321 4.1.1.4, 4.1.1.5, 4.1.1.10, RFC 3207 4: 501 when there are some).
template <class Bare>
Parsed read_bare(std::string_view argument, Form) {
  if (!argument.empty()) return bad_argument("the command", "takes no argument");
  return Command(Bare{});
}

/// NOOP and HELP: the argument is ignored (RFC 5321 4.1.1.8, 4.1.1.9).
template <class Lenient>
Parsed read_lenient(std::string_view, Form) {
  return Command(Lenient{});
}

/// VRFY and EXPN: a string (RFC 5321 4.1.1.6, 4.1.1.7).
template <class Query>
Parsed read_query(std::string_view argument, Form form) {
  if (argument.empty()) return bad_argument("the command", "needs an argument");
  for (std::size_t at = 0; at < argument.size();) {
    const std::size_t other = form.utf8 == AllowUtf8::yes ? utf8_sequence(argument, at) : 0;
    const std::size_t step = is_printable(argument[at]) || argument[at] == ' ' ? 1 : other;
    if (step == 0) return bad_argument("the argument", "holds octets that no address has");
    at += step;
  }
  return Command(Query{std::string(argument)});
}

struct Envelope {
  std::string_view path;  // between the angle brackets
  std::string_view parameters;
};

/// Where the path ends: the first `>` outside a quoted string. npos when there is none.
std::size_t path_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (quoted && text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      quoted = !quoted;
    else if (!quoted && text[at] == '>')
      return at;
  }
  return std::string_view::npos;
}

/// `FROM:<path>` or `TO:<path>` and what follows. RFC 5321 3.3 has no blanks round the colon; one after it is
/// so common that it is taken.
std::variant<Envelope, CommandError> read_envelope(std::string_view argument, std::string_view keyword,
                                                   Reply bad_path) {
  if (argument.size() < keyword.size() || !same_word(argument.substr(0, keyword.size()), keyword)) {
    return CommandError{replies::syntax_error_argument("Unrecognized parameter"),
                        "the command has no " + std::string(keyword)};
  }
  const std::string_view rest = without_leading_blanks(argument.substr(keyword.size()));
  const std::size_t end = rest.starts_with('<') ? path_end(rest) : std::string_view::npos;
  if (end == std::string_view::npos)
    return CommandError{std::move(bad_path), "the path is not in angle brackets"};
  const std::string_view parameters = rest.substr(end + 1);
  if (!parameters.empty() && blanks.find(parameters.front()) == std::string_view::npos) {
    return CommandError{std::move(bad_path), "something follows the path without a blank"};
  }
  return Envelope{rest.substr(1, end - 1), parameters};
}

/// RFC 5321 4.1.1.3 and appendix C: source routes are taken and dropped. A-d-l = "@" Domain *("," "@" Domain)
/// ":". Nothing when there is a route and it is malformed.
std::optional<std::string_view> without_source_route(std::string_view path) {
  if (!path.starts_with('@')) return path;
  const std::size_t colon = path.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  for (std::size_t at = 0; at <= colon;) {
    const std::size_t comma = std::min(path.find(',', at), colon);
    const std::string_view hop = path.substr(at, comma - at);
    if (!hop.starts_with('@') || !Domain::parse(hop.substr(1))) return std::nullopt;
    at = comma + 1;
  }
  return path.substr(colon + 1);
}

std::optional<Mailbox> read_mailbox(std::string_view path, Form form) {
  const std::optional<std::string_view> text = without_source_route(path);
  return text ? parse_mailbox(*text, form.utf8, form.length) : std::nullopt;
}

Parsed read_mail(std::string_view argument, Form form) {
  const auto envelope = read_envelope(argument, "FROM:", replies::invalid_sender());
  if (const auto* error = std::get_if<CommandError>(&envelope)) return *error;
  const auto& [path, parameters] = std::get<Envelope>(envelope);
  Mail mail;
  const std::optional<CommandError> fault = read_parameters(parameters, mail);
  if (!path.empty()) {
    if (mail.smtputf8) form.utf8 = AllowUtf8::yes;  // RFC 6531 3.4
    mail.reverse_path = read_mailbox(path, form);
    if (!mail.reverse_path)
      return refused(replies::invalid_sender(), "the reverse-path is no mailbox (RFC 5321 4.1.2)");
  }
  if (fault) return *fault;
  return Command(std::move(mail));
}

Parsed read_rcpt(std::string_view argument, Form form) {
  const auto envelope = read_envelope(argument, "TO:", replies::invalid_recipient());
  if (const auto* error = std::get_if<CommandError>(&envelope)) return *error;
  const auto& [path, parameters] = std::get<Envelope>(envelope);
  Rcpt rcpt;
  if (!same_word(path, "POSTMASTER")) {
    rcpt.forward_path.mailbox = read_mailbox(path, form);
    if (!rcpt.forward_path.mailbox) {
      return refused(replies::invalid_recipient(), "the forward-path is no mailbox (RFC 5321 4.1.2)");
    }
  }
  if (std::optional<CommandError> fault = read_parameters(parameters, rcpt, form.utf8)) return *std::move(fault);
  return Command(std::move(rcpt));
}

/// BDAT chunk-size [LAST] (RFC 3030 2). The octets that follow can't be found after a bad size: the session
/// must end.
Parsed read_bdat(std::string_view argument, Form) {
  Bdat chunk;
  const std::size_t length = std::min(argument.find_first_of(blanks), argument.size());
  const char* const end = argument.data() + length;
  const auto [stop, fault] = std::from_chars(argument.data(), end, chunk.octets);
  if (length == 0 || fault != std::errc() || stop != end) return bad_argument("BDAT", "has no chunk size");
  const std::string_view rest = without_leading_blanks(argument.substr(length));
  chunk.last = same_word(rest, "LAST");
  if (!rest.empty() && !chunk.last)
    return bad_argument("BDAT", "has something other than LAST after the chunk size");
  return Command(chunk);
}

/// Verbs that an SMTP server may know and ours does not have: 502 instead of 500 (RFC 5321 4.2.4).
Parsed read_not_implemented(std::string_view, Form) {
  return refused(replies::not_implemented(), "the command is not implemented");
}

struct Verb {
  std::string_view name;
  Parsed (*read)(std::string_view argument, Form form);
};

constexpr std::array<Verb, 19> verbs = {{
    {"EHLO", read_greeting<Ehlo>},
    {"HELO", read_greeting<Helo>},
    {"STARTTLS", read_bare<StartTls>},
    {"MAIL", read_mail},
    {"RCPT", read_rcpt},
    {"DATA", read_bare<DataCommand>},
    {"BDAT", read_bdat},
    {"RSET", read_bare<Rset>},
    {"NOOP", read_lenient<Noop>},
    {"VRFY", read_query<Vrfy>},
    {"EXPN", read_query<Expn>},
    {"HELP", read_lenient<Help>},
    {"QUIT", read_bare<Quit>},
    {"AUTH", read_not_implemented},
    {"ETRN", read_not_implemented},
    {"TURN", read_not_implemented},
    {"SEND", read_not_implemented},
    {"SOML", read_not_implemented},
    {"SAML", read_not_implemented},
}};

struct CommandText {
  std::string operator()(const Ehlo& ehlo) const { return ehlo.client.empty() ? "EHLO" : "EHLO " + ehlo.client; }
  std::string operator()(const Helo& helo) const { return helo.client.empty() ? "HELO" : "HELO " + helo.client; }
  std::string operator()(const StartTls&) const { return "STARTTLS"; }
  std::string operator()(const Mail& mail) const {
    return "MAIL FROM:<" + (mail.reverse_path ? mail.reverse_path->text() : "") + '>' + parameter_text(mail);
  }
  std::string operator()(const Rcpt& rcpt) const {
    return "RCPT TO:<" + rcpt.forward_path.text() + '>' + parameter_text(rcpt);
  }
  std::string operator()(const DataCommand&) const { return "DATA"; }
  std::string operator()(const Bdat& bdat) const {
    return "BDAT " + std::to_string(bdat.octets) + (bdat.last ? " LAST" : "");
  }
  std::string operator()(const Rset&) const { return "RSET"; }
  std::string operator()(const Noop&) const { return "NOOP"; }
  std::string operator()(const Vrfy& vrfy) const { return "VRFY " + vrfy.argument; }
  std::string operator()(const Expn& expn) const { return "EXPN " + expn.argument; }
  std::string operator()(const Help&) const { return "HELP"; }
  std::string operator()(const Quit&) const { return "QUIT"; }
};

}  // namespace

std::variant<Command, CommandError> parse_command(std::string_view line, AllowUtf8 utf8, AddressLength length) {
  const std::size_t most = length == AddressLength::long_x400 ? max_line_of_long_addresses : max_line;
  if (line.size() > most) {
    return refused(replies::line_too_long(), "the command line is longer than " + std::to_string(most) + " octets");
  }
  Form form;
  form.utf8 = utf8;
  form.length = length;
  line = line.substr(0, line.find_last_not_of(blanks) + 1);  // RFC 5321 4.1.1: trailing blanks are tolerated
  const std::size_t verb_length = std::min(line.find_first_of(blanks), line.size());
  const std::string_view name = line.substr(0, verb_length);
  for (const Verb& verb : verbs) {
    if (same_word(name, verb.name)) return verb.read(without_leading_blanks(line.substr(verb_length)), form);
  }
  return refused(replies::syntax_error_command(), "the line begins with no SMTP verb");
}

std::string command_line(const Command& command) {
  std::string line = std::visit(CommandText{}, command);
  // A value with a line end in it would be a second command (RFC 5321 2.3.8).
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, '?');
  return line;
}

}  // namespace domsec::smtp
