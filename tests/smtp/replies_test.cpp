#include "domsec/smtp/replies.h"

#include <gtest/gtest.h>

#include <vector>

namespace domsec::smtp::replies {
namespace {

TEST(Replies, AreTheTextsThatExchangeIsOnRecordWith) {
  struct Row {
    Reply reply;
    std::string text;
  };
  const std::vector<Row> rows = {
      {service_closing(), "221 2.0.0 Service closing transmission channel"},
      {ok(), "250 2.0.0 OK"},
      {reset(), "250 2.0.0 Resetting"},
      {sender_ok(), "250 2.1.0 Sender OK"},
      {recipient_ok(), "250 2.1.5 Recipient OK"},
      {ready_to_start_tls(), "220 2.0.0 SMTP server ready"},
      {start_mail_input(), "354 Start mail input; end with <CRLF>.<CRLF>"},
      {invalid_domain_name(), "501 5.5.4 Invalid domain name"},
      {too_many_recipients(), "452 4.5.3 Too many recipients"},
      {starttls_required(), "451 5.7.3 STARTTLS is required to send mail"},
      {tls_channel_refused("UntrustedRoot"),
       "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied"},
      {tls_channel_refused_permanently("SubjectMismatch"),
       "550 5.7.1 Failed to establish appropriate TLS channel: SubjectMismatch: Access Denied"},
      {client_certificate_refused("mx.contoso.com", "no client certificate"),
       "421 4.7.1 mx.contoso.com Error: no client certificate"},
      {certificate_validation_failure("UntrustedRoot"),
       "454 4.7.5 Certificate validation failure, Reason:UntrustedRoot"},
      {tls_certificate_name_not_found(),
       "454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be found."},
      {chunk_received(1234), "250 2.6.0 CHUNK received OK, 1234 octets"},
      {queued("<m@contoso.com>", "7", "mx.contoso.com", 2048),
       "250 2.6.0 <m@contoso.com> [InternalId=7, Hostname=mx.contoso.com] 2048 bytes Queued mail for "
       "delivery"},
      {queued("<m@contoso.com>", "7", "mx.contoso.com", 2048, std::chrono::milliseconds(500)),
       "250 2.6.0 <m@contoso.com> [InternalId=7, Hostname=mx.contoso.com] 2048 bytes in 0.500, 4.000 KB/sec "
       "Queued mail for delivery"},
      {too_many_hops(), "554 5.4.6 Hop count exceeded - possible mail loop"},
      {reserved_recipient(), "550 5.1.4 Recipient address reserved by RFC 2606"},
      {submission_rate_exceeded(),
       "421 4.4.2 Message submission rate for this client has exceeded the configured limit"},
      {hello("mx.contoso.com", "192.0.2.1"), "250 mx.contoso.com Hello [192.0.2.1]"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(row.reply.text(), row.text);
  }
}

TEST(Replies, CarryAnEnhancedStatusCodeOfTheirOwnClass) {
  const std::vector<Reply> all = {service_closing(),
                                  ok(),
                                  reset(),
                                  sender_ok(),
                                  recipient_ok(),
                                  cannot_verify(),
                                  ready_to_start_tls(),
                                  chunk_received(1),
                                  queued("<m>", "1", "h", 1),
                                  syntax_error_command(),
                                  syntax_error_argument("why"),
                                  invalid_domain_name(),
                                  invalid_sender(),
                                  invalid_recipient(),
                                  not_implemented(),
                                  parameter_not_implemented("X"),
                                  bad_sequence("why"),
                                  line_too_long(),
                                  too_many_recipients(),
                                  too_much_mail_data(),
                                  bare_line_feed(),
                                  too_many_hops(),
                                  reserved_recipient(),
                                  submission_rate_exceeded(),
                                  no_valid_recipients(),
                                  too_many_errors(),
                                  idle_too_long("h"),
                                  too_many_connections(),
                                  too_many_connections_per_source(),
                                  service_not_available(),
                                  local_error(),
                                  tls_not_available(),
                                  tls_already_active(),
                                  pipelined_after_starttls(),
                                  tls_channel_refused("S"),
                                  tls_channel_refused_permanently("S"),
                                  client_certificate_refused("h", "t"),
                                  certificate_validation_failure("S"),
                                  tls_certificate_name_not_found()};
  for (const Reply& reply : all) {
    SCOPED_TRACE(reply.text());
    EXPECT_TRUE(reply.enhanced_status_code());
    EXPECT_LE(reply.wire().size(), 512U);
  }
}

TEST(Replies, BeginTheGreetingWithTheServersName) {
  EXPECT_EQ(
      greeting("mx.contoso.com", "Wed, 11 Jan 2023 16:59:51 +0100").lines().front().find("mx.contoso.com "),
      0U);
  EXPECT_EQ(greeting("mx.contoso.com", "x").code(), 220);
}

TEST(Replies, DoNotEchoAnEndlessParameter) {
  EXPECT_LT(parameter_not_implemented(std::string(2000, 'X')).wire().size(), 200U);
}

}  // namespace
}  // namespace domsec::smtp::replies
