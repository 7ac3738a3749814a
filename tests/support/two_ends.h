// Both transcripts of one session, written by hand side by side: what one end says the other hears, one
// millisecond later, unless a test says otherwise. A sound session is open(), start_tls(), greet_again(),
// mail(), quit().
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "domsec/transcript/transcript.h"

namespace domsec::tests {

class TwoEnds {
 public:
  /// The receiver's clock is that much ahead.
  explicit TwoEnds(std::chrono::milliseconds ahead = {});

  void tick();
  void command(const std::string& said);
  void command(const std::string& said, const std::optional<std::string>& heard);
  void reply(const smtp::Reply& said);
  void reply(const smtp::Reply& said, const std::optional<smtp::Reply>& heard);

  void connect();
  void connect(const std::string& senders_local, const std::string& receivers_remote);
  /// Greeting, EHLO, what was seen of STARTTLS.
  void open();
  /// STARTTLS and a handshake in which both prove themselves.
  void start_tls();
  void ask_for_tls();
  /// `with` is what TLS came to at an end; the same at both: its exporter, too.
  void tls_stands_at_sender(const transcript::TlsEstablished& with);
  void tls_stands_at_receiver(const transcript::TlsEstablished& with);
  void greet_again();
  /// Both judge well; one message.
  void mail();
  void quit();

  [[nodiscard]] static transcript::TlsEstablished tls(const std::string& version = "TLSv1.3");
  [[nodiscard]] static pki::CertificatePtr certificate(const std::string& name);
  [[nodiscard]] static transcript::PolicyDecided judged(policy::Result result, finding::Code code,
                                                        policy::Who who, const std::string& domain,
                                                        const std::string& list);

 private:
  std::shared_ptr<transcript::Time> now_;

 public:
  transcript::Transcript sender;
  transcript::Transcript receiver;
};

/// A sound session from contoso.com to woodgrovebank.com.
[[nodiscard]] TwoEnds sound_session();
/// The receiver refuses the sender at MAIL: its certificate is expired.
[[nodiscard]] TwoEnds refused_session();

}  // namespace domsec::tests
