#include "alert_judgement.h"

#include <algorithm>

#include "own_judgement.h"
#include "peer_judgement.h"

namespace domsec::policy {
namespace {

using finding::Code;

/// The certificate that the peer speaks of is ours: its name belongs in the sentence.
std::string about_our_certificate(const Evidence& evidence) {
  return evidence.own.certificate ? "; our certificate is " + evidence.own.certificate->subject
                                  : std::string();
}

/// Our certificate lacks the purpose that our role needs: the probable cause of a refusal by purpose.
std::optional<Code> own_purpose_trouble(const Evidence& evidence) {
  if (!evidence.own.certificate || !evidence.own.certificate->extended_key_usage) return std::nullopt;
  const std::string_view needed = evidence.role == Role::send ? "clientAuth" : "serverAuth";
  const std::vector<std::string>& usages = *evidence.own.certificate->extended_key_usage;
  if (std::ranges::find(usages, needed) != usages.end()) return std::nullopt;
  return evidence.role == Role::send ? Code::client_cert_eku : Code::server_cert_eku;
}

/// Alert 45: our expired certificate, or the stale CRL of the peer (OpenSSL sends 45 for X509_V_ERR 12 too).
Finding refused_expired(const Evidence& evidence, pki::Instant at, std::string detail) {
  const pki::CertificatePtr& own = evidence.own.certificate;
  Finding out = failing(Code::refused_expired, Who::they, Level::likely, std::move(detail));
  if (own && own->not_after < at) {
    out.level = Level::exact;
    out.detail += "; our certificate " + own->subject + " expired on " + date_text(own->not_after);
    return out;
  }
  out.alternatives = {Code::crl_stale};
  if (own) {
    out.detail += "; our certificate is valid until " + date_text(own->not_after) +
                  ", so the peer's revocation list may be stale or his clock wrong";
  }
  return out;
}

/// Alert 40: under TLS 1.2 also the answer to a client without certificate (RFC 5246 7.4.6).
Finding no_agreement(const Evidence& evidence, std::string detail) {
  const TlsEvidence& tls = evidence.tls;
  const bool asked_in_vain =
      tls.client_certificate_requested && !tls.own_certificate_sent && tls.version != "TLSv1.3";
  if (evidence.role == Role::send && asked_in_vain) {
    Finding out = failing(Code::client_cert_required, Who::they, Level::likely,
                          detail + "; he asked for a client certificate and we sent none");
    out.alternatives = {Code::tls_no_shared_cipher, Code::tls_version_mismatch};
    return out;
  }
  // The ends have agreed on version and cipher: what is refused then is us (DS206 of the catalogue).
  if (tls.established) {
    Finding late = failing(Code::refused_after_handshake, Who::they, Level::ambiguous, std::move(detail));
    late.alternatives = {tls.own_certificate_sent ? Code::refused_unspecified : Code::client_cert_required};
    return late;
  }
  Finding out = failing(Code::tls_no_shared_cipher, Who::they, Level::ambiguous, std::move(detail));
  out.alternatives = {Code::tls_version_mismatch};
  if (evidence.role == Role::send && !tls.own_certificate_sent)
    out.alternatives.push_back(Code::client_cert_required);
  return out;
}

/// Alert 48. The peer's own reasons (his missing list, a fault of our path) stay alternatives.
Finding unknown_issuer(const Evidence& evidence, std::string detail) {
  const finding::FromAlert from = finding::from_alert_received(48);
  const bool alone = lacks_intermediates(evidence.own);
  Finding out = alone ? for_want_of_intermediates(evidence, Code::refused_unknown_ca, std::move(detail))
                      : failing(from.first, Who::they, Level::likely, std::move(detail));
  for (const Code code : from.alternatives) {
    if (code != out.code) out.alternatives.push_back(code);
  }
  if (!alone && evidence.own.certificate) {
    out.detail += about_our_certificate(evidence) + ", issued by " + evidence.own.certificate->issuer;
  }
  return out;
}

}  // namespace

Finding failing(Code code, Who who, Level level, std::string detail) {
  Finding out;
  out.code = code;
  out.who = who;
  out.level = level;
  out.severity = finding::Severity::fails;
  out.detail = std::move(detail);
  return out;
}

Finding refused_purpose(const Evidence& evidence, std::string detail) {
  const std::optional<Code> cause = own_purpose_trouble(evidence);
  if (!cause) {
    return failing(Code::refused_purpose, Who::they, Level::exact,
                   std::move(detail) + about_our_certificate(evidence));
  }
  detail += "; our certificate " + evidence.own.certificate->subject + " has no " +
            (evidence.role == Role::send ? "clientAuth" : "serverAuth");
  Finding out = failing(*cause, Who::they, Level::likely, std::move(detail));
  out.observed = Code::refused_purpose;
  return out;
}

Finding certificate_required(const Evidence& evidence, std::string detail) {
  Finding out = failing(Code::client_cert_required, Who::they, Level::exact, std::move(detail));
  const bool had_one = evidence.own.certificate && !evidence.tls.own_certificate_sent;
  const bool may_be_hint = evidence.own.chain.empty() ? !evidence.tls.requested_ca_names.empty()
                                                      : names_none_of_our_issuers(evidence);
  if (had_one && may_be_hint) {
    out.detail += "; he named " + std::to_string(evidence.tls.requested_ca_names.size()) +
                  " CAs, and no certificate of ours was sent";
    out.alternatives = {Code::ca_hint_mismatch};
  }
  return out;
}

Finding for_want_of_intermediates(const Evidence& evidence, Code observed, std::string detail) {
  Finding out = failing(Code::own_chain_incomplete, Who::own, Level::likely, std::move(detail));
  out.detail += "; we send " + evidence.own.chain.front()->subject +
                " without the certificate of its issuer " + evidence.own.chain.front()->issuer;
  out.observed = observed;
  return out;
}

Finding from_alert(const Evidence& evidence, const pki::Alert& alert, pki::Instant at) {
  std::string detail =
      "the peer sent alert " + std::to_string(alert.number) + " " + pki::alert_name(alert.number);
  if (evidence.tls.established) detail += " after the handshake";
  switch (alert.number) {
    case 40:
      return no_agreement(evidence, std::move(detail));
    case 43:
      return refused_purpose(evidence, std::move(detail));
    case 45:
      return refused_expired(evidence, at, std::move(detail));
    case 48:
      return unknown_issuer(evidence, std::move(detail));
    case 116:
      return certificate_required(evidence, std::move(detail));
    default:
      break;
  }
  const finding::FromAlert from = finding::from_alert_received(alert.number);
  Finding out = failing(from.first, Who::they, from.alternatives.empty() ? Level::exact : Level::likely,
                        std::move(detail));
  out.alternatives.assign(from.alternatives.begin(), from.alternatives.end());
  const bool certificate_refused = alert.number >= 42 && alert.number <= 49 && alert.number != 47;
  if (certificate_refused) out.detail += about_our_certificate(evidence);
  const pki::CertificatePtr& own = evidence.own.certificate;
  if (alert.number == 42 && own && at < own->not_before)
    out.detail += ", not valid before " + date_text(own->not_before);
  return out;
}

}  // namespace domsec::policy
