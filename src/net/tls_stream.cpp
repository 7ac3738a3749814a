#include "tls_stream.h"

#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "../pki/distinguished_name.h"
#include "channel_fault.h"
#include "tls_names.h"

namespace domsec::net {

namespace {

constexpr std::size_t most_ca_names = 200;

int stream_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// ---- the BIO: OpenSSL's reads and writes are Wire's recv and send ----

TlsStream& stream_of(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

int bio_read(BIO* bio, char* into, std::size_t size, std::size_t* octets) {
  BIO_clear_retry_flags(bio);
  const Transfer transfer = stream_of(bio).bio_receive(into, size);
  if (transfer.moved == Moved::would_block) BIO_set_retry_read(bio);
  *octets = transfer.octets;
  return transfer.moved == Moved::some ? 1 : 0;
}

int bio_write(BIO* bio, const char* from, std::size_t size, std::size_t* octets) {
  BIO_clear_retry_flags(bio);
  const Transfer transfer = stream_of(bio).bio_send(from, size);
  if (transfer.moved == Moved::would_block) BIO_set_retry_write(bio);
  *octets = transfer.octets;
  return transfer.moved == Moved::some ? 1 : 0;
}

// BIO_CTRL_EOF is answered with 0 on purpose: otherwise OpenSSL 3.0 answers the peer's FIN with a
// decode_error alert.
long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* make_bio_method() {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "domsec wire");
  BIO_meth_set_read_ex(method, bio_read);
  BIO_meth_set_write_ex(method, bio_write);
  BIO_meth_set_ctrl(method, bio_control);
  return method;
}

BIO* make_bio(TlsStream* stream) {
  static BIO_METHOD* const method = make_bio_method();
  BIO* const bio = BIO_new(method);
  BIO_set_data(bio, stream);
  BIO_set_init(bio, 1);
  return bio;
}

// ---- OpenSSL's callbacks ----

void on_state(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) != 0) TlsStream::of(ssl)->note_alert(where, value);
}

void on_message(int write, int, int content_type, const void* octets, std::size_t size, SSL*, void* stream) {
  static_cast<TlsStream*>(stream)->note_message(write, content_type,
                                                {static_cast<const char*>(octets), size});
}

// Called in the client role when the server's CertificateRequest has been read.
int on_certificate_request(SSL*, void* stream) {
  static_cast<TlsStream*>(stream)->note_request();
  return 1;
}

}  // namespace

int examine_later(X509_STORE_CTX* store, void*) {
  const auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  return TlsStream::of(ssl)->judge(store);
}

void follow_secrets(const SSL* ssl, const char* line) { TlsStream::of(ssl)->note_secret(line); }

TlsStream* TlsStream::of(const SSL* ssl) {
  return static_cast<TlsStream*>(SSL_get_ex_data(ssl, stream_index()));
}

