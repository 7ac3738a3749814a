// Parameters of MAIL and RCPT: RFC 1870 (SIZE), 6152 and 3030 (BODY), 6531 (SMTPUTF8), 3461 (RET, ENVID,
// NOTIFY, ORCPT), and Exchange's XORAR, whose value has no published grammar. A parameter that is not ours is 555; one of ours with a bad value, or twice, is 501 (RFC
// 5321 4.1.1.11).
#include "esmtp_parameters.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "domsec/smtp/replies.h"
#include "utf8.h"

namespace domsec::smtp {
namespace {

constexpr std::string_view blanks = " \t";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return upper(c); });
  return result;
}

CommandError bad_value(std::string_view keyword) {
  const std::string what = "Invalid " + std::string(keyword) + " parameter";
  return CommandError{replies::syntax_error_argument(what), what + " of MAIL or RCPT"};
}

/// esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
bool is_keyword(std::string_view text) {
  const auto let_dig = [](char c) { return is_digit(c) || (upper(c) >= 'A' && upper(c) <= 'Z'); };
  return !text.empty() && let_dig(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return let_dig(c) || c == '-'; });
}

/// esmtp-value = 1*(%d33-60 / %d62-126), with UTF8-non-ascii once SMTPUTF8 is on (RFC 6531 3.3).
bool is_value(std::string_view text, AllowUtf8 utf8) {
  for (std::size_t at = 0; at < text.size();) {
    const bool plain = text[at] >= 33 && text[at] <= 126 && text[at] != '=';
    const std::size_t step = plain ? 1 : utf8 == AllowUtf8::yes ? utf8_sequence(text, at) : 0;
    if (step == 0) return false;
    at += step;
  }
  return !text.empty();
}

/// xtext = *(xchar / "+" 2HEXDIG) (RFC 3461 4); is_value has seen to the other octets.
bool is_xtext(std::string_view text) {
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '+') continue;
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
    at += 2;
  }
  return !text.empty();
}

/// notify-list = "NEVER" or one or more of SUCCESS, FAILURE, DELAY (RFC 3461 4.1).
bool is_notify(std::string_view value) {
  const std::string text = upper(value);
  if (text == "NEVER") return true;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view word = std::string_view(text).substr(at, comma - at);
    if (word != "SUCCESS" && word != "FAILURE" && word != "DELAY") return false;
    at = comma + 1;
  }
  return true;
}

/// addr-type ";" xtext, at most 500 octets (RFC 3461 4.2); the utf-8 type may hold UTF-8 (RFC 6533 3).
bool is_orcpt(std::string_view value) {
  const std::size_t semicolon = value.find(';');
  if (value.size() > 500 || semicolon == std::string_view::npos) return false;
  const std::string_view type = value.substr(0, semicolon);
  if (!is_keyword(type)) return false;
  const std::string_view address = value.substr(semicolon + 1);
  return upper(type) == "UTF-8" ? !address.empty() : is_xtext(address);
}

std::string_view text(Body body) {
  switch (body) {
    case Body::seven_bit:
      return "7BIT";
    case Body::eight_bit_mime:
      return "8BITMIME";
    case Body::binary_mime:
      return "BINARYMIME";
  }
  return "";
}

std::optional<CommandError> take_size(std::string_view value, Mail& mail) {
  // RFC 1870 4: size-value = 1*20DIGIT
  if (value.size() > 20 || !std::all_of(value.begin(), value.end(), is_digit)) return bad_value("SIZE");
  std::uint64_t octets = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), octets);
  if (fault == std::errc::result_out_of_range) {
    return CommandError{replies::too_much_mail_data(), "SIZE is beyond any message"};
  }
  mail.size = octets;
  return std::nullopt;
}

std::optional<CommandError> take_body(std::string_view value, Mail& mail) {
  for (const Body body : {Body::seven_bit, Body::eight_bit_mime, Body::binary_mime}) {
    if (upper(value) == text(body)) mail.body = body;
  }
  return mail.body ? std::nullopt : std::optional(bad_value("BODY"));
}

/// One `KEYWORD` or `KEYWORD=value`; an absent value is empty.
struct Parameter {
  std::string keyword;
  bool has_value = false;
  std::string_view value;
};

