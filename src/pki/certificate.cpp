// Reads a parsed certificate into plain values. An extension that cannot be read is taken as present and
// empty, never as absent: absence of a restriction is a permission, so unreadable must not look like absent.
// Not here: judgement. Path validation reads the same object (path.cpp).
#include "domsec/pki/certificate.h"

#include <algorithm>

#include "certificate_extensions.h"
#include "distinguished_name.h"
#include "key_algorithm.h"
#include "octets.h"
#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

constexpr std::size_t largest_certificate = 1U << 20U;  // libssl's own limit for a whole chain is 100 KiB
constexpr int longest_serial = 64;                      // octets shown; RFC 5280 4.1.2.2 allows 20

/// An unreadable date is 1970 at both ends: such a certificate is never in force (RFC 5280 4.1.2.5 allows no
/// other reading).
Instant instant_of(const ASN1_TIME* time) {
  const ErrorQueueMark mark;
  std::tm utc{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &utc) != 1) return Instant{};
  const std::chrono::year_month_day date{std::chrono::year{utc.tm_year + 1900},
                                         std::chrono::month{static_cast<unsigned>(utc.tm_mon + 1)},
                                         std::chrono::day{static_cast<unsigned>(utc.tm_mday)}};
  return std::chrono::sys_days{date} + std::chrono::hours{utc.tm_hour} + std::chrono::minutes{utc.tm_min} +
         std::chrono::seconds{utc.tm_sec};
}

std::string serial_of(const ASN1_INTEGER* serial) {
  const std::string octets = bytes_of(serial);
  const std::string sign = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER ? "-" : "";
  if (octets.empty()) return "00";
  const std::string shown = sign + hex_upper(octets.substr(0, longest_serial));
  return octets.size() > longest_serial ? shown + "..." : shown;
}

std::string thumbprint_of(const X509* x509, const EVP_MD* digest) {
  std::string octets(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  if (X509_digest(x509, digest, reinterpret_cast<unsigned char*>(octets.data()), &length) != 1) return {};
  octets.resize(length);
  return hex_upper(octets);
}

std::string signature_algorithm_of(const X509* x509) {
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, x509);
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, algorithm);
  const int nid = OBJ_obj2nid(oid);
  return nid == NID_undef ? dotted(oid) : OBJ_nid2ln(nid);
}

int version_of(const X509* x509) {
  // The field holds the version less one (RFC 5280 4.1.2.1); a hostile one must not overflow.
  return static_cast<int>(std::clamp(X509_get_version(x509), -1L, 1000L)) + 1;
}

void read_names(const X509* x509, Certificate& certificate) {
  const X509_NAME* subject = X509_get_subject_name(x509);
  const X509_NAME* issuer = X509_get_issuer_name(x509);
  certificate.subject = distinguished_name(subject);
  certificate.issuer = distinguished_name(issuer);
  certificate.common_names = common_names_of(subject);
  certificate.self_issued = X509_NAME_cmp(subject, issuer) == 0;
}

void read_key(X509* x509, Certificate& certificate) {
  EVP_PKEY* key = X509_get0_pubkey(x509);
  certificate.key_algorithm = key_algorithm(key);
  certificate.signature_algorithm = signature_algorithm_of(x509);
  certificate.self_signed = certificate.self_issued && key != nullptr && X509_verify(x509, key) == 1;
}

}  // namespace

CertificatePtr read_certificate(X509* x509) {
  if (x509 == nullptr) return nullptr;
  const ErrorQueueMark mark;
  auto certificate = std::make_shared<Certificate>();
  X509_up_ref(x509);
  certificate->x509 = std::shared_ptr<X509>(x509, X509_free);
  // Fills libcrypto's cache of extensions now, so that threads sharing the object later only read it.
  X509_check_purpose(x509, -1, 0);

  read_names(x509, *certificate);
  certificate->serial = serial_of(X509_get0_serialNumber(x509));
  certificate->thumbprint = thumbprint_of(x509, EVP_sha1());
  certificate->thumbprint_sha256 = thumbprint_of(x509, EVP_sha256());
  certificate->not_before = instant_of(X509_get0_notBefore(x509));
  certificate->not_after = instant_of(X509_get0_notAfter(x509));
  certificate->version = version_of(x509);
  read_key(x509, *certificate);
  read_extensions(x509, *certificate);
  return certificate;
}

CertificatePtr read_certificate_der(std::string_view der) {
  if (der.empty() || der.size() > largest_certificate) return nullptr;
  const ErrorQueueMark mark;
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* next = begin;
  const X509Owner x509(d2i_X509(nullptr, &next, static_cast<long>(der.size())));
  if (x509 == nullptr || next != begin + der.size()) return nullptr;  // nothing may follow the certificate
  return read_certificate(x509.get());
}

Bytes Certificate::der() const {
  unsigned char* octets = nullptr;
  const int length = x509 == nullptr ? -1 : i2d_X509(x509.get(), &octets);
  if (length < 0) return {};
  const OpensslBuffer<unsigned char> owner(octets);
  return {octets, octets + length};
}

std::string Certificate::pem() const {
  const BioOwner memory(BIO_new(BIO_s_mem()));
  if (x509 == nullptr || memory == nullptr || PEM_write_bio_X509(memory.get(), x509.get()) != 1) return {};
  return text_of(memory.get());
}

}  // namespace domsec::pki