TlsStream::TlsStream(std::shared_ptr<Wire> wire, TlsStart start, std::string early)
    : wire_(std::move(wire)),
      ssl_(SSL_new(start.context->handle())),
      start_(std::move(start)),
      early_(std::move(early)),
      seal_(start_.role) {
  if (!ssl_) throw ChannelError(ChannelFault::local, "no memory for a TLS session");
  SSL* const ssl = ssl_.get();
  SSL_set_ex_data(ssl, stream_index(), this);
  BIO* const bio = make_bio(this);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_info_callback(ssl, on_state);
  SSL_set_msg_callback(ssl, on_message);
  SSL_set_msg_callback_arg(ssl, this);
  if (start_.fault) {
    stop_.emplace(*start_.fault);
    SSL_set_read_ahead(ssl, 0);  // a record is read when it is wanted: none behind the peer's message
  }
  if (start_.role == TlsRole::client) {
    SSL_set_connect_state(ssl);
    SSL_set_cert_cb(ssl, on_certificate_request, this);
    // Asking costs the peer nothing and is no demand: without a status callback libssl never refuses what comes.
    SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
    if (!start_.sni.empty()) SSL_set_tlsext_host_name(ssl, start_.sni.c_str());
  } else {
    SSL_set_accept_state(ssl);
    // With a judge an absent certificate is refused as OpenSSL does it: 116 in TLS 1.3, 40 before (spec
    // protocol-log 6.1).
    if (start_.judge && (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0) {
      SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
  }
}

// libcrypto's direct methods cannot decrypt a premaster secret as TLS wants it (RFC 5246 7.4.7.1): a server
// whose key decrypts reads by the providers. Before the suite is chosen it has no certificate to read.
pki::KeyDecoding TlsStream::key_decoding() const {
  if (start_.role == TlsRole::server) {
    const SSL_CIPHER* const suite = SSL_get_pending_cipher(ssl_.get());
    if (suite == nullptr || SSL_CIPHER_get_kx_nid(suite) == NID_kx_rsa) return pki::KeyDecoding::providers;
  }
  return start_.context->key_decoding();
}

Progress TlsStream::handshake() {
  ERR_clear_error();
  if (stopped()) fail_on_purpose();  // before the first message
  const int result = [this] {
    const pki::KeyDecodingScope decoding(key_decoding());
    return SSL_do_handshake(ssl_.get());
  }();
  if (stopped()) fail_on_purpose();
  if (result == 1 && ask_again()) return handshake();
  if (result == 1 && asked_again_) tell_answer(true);
  if (result == 1) {
    handshaken_ = true;
    stop_.reset();
    return Progress::done;
  }
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return Progress::want_read;
    case SSL_ERROR_WANT_WRITE: return Progress::want_write;
    default: break;
  }
  if (judge_failure_) std::rethrow_exception(judge_failure_);
  if (asked_again_) tell_answer(false);
  fail(result, "TLS handshake");
}

Progress TlsStream::read(char* into, std::size_t size, std::size_t& octets) {
  ERR_clear_error();
  const int result = SSL_read_ex(ssl_.get(), into, size, &octets);
  if (result == 1) return Progress::done;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return Progress::want_read;
    case SSL_ERROR_WANT_WRITE: return Progress::want_write;
    default: fail(result, "read over TLS");
  }
}

Progress TlsStream::write(std::string_view from, std::size_t& octets) {
  if (muted_)
    throw ChannelError(ChannelFault::local,
                       "write over TLS with " + wire_->remote.text() + ": nothing may follow an alert");
  ERR_clear_error();
  const int result = SSL_write_ex(ssl_.get(), from.data(), from.size(), &octets);
  if (result == 1) return Progress::done;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return Progress::want_read;
  if (error == SSL_ERROR_WANT_WRITE) return Progress::want_write;
  look_for_late_alert();
  fail(result, "write over TLS");
}

// A TLS 1.3 server refuses our certificate after our handshake has ended (RFC 8446 4.4.2.4) and closes; the
// first write may meet its RST before the alert, which still lies in the receive buffer, was read. SSL_peek
// reads it, and no data.
void TlsStream::look_for_late_alert() {
  if (received_ || wire_error_ == 0) return;
  char octet = 0;
  std::size_t octets = 0;
  SSL_peek_ex(ssl_.get(), &octet, 1, &octets);
}

