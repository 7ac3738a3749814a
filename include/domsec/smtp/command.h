// SMTP commands as values: RFC 5321 4.1, 3207, 3030 (BDAT), 1870 (SIZE), 6152 (8BITMIME), 6531 (SMTPUTF8),
// 3461 (DSN).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domsec/smtp/path.h"
#include "domsec/smtp/reply.h"

namespace domsec::smtp {

enum class Body { seven_bit, eight_bit_mime, binary_mime };

struct Ehlo {
  std::string client;  // domain or address literal, as written; empty when the client gives none
  bool operator==(const Ehlo&) const = default;
};
struct Helo {
  std::string client;
  bool operator==(const Helo&) const = default;
};
struct StartTls { bool operator==(const StartTls&) const = default; };
struct Mail {
  ReversePath reverse_path;
  std::optional<std::uint64_t> size;   // octets
  std::optional<Body> body;
  bool smtputf8 = false;
  std::string ret;                     // DSN: FULL or HDRS, empty when absent
  std::string envid;
  bool operator==(const Mail&) const = default;
};
struct Rcpt {
  ForwardPath forward_path;
  std::string notify;                  // DSN, as written, empty when absent
  std::string orcpt;
  std::string orar;                    // Exchange's XORAR, as written, empty when absent
  bool operator==(const Rcpt&) const = default;
};
struct DataCommand { bool operator==(const DataCommand&) const = default; };
struct Bdat {
  std::uint64_t octets = 0;
  bool last = false;
  bool operator==(const Bdat&) const = default;
};
struct Rset { bool operator==(const Rset&) const = default; };
struct Noop { bool operator==(const Noop&) const = default; };
struct Vrfy {
  std::string argument;
  bool operator==(const Vrfy&) const = default;
};
struct Expn {
  std::string argument;
  bool operator==(const Expn&) const = default;
};
struct Help { bool operator==(const Help&) const = default; };
struct Quit { bool operator==(const Quit&) const = default; };

using Command =
    std::variant<Ehlo, Helo, StartTls, Mail, Rcpt, DataCommand, Bdat, Rset, Noop, Vrfy, Expn, Help, Quit>;

/// A line that is no command of ours: the reply to give, and one clear sentence for the log.
struct CommandError {
  Reply reply;
  std::string what;
};

/// One command line without its CRLF. `utf8` allows RFC 6531 addresses (a Mail with SMTPUTF8 switches it on
/// by itself). Verbs are case-insensitive; a parameter that is not ours is 555, a bad value 501 (RFC
/// 5321 4.1.1.11). Blanks at the end and after `FROM:` and `TO:` are tolerated, source routes are read and
/// dropped (4.1.1.3). `length` bounds mailboxes and with them the line.
[[nodiscard]] std::variant<Command, CommandError> parse_command(std::string_view line,
                                                                AllowUtf8 utf8 = AllowUtf8::no,
                                                                AddressLength length = AddressLength::rfc5321);

/// The line as a client sends it, without CRLF; a line end or NUL inside a value becomes `?`.
[[nodiscard]] std::string command_line(const Command& command);

}  // namespace domsec::smtp
