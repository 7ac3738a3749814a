#include "domsec/smtp/delivery_status.h"

#include <gtest/gtest.h>

#include "domsec/pki/instant.h"

namespace domsec::smtp {
namespace {

const std::string original =
    "From: <alice@contoso.com>\nSubject: Offer\n of today\nMessage-ID: <1@contoso.com>\n\nThe body stays "
    "where it is.\n";

DeliveryStatusNotification sample() {
  DeliveryStatusNotification notification;
  notification.reporting_mta = "mail.contoso.com";
  notification.to = "alice@contoso.com";
  notification.message_id = "<17.dsn@mail.contoso.com>";
  notification.made = *pki::read_rfc3339("2026-11-24T10:00:00Z");
  notification.arrived = *pki::read_rfc3339("2026-11-22T10:00:00Z");
  notification.last_attempt = *pki::read_rfc3339("2026-11-24T09:54:00Z");
  notification.recipients = {{"bob@woodgrovebank.com", "550 4.4.7 QUEUE.Expired; message expired", ""}};
  notification.original = original;
  return notification;
}

TEST(DeliveryStatus, AFailureIsWrittenInFull) {
  EXPECT_EQ(write(sample()),
            "From: Mail Delivery Subsystem <postmaster@mail.contoso.com>\r\n"
            "To: <alice@contoso.com>\r\n"
            "Subject: Undeliverable: Offer of today\r\n"
            "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
            "Message-ID: <17.dsn@mail.contoso.com>\r\n"
            "In-Reply-To: <1@contoso.com>\r\n"
            "Auto-Submitted: auto-replied\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status;\r\n"
            " boundary=\"=_domsec_dsn\"\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "--=_domsec_dsn\r\n"
            "Content-Type: text/plain; charset=us-ascii\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "This is the delivery status notification of domsec at mail.contoso.com.\r\n"
            "\r\n"
            "Your message was not delivered to these recipients, and is not tried again:\r\n"
            "\r\n"
            "  bob@woodgrovebank.com\r\n"
            "    550 4.4.7 QUEUE.Expired; message expired\r\n"
            "\r\n"
            "--=_domsec_dsn\r\n"
            "Content-Type: message/delivery-status\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "Reporting-MTA: dns; mail.contoso.com\r\n"
            "Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n"
            "\r\n"
            "Final-Recipient: rfc822; bob@woodgrovebank.com\r\n"
            "Action: failed\r\n"
            "Status: 4.4.7\r\n"
            "Diagnostic-Code: smtp; 550 4.4.7 QUEUE.Expired; message expired\r\n"
            "Last-Attempt-Date: Tue, 24 Nov 2026 09:54:00 +0000\r\n"
            "\r\n"
            "--=_domsec_dsn\r\n"
            "Content-Type: text/rfc822-headers\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "From: <alice@contoso.com>\r\n"
            "Subject: Offer\r\n"
            " of today\r\n"
            "Message-ID: <1@contoso.com>\r\n"
            "\r\n"
            "--=_domsec_dsn--\r\n");
}

TEST(DeliveryStatus, ADelayTellsUntilWhenItIsTried) {
  DeliveryStatusNotification notification = sample();
  notification.action = DsnAction::delayed;
  notification.retry_until = *pki::read_rfc3339("2026-11-24T10:00:00Z");
  notification.recipients = {
      {"bob@woodgrovebank.com", "454 4.7.5 Certificate validation failure, Reason:UntrustedRoot",
       "mail1.woodgrovebank.com"},
      {"carol@woodgrovebank.com", "", ""}};
  const std::string text = write(notification);
  for (const char* line :
       {"Subject: Delivery delayed: Offer of today\r\n", "Action: delayed\r\n", "Status: 4.7.5\r\n",
        "Remote-MTA: dns; mail1.woodgrovebank.com\r\n",
        "Diagnostic-Code: smtp; 454 4.7.5 Certificate validation failure,\r\n Reason:UntrustedRoot\r\n",
        "Will-Retry-Until: Tue, 24 Nov 2026 10:00:00 +0000\r\n",
        "\r\nFinal-Recipient: rfc822; carol@woodgrovebank.com\r\nAction: delayed\r\nStatus: 4.0.0\r\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "is not in\n" << text;
  }
}

TEST(DeliveryStatus, StatusComesFromTheReply) {
  struct Row {
    const char* reply;
    const char* status;
  };
  for (const Row& row :
       {Row{"550 5.1.1 User unknown", "5.1.1"}, Row{"550 4.4.7 QUEUE.Expired; message expired", "4.4.7"},
        Row{"451 5.7.3 STARTTLS is required to send mail", "5.7.3"}, Row{"550 no", "5.0.0"},
        Row{"450 no", "4.0.0"}, Row{"", "4.0.0"}, Row{"550", "5.0.0"}}) {
    EXPECT_EQ(status_of(row.reply), row.status) << row.reply;
  }
}

TEST(DeliveryStatus, WhatOthersWroteStaysInItsField) {
  DeliveryStatusNotification notification = sample();
  notification.recipients = {
      {"bob@woodgrovebank.com", "550 5.1.1 no\r\nStatus: 2.0.0" + std::string(2000, 'x'), "mail\nX: y"}};
  const std::string text = write(notification);
  EXPECT_EQ(text.find("\nStatus: 2.0.0"), std::string::npos);
  EXPECT_EQ(text.find("\nX: y"), std::string::npos);
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  EXPECT_LE(longest, 998U) << "RFC 5322 2.1.1";
}

TEST(DeliveryStatus, EightBitIsDeclared) {
  const std::string with_umlaut = "Subject: Gr\xc3\xbc\xc3\x9f\x65\n\nx\n";
  DeliveryStatusNotification notification = sample();
  notification.original = with_umlaut;
  const std::string text = write(notification);
  EXPECT_NE(text.find("\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--="), std::string::npos);
  EXPECT_NE(text.find("text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit"), std::string::npos);
}

TEST(DeliveryStatus, TheBoundaryIsInNoPart) {
  const std::string tricky = "Subject: --=_domsec_dsn\n\n";
  DeliveryStatusNotification notification = sample();
  notification.original = tricky;
  EXPECT_NE(write(notification).find("boundary=\"=_domsec_dsn_\""), std::string::npos);
}

TEST(DeliveryStatus, HeaderFieldsAreReadWithTheirFolds) {
  EXPECT_EQ(header_field(original, "subject"), "Offer of today");
  EXPECT_EQ(header_field(original, "message-id"), "<1@contoso.com>");
  EXPECT_EQ(header_field(original, "date"), std::nullopt);
  EXPECT_EQ(header_field("Subject:\r\n\r\nDate: in the body\r\n", "subject"), "");
  EXPECT_EQ(header_field("Subject:\r\n\r\nDate: in the body\r\n", "date"), std::nullopt);
}

}  // namespace
}  // namespace domsec::smtp