std::optional<CommandError> take(const Parameter& parameter, Mail& mail) {
  const auto& [keyword, has_value, value] = parameter;
  if (keyword == "SMTPUTF8") {
    mail.smtputf8 = true;
    return has_value ? std::optional(bad_value(keyword)) : std::nullopt;
  }
  const bool ours = keyword == "SIZE" || keyword == "BODY" || keyword == "RET" || keyword == "ENVID";
  if (!ours)
    return CommandError{replies::parameter_not_implemented(keyword),
                        "MAIL parameter " + keyword + " is not ours"};
  if (!has_value) return bad_value(keyword);
  if (keyword == "SIZE") return take_size(value, mail);
  if (keyword == "BODY") return take_body(value, mail);
  if (keyword == "RET") {
    mail.ret = upper(value);
    return mail.ret == "FULL" || mail.ret == "HDRS" ? std::nullopt : std::optional(bad_value(keyword));
  }
  mail.envid = value;  // RFC 3461 4.4: xtext of at most 100 octets
  return is_xtext(value) && value.size() <= 100 ? std::nullopt : std::optional(bad_value(keyword));
}

std::optional<CommandError> take(const Parameter& parameter, Rcpt& rcpt) {
  const auto& [keyword, has_value, value] = parameter;
  const bool ours = keyword == "NOTIFY" || keyword == "ORCPT" || keyword == "XORAR";
  if (!ours)
    return CommandError{replies::parameter_not_implemented(keyword),
                        "RCPT parameter " + keyword + " is not ours"};
  if (!has_value) return bad_value(keyword);
  if (keyword == "XORAR") {
    rcpt.orar = value;
    return std::nullopt;
  }
  (keyword == "NOTIFY" ? rcpt.notify : rcpt.orcpt) = value;
  const bool good = keyword == "NOTIFY" ? is_notify(value) : is_orcpt(value);
  return good ? std::nullopt : std::optional(bad_value(keyword));
}

template <class EnvelopeCommand>
std::optional<CommandError> read_all(std::string_view text, EnvelopeCommand& command, AllowUtf8 utf8) {
  std::vector<std::string> seen;
  for (std::size_t at = text.find_first_not_of(blanks); at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = text.find_first_not_of(blanks, end);
    const std::size_t equals = std::min(word.find('='), word.size());
    const bool has_value = equals < word.size();
    const Parameter parameter{upper(word.substr(0, equals)), has_value,
                              word.substr(has_value ? equals + 1 : equals)};
    if (!is_keyword(parameter.keyword) || (has_value && !is_value(parameter.value, utf8))) {
      return CommandError{replies::syntax_error_argument("Invalid arguments"),
                          "a parameter is malformed (RFC 5321 4.1.2)"};
    }
    if (std::find(seen.begin(), seen.end(), parameter.keyword) != seen.end())
      return bad_value(parameter.keyword);
    seen.push_back(parameter.keyword);
    if (std::optional<CommandError> fault = take(parameter, command)) return fault;
  }
  return std::nullopt;
}

}  // namespace

std::optional<CommandError> read_parameters(std::string_view text, Mail& mail) {
  return read_all(text, mail, AllowUtf8::no);
}

std::optional<CommandError> read_parameters(std::string_view text, Rcpt& rcpt, AllowUtf8 utf8) {
  return read_all(text, rcpt, utf8);
}

std::string parameter_text(const Mail& mail) {
  std::string line;
  if (mail.size) line += " SIZE=" + std::to_string(*mail.size);
  if (mail.body) line += " BODY=" + std::string(text(*mail.body));
  if (mail.smtputf8) line += " SMTPUTF8";
  if (!mail.ret.empty()) line += " RET=" + mail.ret;
  if (!mail.envid.empty()) line += " ENVID=" + mail.envid;
  return line;
}

std::string parameter_text(const Rcpt& rcpt) {
  std::string line;
  if (!rcpt.notify.empty()) line += " NOTIFY=" + rcpt.notify;
  if (!rcpt.orcpt.empty()) line += " ORCPT=" + rcpt.orcpt;
  if (!rcpt.orar.empty()) line += " XORAR=" + rcpt.orar;
  return line;
}

}  // namespace domsec::smtp
