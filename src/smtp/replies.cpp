// The replies that domsec gives. Codes: RFC 5321 4.2.3 and 4.3.2; enhanced status codes: RFC 3463 3, RFC
// 5248. Texts from spec exchange 6.1 and findings 1.6 (T1 to T5) are verbatim; a test holds them.
#include "domsec/smtp/replies.h"

#include <array>
#include <cstdio>

namespace domsec::smtp::replies {
namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

/// Exchange's end-of-data rate: `in 0.142, 27.6 KB/sec`, seconds first.
std::string rate(std::size_t octets, std::chrono::milliseconds taken) {
  const double seconds = std::chrono::duration<double>(taken).count();
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), " in %.3f, %.3f KB/sec", seconds,
                                   static_cast<double>(octets) / 1024.0 / seconds);
  return length > 0 ? std::string(text.data()) : std::string();
}

}  // namespace

Reply greeting(std::string_view fqdn, std::string_view rfc5322_date) {
  return Reply(220, joined({fqdn, " ESMTP MAIL Service ready at ", rfc5322_date}));
}
Reply service_closing() {
  return Reply(221, "2.0.0 Service closing transmission channel");
}
Reply hello(std::string_view fqdn, std::string_view client_address) {
  return Reply(250, joined({fqdn, " Hello [", client_address, "]"}));
}
Reply ok() {
  return Reply(250, "2.0.0 OK");
}
Reply reset() {
  return Reply(250, "2.0.0 Resetting");
}
Reply sender_ok() {
  return Reply(250, "2.1.0 Sender OK");
}
Reply recipient_ok() {
  return Reply(250, "2.1.5 Recipient OK");
}
Reply cannot_verify() {
  return Reply(252, "2.1.5 Cannot VRFY user");
}
Reply help() {
  std::vector<std::string> lines = {"This server supports the following commands:",
                                    "EHLO HELO STARTTLS MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT"};
  return Reply(214, std::move(lines));
}
Reply ready_to_start_tls() {
  return Reply(220, "2.0.0 SMTP server ready");
}
Reply start_mail_input() {
  return Reply(354, "Start mail input; end with <CRLF>.<CRLF>");
}
Reply chunk_received(std::size_t octets) {
  return Reply(250, joined({"2.6.0 CHUNK received OK, ", std::to_string(octets), " octets"}));
}
Reply queued(std::string_view message_id, std::string_view internal_id, std::string_view host,
             std::size_t octets, std::chrono::milliseconds taken) {
  const std::string in_time = taken.count() > 0 ? rate(octets, taken) : std::string();
  return Reply(250, joined({"2.6.0 ", message_id, " [InternalId=", internal_id, ", Hostname=", host, "] ",
                            std::to_string(octets), " bytes", in_time, " Queued mail for delivery"}));
}

Reply syntax_error_command() {
  return Reply(500, "5.5.2 Unrecognized command");
}
Reply syntax_error_argument(std::string_view why) {
  return Reply(501, joined({"5.5.4 ", why}));
}
Reply invalid_domain_name() {
  return Reply(501, "5.5.4 Invalid domain name");
}
Reply invalid_sender() {
  return Reply(501, "5.1.7 Invalid address");
}
Reply invalid_recipient() {
  return Reply(501, "5.1.3 Invalid address");
}
Reply not_implemented() {
  return Reply(502, "5.5.1 Command not implemented");
}
Reply parameter_not_implemented(std::string_view parameter) {
  return Reply(555, joined({"5.5.4 Unsupported parameter ", parameter.substr(0, 64)}));
}
Reply bad_sequence(std::string_view why) {
  return Reply(503, joined({"5.5.1 ", why}));
}
Reply line_too_long() {
  return Reply(500, "5.5.6 Line too long");
}
Reply too_many_recipients() {
  return Reply(452, "4.5.3 Too many recipients");
}
Reply too_much_mail_data() {
  return Reply(552, "5.3.4 Message size exceeds fixed maximum message size");
}
Reply header_too_large() {
  return Reply(552, "5.3.4 Message header exceeds the fixed maximum header size");
}
Reply no_author() {
  return Reply(550, "5.6.0 The From field names no author that can be told");
}

Reply too_many_hops() {
  return Reply(554, "5.4.6 Hop count exceeded - possible mail loop");
}
Reply bare_line_feed() {
  return Reply(550, "5.6.11 Message has a bare CR or LF; every line must end with CRLF");
}
Reply reserved_recipient() {
  return Reply(550, "5.1.4 Recipient address reserved by RFC 2606");
}
Reply submission_rate_exceeded() {
  return Reply(421, "4.4.2 Message submission rate for this client has exceeded the configured limit");
}
Reply no_valid_recipients() {
  return Reply(554, "5.5.1 No valid recipients");
}

Reply too_many_errors() {
  return Reply(421, "4.7.0 Too many errors on this connection, closing transmission channel");
}
Reply idle_too_long(std::string_view fqdn) {
  return Reply(421, joined({"4.4.1 Connection timed out [", fqdn, "]"}));
}
Reply too_many_connections() {
  return Reply(421, "4.3.2 The maximum number of concurrent connections has exceeded a limit, closing "
                    "transmission channel");
}
Reply too_many_connections_per_source() {
  return Reply(421, "4.3.2 The maximum number of concurrent server connections has exceeded a per-source limit, "
                    "closing transmission channel");
}
Reply service_not_available() {
  return Reply(421, "4.3.2 Service not available");
}
Reply local_error() {
  return Reply(451, "4.3.0 Requested action aborted: local error in processing");
}

Reply starttls_required() {
  return Reply(451, "5.7.3 STARTTLS is required to send mail");
}
Reply tls_not_available() {
  return Reply(454, "4.7.0 TLS not available due to local problem");
}
Reply tls_already_active() {
  return Reply(503, "5.5.1 TLS is already active");
}
Reply pipelined_after_starttls() {
  return Reply(501, "5.5.1 No command may follow STARTTLS before the handshake");
}
Reply tls_channel_refused(std::string_view exchange_status) {
  return Reply(454, joined({"4.7.0 Failed to establish appropriate TLS channel: ", exchange_status,
                            ": Access Denied"}));
}
Reply tls_channel_refused_permanently(std::string_view exchange_status) {
  return Reply(550, joined({"5.7.1 Failed to establish appropriate TLS channel: ", exchange_status,
                            ": Access Denied"}));
}
Reply client_certificate_refused(std::string_view fqdn, std::string_view text) {
  return Reply(421, joined({"4.7.1 ", fqdn, " Error: ", text}));
}
Reply certificate_validation_failure(std::string_view exchange_status) {
  return Reply(454, joined({"4.7.5 Certificate validation failure, Reason:", exchange_status}));
}
Reply tls_certificate_name_not_found() {
  return Reply(
      454, "4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be found.");
}

}  // namespace domsec::smtp::replies