void TlsStream::close_notify() {
  if (!handshaken_ || received_ || wire_error_ != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::string TlsStream::alert_by_hand(int number) {
  const bool possible = start_.context->alerts_by_hand() && !half_sent_ && !muted_ && !received_;
  const auto record = possible ? seal_.seal(ssl_.get(), number) : std::nullopt;
  if (!record)
    throw ChannelError(ChannelFault::local,
                       "alert " + std::to_string(number) + " cannot be sent in this session");
  muted_ = true;
  sent_ = pki::Alert{number, true};
  return *record;
}

void TlsStream::fail(int result, const char* doing) {
  const int ssl_error = SSL_get_error(ssl_.get(), result);
  const unsigned long code = ERR_peek_error();
  const char* const reason = ERR_reason_error_string(code);
  const std::string what = std::string(doing) + " with " + wire_->remote.text();
  const auto make = [&]() -> ChannelError {
    if (received_ && received_->fatal) {
      ChannelError error(ChannelFault::tls_alert, what + ": the peer sent alert " +
                                                      std::to_string(received_->number) + " " +
                                                      pki::alert_name(received_->number));
      error.alert = received_;
      return error;
    }
    if (ssl_error == SSL_ERROR_ZERO_RETURN) return {ChannelFault::closed, what + ": closed by the peer"};
    if (ssl_error == SSL_ERROR_SYSCALL && wire_ended_) {
      return {ChannelFault::closed,
              what + (handshaken_ ? ": closed by the peer without close_notify" : ": closed by the peer")};
    }
    if (ssl_error == SSL_ERROR_SYSCALL && wire_error_ != 0) return socket_failure(wire_error_, what);
    ChannelError error(ChannelFault::tls_failed, what + ": " + (reason != nullptr ? reason : "failed"));
    if (sent_ && sent_->fatal) error.alert = sent_;
    error.unexpected_octets = watch_.unexpected();
    return error;
  };
  ChannelError error = make();
  if (reason != nullptr) error.tls_reason = reason;
  error.during_handshake = !handshaken_;
  ERR_clear_error();
  throw error;
}

// No other session of ours can renegotiate: its context forbids it.
bool TlsStream::ask_again() {
  const bool may = start_.role == TlsRole::client && SSL_version(ssl_.get()) < TLS1_3_VERSION;
  if (!stop_ || !stop_->asks_again() || asked_again_ || !may) return false;
  asked_again_ = true;
  SSL_clear_options(ssl_.get(), SSL_OP_NO_RENEGOTIATION);
  return SSL_renegotiate(ssl_.get()) == 1;
}

void TlsStream::tell_answer(bool took_part) {
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  std::string answer = took_part ? "the peer took part in it" : reason != nullptr ? reason : "it failed";
  if (received_) {
    answer = "the peer sent alert " + std::to_string(received_->number) + " " + pki::alert_name(received_->number);
  } else if (wire_ended_) {
    answer = "the peer closed the connection";
  } else if (wire_error_ != 0) {
    answer = text(fault_of(wire_error_));
  }
  ERR_clear_error();
  stop_->stand();
  throw ChannelError(ChannelFault::local, stop_->told() + ": " + answer);
}

void TlsStream::fail_on_purpose() {
  ERR_clear_error();
  std::string what = stop_->told();
  if (stop_->fault().act == HandshakeFault::Act::octets) parting_ = stop_->fault().octets;
  if (stop_->fault().act == HandshakeFault::Act::alert) {
    try {
      parting_ = alert_by_hand(stop_->fault().alert);
    } catch (const ChannelError&) {
      what +=
          ", which this session's protection does not allow: connection closed; take TLS 1.3, or GCM in TLS 1.2";
    }
  }
  ChannelError error(ChannelFault::local, what);
  if (!parting_.empty()) error.alert = sent_;
  throw error;
}

// ---- what the callbacks note ----

Transfer TlsStream::bio_receive(char* into, std::size_t size) {
  if (stopped()) return {Moved::failed, 0, 0};
  Transfer transfer;
  if (!early_.empty()) {
    const std::size_t octets = std::min(size, early_.size());
    std::copy_n(early_.data(), octets, into);
    early_.erase(0, octets);
    transfer = {Moved::some, octets, 0};
  } else {
    transfer = wire_->receive(into, size);
  }
  if (transfer.moved == Moved::end) wire_ended_ = true;
  if (transfer.moved == Moved::failed) wire_error_ = transfer.error;
  if (transfer.moved == Moved::some) watch_.feed({into, transfer.octets});
  return transfer;
}

Transfer TlsStream::bio_send(const char* from, std::size_t size) {
  if (muted_) return {Moved::some, size, 0};
  const std::size_t allowed = stop_ ? stop_->may_leave(size) : size;
  if (allowed == 0) return {Moved::failed, 0, 0};
  const Transfer transfer = wire_->send(from, allowed);
  half_sent_ = transfer.octets < allowed;
  if (stop_) stop_->note_left(transfer.octets);
  if (transfer.moved == Moved::failed) wire_error_ = transfer.error;
  return transfer;
}

void TlsStream::note_alert(int where, int value) {
  if ((muted_ || stopped()) && (where & SSL_CB_WRITE) != 0) return;  // it does not leave
  const pki::Alert alert{value & 0xFF, (value >> 8) == SSL3_AL_FATAL};
  ((where & SSL_CB_READ) != 0 ? received_ : sent_) = alert;
}

void TlsStream::note_message(int write, int content_type, std::string_view octets) {
  if (octets.empty()) return;
  if (stop_ && content_type == SSL3_RT_HANDSHAKE) {
    using Sender = HandshakeFault::Sender;
    stop_->note_message(write != 0 ? Sender::own : Sender::peer, octets.front());
  }
  if (write == 0) return;
  if (content_type == SSL3_RT_HEADER) note_own_record(octets);
  if (content_type != SSL3_RT_HANDSHAKE) return;
  if (octets.front() == SSL3_MT_KEY_UPDATE) seal_.note_key_update(ssl_.get());
  // Our own Certificate message: type, length of 3 octets, in TLS 1.3 an (empty) context, then the list's
  // length of 3.
  if (octets.front() != SSL3_MT_CERTIFICATE) return;
  const std::size_t empty_list = SSL_version(ssl_.get()) == TLS1_3_VERSION ? 8 : 7;
  own_sent_ = octets.size() > empty_list;
}

// Behind the stop OpenSSL writes on into its buffer and takes new keys for it. An alert by hand goes out in its
// stead, under the keys that the first such record has. TLS 1.3's ChangeCipherSpec is none (RFC 8446 D.4): the
// key comes behind it.
void TlsStream::note_own_record(std::string_view header) {
  if (!stop_ || !stop_->marked()) {
    if (stop_) stop_->note_record(header);
    seal_.note_record(header.front());
  } else if (header.front() != SSL3_RT_CHANGE_CIPHER_SPEC || SSL_version(ssl_.get()) != TLS1_3_VERSION) {
    past_stop_ = true;
  }
}

void TlsStream::note_secret(std::string_view line) {
  if (!past_stop_) seal_.note_secret(line);
}

void TlsStream::note_request() {
  requested_ = true;
  const SSL* const ssl = ssl_.get();
  const STACK_OF(X509_NAME)* const names = SSL_get0_peer_CA_list(ssl);
  for (int i = 0; i < sk_X509_NAME_num(names) && ca_names_.size() < most_ca_names; ++i) {
    ca_names_.push_back(pki::distinguished_name(sk_X509_NAME_value(names, i)));
  }
  const int count = SSL_get_sigalgs(ssl_.get(), -1, nullptr, nullptr, nullptr, nullptr, nullptr);
  for (int i = 0; i < count; ++i) {
    unsigned char low = 0;
    unsigned char high = 0;
    SSL_get_sigalgs(ssl_.get(), i, nullptr, nullptr, nullptr, &low, &high);
    signature_algorithms_.push_back(signature_scheme_name(static_cast<unsigned>(high) << 8U | low));
  }
}

int TlsStream::judge(X509_STORE_CTX* store) {
  X509_STORE_CTX_set_error(store, X509_V_OK);
  if (!start_.judge || stopped()) return 1;
  try {
    pki::Chain chain;
    const STACK_OF(X509)* const all = X509_STORE_CTX_get0_untrusted(store);
    for (int i = 0; i < sk_X509_num(all); ++i) chain.push_back(pki::read_certificate(sk_X509_value(all, i)));
    const std::optional<int> alert = start_.judge(chain);
    if (!alert) return 1;
    refused_ = std::move(chain);
    const std::optional<int> error = verify_error_for_alert(*alert);
    X509_STORE_CTX_set_error(store, error.value_or(X509_V_ERR_APPLICATION_VERIFICATION));
    if (!error) {  // no verification error has this alert: it is sent by hand, and OpenSSL's own is held back
      const std::string record = alert_by_hand(*alert);
      wire_->send(record.data(), record.size());
    }
  } catch (...) {  // must not cross OpenSSL's C frames
    judge_failure_ = std::current_exception();
    X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
  }
  return 0;
}

}  // namespace domsec::net
