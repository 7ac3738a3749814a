#include "domsec/policy/evidence.h"

namespace domsec::policy {

std::string_view text(Role role) {
  switch (role) {
    case Role::send:
      return "send";
    case Role::receive:
      return "receive";
  }
  return "";
}

std::string_view text(Step step) {
  switch (step) {
    case Step::resolve:
      return "resolve";
    case Step::connect:
      return "connect";
    case Step::greeting:
      return "greeting";
    case Step::ehlo:
      return "ehlo";
    case Step::starttls:
      return "starttls";
    case Step::handshake:
      return "handshake";
    case Step::examination:
      return "examination";
    case Step::ehlo_inside_tls:
      return "ehlo inside TLS";
    case Step::mail:
      return "mail";
    case Step::rcpt:
      return "rcpt";
    case Step::data:
      return "data";
    case Step::end_of_data:
      return "end of data";
    case Step::quit:
      return "quit";
  }
  return "";
}

std::string_view text(BreakKind kind) {
  switch (kind) {
    case BreakKind::refused:
      return "refused";
    case BreakKind::unreachable:
      return "unreachable";
    case BreakKind::timed_out:
      return "timed out";
    case BreakKind::closed:
      return "closed";
    case BreakKind::reset:
      return "reset";
    case BreakKind::protocol_error:
      return "protocol error";
    case BreakKind::local_error:
      return "local error";
  }
  return "";
}

std::string_view text(OwnTrouble trouble) {
  switch (trouble) {
    case OwnTrouble::none:
      return "none";
    case OwnTrouble::not_found:
      return "no certificate found";
    case OwnTrouble::key_missing:
      return "private key missing";
    case OwnTrouble::key_mismatch:
      return "private key belongs to another certificate";
    case OwnTrouble::key_protected:
      return "private key protected by a pass-phrase";
    case OwnTrouble::not_for_smtp:
      return "not enabled for SMTP";
    case OwnTrouble::expired:
      return "expired";
    case OwnTrouble::name_not_found:
      return "TlsCertificateName not found";
  }
  return "";
}

}  // namespace domsec::policy
