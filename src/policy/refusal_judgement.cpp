#include "refusal_judgement.h"

#include <algorithm>
#include <array>

#include "alert_judgement.h"
#include "outcome.h"
#include "own_judgement.h"

namespace domsec::policy {
namespace {

using finding::Code;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// We ended the handshake ourselves: by the alert that we sent, or by OpenSSL's reason.
std::optional<Finding> ended_by_us(const TlsEvidence& tls) {
  struct Reason {
    std::string_view part;
    Code code;
  };
  constexpr std::array reasons = {Reason{"unsupported protocol", Code::tls_version_mismatch},
                                  Reason{"version too low", Code::tls_version_mismatch},
                                  Reason{"no protocols available", Code::tls_version_mismatch},
                                  Reason{"wrong ssl version", Code::tls_version_mismatch},
                                  Reason{"no shared cipher", Code::tls_no_shared_cipher},
                                  Reason{"no cipher match", Code::tls_no_shared_cipher},
                                  Reason{"no suitable signature algorithm", Code::tls_no_shared_cipher},
                                  Reason{"key too small", Code::tls_no_shared_cipher},
                                  Reason{"did not return a certificate", Code::client_cert_missing},
                                  Reason{"wrong version number", Code::tls_protocol_error}};
  const std::string failure = lower_case(tls.failure);
  for (const Reason& reason : reasons) {
    if (contains(failure, reason.part))
      return failing(reason.code, Who::we, Level::exact, "the handshake failed: " + tls.failure);
  }
  if (!tls.alert_sent) return std::nullopt;
  const int number = tls.alert_sent->number;
  const std::string detail = "we sent alert " + std::to_string(number) + " " + pki::alert_name(number) +
                             (tls.failure.empty() ? "" : ": " + tls.failure);
  if (number == 70) return failing(Code::tls_version_mismatch, Who::we, Level::exact, detail);
  if (number == 40 || number == 71) return failing(Code::tls_no_shared_cipher, Who::we, Level::exact, detail);
  if (number == 116) return failing(Code::client_cert_missing, Who::we, Level::exact, detail);
  if (number >= 41 && number <= 49 && number != 47)
    return failing(Code::validation_failure, Who::we, Level::likely, detail);
  return failing(Code::tls_protocol_error, Who::we, Level::exact, detail);
}

/// `… TLS channel: <S>: Access Denied` (T2): the status that follows the colon, empty when there is none.
std::string_view refused_status(std::string_view text) {
  constexpr std::string_view head = "tls channel: ";
  const std::size_t at = text.find(head);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + head.size());
  return text.substr(0, text.find(':'));
}

/// spec findings 3.3, the words after the slash: what a status says when the peer says it about us.
Finding refused_by_status(const Evidence& evidence, std::string_view status, std::string detail) {
  if (status == "wrongusage") return refused_purpose(evidence, std::move(detail));
  struct Said {
    std::string_view status;
    Code code;
  };
  constexpr std::array said = {Said{"subjectmismatch", Code::refused_host_mismatch},
                               Said{"untrustedroot", Code::refused_unknown_ca},
                               Said{"certificateexpired", Code::refused_expired},
                               Said{"revoked", Code::refused_revoked},
                               Said{"emptycertificate", Code::client_cert_required},
                               Said{"noremotecertificate", Code::client_cert_required}};
  for (const Said& known : said) {
    if (known.status == status) return failing(known.code, Who::they, Level::exact, std::move(detail));
  }
  if (status == "internalchainfailure" && lacks_intermediates(evidence.own))
    return for_want_of_intermediates(evidence, Code::refused_unspecified, std::move(detail));
  Finding out = failing(Code::refused_unspecified, Who::they, Level::exact, std::move(detail));
  if (status == "internalchainfailure") out.alternatives = {Code::own_chain_incomplete};
  if (status == "revocationoffline") out.alternatives = {Code::revocation_unavailable};
  return out;
}

}  // namespace

