// Exchange's word behind `TLS negotiation failed with error`: the SEC_E name of Schannel in CamelCase (spec
// protocol-log 6.3). Attested are NoCredentials, UnknownCredentials, InvalidToken and SocketError; the rest
// is made by analogy. The cause comes from what the session saw first: own certificate, alert, clear text,
// the way the connection ended, OpenSSL's reason.
#include <array>
#include <optional>
#include <string_view>

#include "domsec/transcript/check.h"

namespace domsec::transcript {

namespace {

std::string_view name_of_alert(int number) {
  switch (number) {
    case 20:
    case 21:
    case 51:
      return "DecryptFailure";  // bad_record_mac, decryption_failed, decrypt_error
    case 42:
    case 43:
    case 44:
    case 46: return "CertUnknown";
    case 45: return "CertExpired";
    case 48: return "UntrustedRoot";
    case 70:
    case 71: return "AlgorithmMismatch";
    case 80: return "InternalError";
    default: return "IllegalMessage";
  }
}

std::optional<std::string_view> name_of_own_trouble(policy::OwnTrouble trouble) {
  switch (trouble) {
    case policy::OwnTrouble::none:
    case policy::OwnTrouble::expired: return {};            // an expired certificate is still presented
    case policy::OwnTrouble::key_missing:
    case policy::OwnTrouble::key_mismatch:
    case policy::OwnTrouble::key_protected: return "NoCredentials";
    case policy::OwnTrouble::not_found:
    case policy::OwnTrouble::not_for_smtp:
    case policy::OwnTrouble::name_not_found: return "UnknownCredentials";
  }
  return {};
}

struct ReasonWord {
  std::string_view reason;   // part of OpenSSL's reason text
  std::string_view name;
};

constexpr std::array reason_words{
    ReasonWord{"wrong version number", "InvalidToken"},     // clear text where a record was due
    ReasonWord{"http request", "InvalidToken"},
    ReasonWord{"packet length too long", "InvalidToken"},
    ReasonWord{"record layer failure", "InvalidToken"},
    ReasonWord{"no shared cipher", "AlgorithmMismatch"},
    ReasonWord{"no suitable", "AlgorithmMismatch"},         // signature algorithm, key share, groups
    ReasonWord{"unsupported protocol", "AlgorithmMismatch"},
    ReasonWord{"version too low", "AlgorithmMismatch"},
    ReasonWord{"no protocols available", "AlgorithmMismatch"},
    ReasonWord{"protocol version", "AlgorithmMismatch"},
    ReasonWord{"bad record mac", "DecryptFailure"},
    ReasonWord{"unexpected eof", "SocketError"},
    ReasonWord{"unknown ca", "UntrustedRoot"},
    ReasonWord{"certificate expired", "CertExpired"},
};

std::string_view name_of_end(policy::BreakKind kind, std::string_view reason) {
  for (const ReasonWord& word : reason_words) {
    if (reason.find(word.reason) != std::string_view::npos) return word.name;
  }
  switch (kind) {
    case policy::BreakKind::refused:
    case policy::BreakKind::unreachable:
    case policy::BreakKind::timed_out:
    case policy::BreakKind::closed:
    case policy::BreakKind::reset: return "SocketError";
    case policy::BreakKind::protocol_error: return "IllegalMessage";
    case policy::BreakKind::local_error: return "InternalError";
  }
  return "InternalError";
}

}  // namespace

std::string negotiation_error(const Transcript& transcript, const TlsFailed& failed) {
  std::optional<std::string_view> own;
  std::optional<std::string_view> alert;
  for (const Event& event : transcript.events()) {
    if (event.body.is<Connecting>()) own = alert = {};
    if (const auto* chosen = event.body.as<OwnCertificateChosen>())
      own = name_of_own_trouble(chosen->trouble);
    const auto* seen = event.body.as<AlertSeen>();
    if (seen != nullptr && seen->direction == Direction::received && seen->alert.number != 0) {
      alert = name_of_alert(seen->alert.number);
    }
  }
  if (failed.clear_text) return "InvalidToken";
  if (alert) return std::string(*alert);
  if (own && failed.kind == policy::BreakKind::local_error) return std::string(*own);
  return std::string(name_of_end(failed.kind, failed.reason));
}

}  // namespace domsec::transcript
