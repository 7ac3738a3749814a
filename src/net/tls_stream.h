// OpenSSL over a Wire: one SSL object that reads and writes the socket's descriptor through a small BIO of
// our own. Each function tries once and says what it waits for; waiting is Channel's business. What a
// handshake shows is noted by OpenSSL's callbacks (alerts, certificate request, own Certificate message) and
// read out as a TlsSession. An own BIO instead of SSL_set_fd, for: MSG_NOSIGNAL; the socket's own error
// numbers; the first octets that were no TLS.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert_seal.h"
#include "domsec/net/channel.h"
#include "handshake_stop.h"
#include "record_watch.h"
#include "wire.h"

namespace domsec::net {

enum class Progress { done, want_read, want_write };

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class TlsStream {
 public:
  /// `early` are octets that came before the handshake and were not read: they are the first that TLS sees.
  TlsStream(std::shared_ptr<Wire> wire, TlsStart start, std::string early);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  Progress handshake();
  Progress read(char* into, std::size_t size, std::size_t& octets);
  Progress write(std::string_view from, std::size_t& octets);
  void close_notify();
  /// The record of a fatal alert of any number; nothing that OpenSSL writes leaves after it. Throws
  /// ChannelError(local) when the session's protection does not allow one by hand, or a record is half sent.
  [[nodiscard]] std::string alert_by_hand(int number);

  /// The handshake has come to its fault on purpose: OpenSSL moves nothing any more, the act is due.
  [[nodiscard]] bool stopped() const { return stop_ && stop_->stands(); }
  [[nodiscard]] const HandshakeFault& fault() const { return stop_->fault(); }
  /// Once stopped: the octets that the act sends.
  [[nodiscard]] const std::string& parting() const { return parting_; }

  /// Valid after the handshake; hands over what was noted.
  [[nodiscard]] TlsSession session();
  /// The same of a handshake that failed; null when nothing was agreed.
  [[nodiscard]] std::shared_ptr<const TlsSession> seen_so_far();

  // For the callbacks of OpenSSL, which find this object in the SSL's ex_data.
  static TlsStream* of(const SSL* ssl);
  Transfer bio_receive(char* into, std::size_t size);
  Transfer bio_send(const char* from, std::size_t size);
  void note_alert(int where, int value);
  void note_message(int write, int content_type, std::string_view octets);
  void note_secret(std::string_view line);
  void note_request();
  /// 1 = go on; 0 = refuse, with the error of `store` chosen so that the wished alert goes out.
  int judge(X509_STORE_CTX* store);

 private:
  [[noreturn]] void fail(int result, const char* doing);
  [[noreturn]] void fail_on_purpose();
  bool ask_again();
  [[noreturn]] void tell_answer(bool took_part);
  void note_own_record(std::string_view header);
  void look_for_late_alert();
  [[nodiscard]] pki::KeyDecoding key_decoding() const;
  [[nodiscard]] pki::Chain presented() const;
  [[nodiscard]] std::string group() const;
  [[nodiscard]] std::string stapled() const;
  void read_bindings(TlsSession& into) const;

  std::shared_ptr<Wire> wire_;
  std::unique_ptr<SSL, SslFree> ssl_;
  TlsStart start_;
  std::string early_;
  AlertSeal seal_;
  std::optional<HandshakeStop> stop_;  // until the handshake has ended
  bool asked_again_ = false;           // for a renegotiation, on purpose
  bool past_stop_ = false;             // OpenSSL has written records that do not leave
  std::string parting_;
  RecordWatch watch_;
  std::optional<pki::Alert> received_;
  std::optional<pki::Alert> sent_;
  std::exception_ptr judge_failure_;
  pki::Chain refused_;  // what the judge refused: OpenSSL keeps no certificate that did not pass
  int wire_error_ = 0;
  bool wire_ended_ = false;
  bool handshaken_ = false;
  bool half_sent_ = false;  // a part of what OpenSSL wanted to send went out
  bool muted_ = false;      // an alert by hand was the last record
  bool requested_ = false;
  bool own_sent_ = false;
  std::vector<std::string> ca_names_;
  std::vector<std::string> signature_algorithms_;
};

/// SSL_CTX_set_cert_verify_callback: accepts at once, or asks the stream's judge. TLS never aborts by itself.
int examine_later(X509_STORE_CTX* store, void* unused);
/// SSL_CTX_set_keylog_callback: for AlertSeal alone, nothing is logged.
void follow_secrets(const SSL* ssl, const char* line);

}  // namespace domsec::net