Finding handshake_failure(const Evidence& evidence, pki::Instant at) {
  const TlsEvidence& tls = evidence.tls;
  if (tls.clear_text) {
    const std::string detail = "text in clear came where a TLS record was due";
    if (tls.masked)
      return failing(Code::starttls_intercepted, Who::env, Level::exact,
                     detail + ", behind a masked greeting");
    Finding out = failing(Code::tls_protocol_error, Who::they, Level::likely, detail);
    out.alternatives = {Code::starttls_intercepted};
    return out;
  }
  if (tls.alert_received) return from_alert(evidence, *tls.alert_received, at);
  if (const std::optional<Finding> ours = ended_by_us(tls)) {
    if (!tls.masked || ours->code != Code::tls_protocol_error) return *ours;
    return failing(Code::starttls_intercepted, Who::env, Level::exact,
                   ours->detail + ", behind a masked greeting");
  }
  const std::string how = evidence.broken ? text_of(*evidence.broken) : tls.failure;
  Finding out = failing(Code::handshake_closed, Who::they, Level::ambiguous,
                        "the connection was cut during the handshake without an alert (" + how + ")");
  out.alternatives = {Code::tls_version_mismatch, Code::tls_no_shared_cipher, Code::starttls_intercepted,
                      Code::refused_unspecified};
  return out;
}

std::optional<Finding> late_refusal(const Evidence& evidence, pki::Instant at) {
  if (evidence.tls.alert_received && (evidence.broken || !evidence.tls.confirmed)) {
    return from_alert(evidence, *evidence.tls.alert_received, at);
  }
  // A 421 is the first reply inside TLS and confirms nothing: Postfix refuses a client certificate with it.
  const bool refused =
      evidence.refusal && (evidence.refused_at <= Step::ehlo_inside_tls || !evidence.tls.confirmed);
  if (refused) {
    if (std::optional<Finding> known = from_reply(evidence, *evidence.refusal)) return known;
  } else if (evidence.tls.confirmed || !evidence.broken) {
    return std::nullopt;
  }
  const std::string how = refused ? quoted_reply(*evidence.refusal) : text_of(*evidence.broken);
  Finding out = failing(
      Code::refused_after_handshake, Who::they, Level::ambiguous,
      "the handshake succeeded for us, then the peer ended the session before any good reply inside TLS (" +
          how + ")");
  if (evidence.tls.own_certificate_sent) {
    out.alternatives = {Code::refused_unknown_ca, Code::refused_expired, Code::refused_revoked,
                        Code::refused_purpose, Code::refused_unspecified};
  } else {
    out.alternatives = {Code::client_cert_required, Code::refused_unspecified};
  }
  return out;
}

std::optional<Finding> from_reply(const Evidence& evidence, const smtp::Reply& reply) {
  const std::string text = lower_case(reply.text());
  std::string detail = "the peer answered " + quoted_reply(reply);
  if (contains(text, "starttls is required") || contains(text, "must issue a starttls") ||
      contains(text, "authentication required")) {
    if (evidence.tls.established) return std::nullopt;
    return failing(Code::policy_no_tls, Who::they, Level::exact, std::move(detail));
  }
  if (contains(text, "failed to establish appropriate tls channel")) {
    return refused_by_status(evidence, refused_status(text), std::move(detail));
  }
  if (contains(text, "no client certificate presented"))
    return certificate_required(evidence, std::move(detail));
  if (contains(text, "client certificate not trusted")) {
    return failing(Code::refused_unspecified, Who::they, Level::exact, std::move(detail));
  }
  if (contains(text, "5.7.51") ||
      contains(text, "5.7.64")) {  // Exchange Online: certificate missing, or of another name
    Finding out = failing(Code::client_cert_required, Who::they, Level::ambiguous, std::move(detail));
    out.alternatives = {Code::refused_host_mismatch};
    return out;
  }
  if (reply.code() != 454) return std::nullopt;
  // sendmail, 454 4.7.0
  if (contains(text, "not authenticated")) return certificate_required(evidence, std::move(detail));
  if (contains(text, "authentication failed"))
    return failing(Code::refused_unspecified, Who::they, Level::exact, std::move(detail));
  if (contains(text, "does not match"))
    return failing(Code::refused_host_mismatch, Who::they, Level::exact, std::move(detail));
  return std::nullopt;
}

bool speaks_of_load(const smtp::Reply& reply) {
  const std::string text = lower_case(reply.text());
  constexpr std::array words = {"too many", "rate limit",      "ratelimit", "throttl",
                                " load",    "overload",        "busy",      "greylist",
                                "graylist", "try again later", "slow down"};
  return std::ranges::any_of(words, [&](std::string_view word) { return contains(text, word); });
}

std::string quoted_reply(const smtp::Reply& reply) {
  constexpr std::size_t longest = 200;
  std::string out = "\"";
  const std::string text = reply.text();
  for (const char c : std::string_view(text).substr(0, longest)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (text.size() > longest ? "…\"" : "\"");
}

}  // namespace domsec::policy
