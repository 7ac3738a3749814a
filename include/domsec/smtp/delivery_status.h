// A delivery status notification as a message: multipart/report of RFC 3462 with the message/delivery-status
// of RFC 3464 and the header of the original. Its reverse-path is null (RFC 3464 2), and nobody is ever told
// about such a message.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domsec::smtp {

enum class DsnAction { failed, delayed };

struct DsnRecipient {
  std::string address;
  std::string reply;       // the last one: `550 5.1.1 User unknown`; empty = none
  std::string remote_mta;  // who gave it; empty = nobody was reached
};

struct DeliveryStatusNotification {
  DsnAction action = DsnAction::failed;
  std::string reporting_mta;  // our name
  std::string to;             // the sender of the original
  std::string message_id;     // `<…>`, of the notification
  std::chrono::sys_seconds made;
  std::chrono::sys_seconds arrived;  // when the original was queued
  std::optional<std::chrono::sys_seconds> last_attempt;
  std::optional<std::chrono::sys_seconds> retry_until;  // delayed only
  std::vector<DsnRecipient> recipients;
  std::string_view original;  // the message, of which the header goes back
};

/// CRLF lines, 8-bit only where the original's header or a reply is.
[[nodiscard]] std::string write(const DeliveryStatusNotification& notification);

/// Status of RFC 3464 2.3.4: the enhanced code of the reply, else `5.0.0` or `4.0.0` by its class. Exchange's
/// `550 4.4.7 QUEUE.Expired` has a code of another class, which is what its notifications tell.
[[nodiscard]] std::string status_of(std::string_view reply);

/// The message without its body, with its line ends.
[[nodiscard]] std::string_view header_of(std::string_view message);
/// The body of the first field of that name (lower case), without its folds and surrounding blanks; nothing
/// when there is none.
[[nodiscard]] std::optional<std::string> header_field(std::string_view message, std::string_view name);

}  // namespace domsec::smtp
