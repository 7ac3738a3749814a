// The replies that domsec gives, each a named function. Texts that Exchange is on record with are verbatim
// (spec exchange 6.1); the rest is ours.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "domsec/smtp/reply.h"

namespace domsec::smtp::replies {

[[nodiscard]] Reply greeting(std::string_view fqdn, std::string_view rfc5322_date);
[[nodiscard]] Reply service_closing();                      // 221 2.0.0 Service closing transmission channel
[[nodiscard]] Reply hello(std::string_view fqdn, std::string_view client_address);  // HELO
[[nodiscard]] Reply ok();                                   // 250 2.0.0 OK
[[nodiscard]] Reply reset();                                // 250 2.0.0 Resetting
[[nodiscard]] Reply sender_ok();                            // 250 2.1.0 Sender OK
[[nodiscard]] Reply recipient_ok();                         // 250 2.1.5 Recipient OK
[[nodiscard]] Reply cannot_verify();                        // 252 2.1.5 Cannot VRFY user
[[nodiscard]] Reply help();                                 // 214
[[nodiscard]] Reply ready_to_start_tls();                   // 220 2.0.0 SMTP server ready
[[nodiscard]] Reply start_mail_input();                     // 354 Start mail input; end with <CRLF>.<CRLF>
[[nodiscard]] Reply chunk_received(std::size_t octets);     // 250 2.6.0 CHUNK received OK, n octets
/// 250 2.6.0 <message-id> [InternalId=n, Hostname=h] b bytes in s, r KB/sec Queued mail for delivery; without
/// the rate when no time was taken.
[[nodiscard]] Reply queued(std::string_view message_id, std::string_view internal_id, std::string_view host,
                           std::size_t octets, std::chrono::milliseconds taken = {});
[[nodiscard]] Reply syntax_error_command();                 // 500 5.5.2
[[nodiscard]] Reply syntax_error_argument(std::string_view why);  // 501 5.5.4 …
[[nodiscard]] Reply invalid_domain_name();                  // 501 5.5.4 Invalid domain name
[[nodiscard]] Reply invalid_sender();                       // 501 5.1.7 Invalid address
[[nodiscard]] Reply invalid_recipient();                    // 501 5.1.3 Invalid address
[[nodiscard]] Reply not_implemented();                      // 502 5.5.1
[[nodiscard]] Reply parameter_not_implemented(std::string_view parameter);  // 555 5.5.4 …
[[nodiscard]] Reply bad_sequence(std::string_view why);     // 503 5.5.1 …
[[nodiscard]] Reply line_too_long();                        // 500 5.5.6
[[nodiscard]] Reply too_many_recipients();                  // 452 4.5.3 Too many recipients
[[nodiscard]] Reply too_much_mail_data();                   // 552 5.3.4
[[nodiscard]] Reply header_too_large();                     // 552 5.3.4
[[nodiscard]] Reply no_author();                            // 550 5.6.0 the From field names nobody that can be told
[[nodiscard]] Reply too_many_hops();                        // 554 5.4.6 Hop count exceeded - possible mail loop
[[nodiscard]] Reply bare_line_feed();                       // 550 5.6.11 (end of data is CRLF . CRLF only)
[[nodiscard]] Reply reserved_recipient();                   // 550 5.1.4 Recipient address reserved by RFC 2606
[[nodiscard]] Reply submission_rate_exceeded();             // 421 4.4.2 Message submission rate … (MessageRateLimit)
[[nodiscard]] Reply no_valid_recipients();                  // 554 5.5.1
[[nodiscard]] Reply too_many_errors();                      // 421 4.7.0
[[nodiscard]] Reply idle_too_long(std::string_view fqdn);   // 421 4.4.1 Connection timed out
[[nodiscard]] Reply too_many_connections();                 // 421 4.3.2
[[nodiscard]] Reply too_many_connections_per_source();      // 421 4.3.2
[[nodiscard]] Reply service_not_available();                // 421 4.3.2, no connector takes the client
[[nodiscard]] Reply local_error();                          // 451 4.3.0
[[nodiscard]] Reply starttls_required();                    // T1: 451 5.7.3 STARTTLS is required to send mail
[[nodiscard]] Reply tls_not_available();  // 454 4.7.0 TLS not available due to local problem
[[nodiscard]] Reply tls_already_active();                   // 503 5.5.1
[[nodiscard]] Reply pipelined_after_starttls();  // 501 5.5.1, connection closed (CVE-2011-0411 class)
/// T2(S): 454 4.7.0 Failed to establish appropriate TLS channel: <status>: Access Denied
[[nodiscard]] Reply tls_channel_refused(std::string_view exchange_status);
/// The `--permanent` variant of D-6.
[[nodiscard]] Reply tls_channel_refused_permanently(std::string_view exchange_status);
/// T4: 421 4.7.1 <host> Error: <text>  (`--client-cert require-421`)
[[nodiscard]] Reply client_certificate_refused(std::string_view fqdn, std::string_view text);
/// T3(S): the sender's own LastError, never on the wire.
[[nodiscard]] Reply certificate_validation_failure(std::string_view exchange_status);
/// T5: the sender's own LastError.
[[nodiscard]] Reply tls_certificate_name_not_found();

}  // namespace domsec::smtp::replies
