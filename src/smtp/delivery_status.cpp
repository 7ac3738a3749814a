#include "domsec/smtp/delivery_status.h"

#include <algorithm>

#include "domsec/smtp/data.h"
#include "domsec/smtp/date.h"
#include "domsec/smtp/header_section.h"
#include "domsec/smtp/reply.h"

namespace domsec::smtp {
namespace {

constexpr std::size_t longest_reply = 900;  // a line has at most 998 octets (RFC 5322 2.1.1)
constexpr std::size_t fold_at = 76;

bool has_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char octet) { return octet >= 0x80; });
}

/// What others wrote goes into one line: no control octets, and an end.
std::string one_line(std::string_view text) {
  std::string line(text.substr(0, longest_reply));
  for (char& c : line) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F) c = ' ';
  }
  return line;
}

/// RFC 5322 2.2.3: folded at blanks.
std::string field(std::string_view name, std::string_view body) {
  std::string text = std::string(name) + ":";
  std::size_t column = text.size();
  std::string_view rest = body;
  while (!rest.empty()) {
    const std::size_t blank = rest.find(' ');
    const std::string_view word = rest.substr(0, blank);
    rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
    if (word.empty()) continue;
    const bool fold = column + 1 + word.size() > fold_at && column > name.size() + 1;
    text += (fold ? "\r\n " : " ") + std::string(word);
    column = (fold ? 1 : column + 1) + word.size();
  }
  return text + "\r\n";
}

std::string subject_of(const DeliveryStatusNotification& notification) {
  const std::string subject = header_field(notification.original, "subject").value_or("");
  return (notification.action == DsnAction::failed ? "Undeliverable: " : "Delivery delayed: ") +
         one_line(subject);
}

/// For people.
std::string explanation(const DeliveryStatusNotification& notification) {
  std::string text =
      "This is the delivery status notification of domsec at " + notification.reporting_mta + ".\r\n\r\n";
  if (notification.action == DsnAction::failed) {
    text += "Your message was not delivered to these recipients, and is not tried again:\r\n\r\n";
  } else {
    text += "Your message has not been delivered to these recipients yet. You need not send it\r\nagain.";
    if (notification.retry_until)
      text += " It is tried until " + rfc5322_date(*notification.retry_until) + ".";
    text += "\r\n\r\n";
  }
  for (const DsnRecipient& recipient : notification.recipients) {
    text += "  " + one_line(recipient.address) + "\r\n";
    if (!recipient.reply.empty()) text += "    " + one_line(recipient.reply) + "\r\n";
  }
  return text;
}

/// RFC 3464 2.1: the fields of the message, then those of each recipient.
std::string status(const DeliveryStatusNotification& notification) {
  std::string text = field("Reporting-MTA", "dns; " + notification.reporting_mta);
  text += field("Arrival-Date", rfc5322_date(notification.arrived));
  for (const DsnRecipient& recipient : notification.recipients) {
    const char* const type = has_eight_bit(recipient.address) ? "utf-8; " : "rfc822; ";
    text += "\r\n" + field("Final-Recipient", type + one_line(recipient.address));
    text += field("Action", notification.action == DsnAction::failed ? "failed" : "delayed");
    const std::string code = status_of(recipient.reply);
    // A delay says that it may still succeed, whatever was answered last.
    text += field("Status", notification.action == DsnAction::delayed ? "4" + code.substr(1) : code);
    if (!recipient.remote_mta.empty()) text += field("Remote-MTA", "dns; " + one_line(recipient.remote_mta));
    if (!recipient.reply.empty()) text += field("Diagnostic-Code", "smtp; " + one_line(recipient.reply));
    if (notification.last_attempt)
      text += field("Last-Attempt-Date", rfc5322_date(*notification.last_attempt));
    if (notification.action == DsnAction::delayed && notification.retry_until) {
      text += field("Will-Retry-Until", rfc5322_date(*notification.retry_until));
    }
  }
  return text;
}

std::string part(const std::string& boundary, std::string_view type, const std::string& content) {
  const char* const encoding = has_eight_bit(content) ? "8bit" : "7bit";
  return "--" + boundary + "\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + content + "\r\n";
}

}  // namespace

std::string write(const DeliveryStatusNotification& notification) {
  const std::string text = explanation(notification);
  const std::string report = status(notification);
  const std::string original = with_crlf_line_ends(header_of(notification.original));
  std::string boundary = "=_domsec_dsn";
  while ((text + report + original).find(boundary) != std::string::npos) boundary += "_";
  const bool eight_bit = has_eight_bit(text) || has_eight_bit(report) || has_eight_bit(original);

  std::string message =
      field("From", "Mail Delivery Subsystem <postmaster@" + notification.reporting_mta + ">");
  message += field("To", "<" + one_line(notification.to) + ">");
  message += field("Subject", subject_of(notification));
  message += field("Date", rfc5322_date(notification.made));
  message += field("Message-ID", notification.message_id);
  if (const auto id = header_field(notification.original, "message-id"))
    message += field("In-Reply-To", one_line(*id));
  message += "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n";  // RFC 3834 5
  message +=
      "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"" + boundary + "\"\r\n";
  message += std::string("Content-Transfer-Encoding: ") + (eight_bit ? "8bit" : "7bit") + "\r\n\r\n";
  message += part(boundary,
                  has_eight_bit(text) ? "text/plain; charset=utf-8" : "text/plain; charset=us-ascii", text);
  message += part(boundary, "message/delivery-status", report);
  message += part(boundary, "text/rfc822-headers", original);
  return message + "--" + boundary + "--\r\n";
}

std::string status_of(std::string_view reply) {
  if (reply.size() > 4) {
    if (const auto code = read_enhanced_status_code(reply.substr(4))) return code->text();
  }
  return !reply.empty() && reply.front() == '5' ? "5.0.0" : "4.0.0";
}

std::string_view header_of(std::string_view message) {
  return message.substr(0, measure_header_section(message).octets);
}

std::optional<std::string> header_field(std::string_view message, std::string_view name) {
  std::string_view rest = header_of(message);
  while (!rest.empty()) {
    const std::string_view line = first_line(rest);
    const auto body = field_body(line, name);
    rest.remove_prefix(line.size());
    if (!body) continue;
    std::string text(line.substr(*body));
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) {
      const std::string_view folded = first_line(rest);
      text += folded;
      rest.remove_prefix(folded.size());
    }
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return std::string();
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
  }
  return std::nullopt;
}

}  // namespace domsec::smtp
