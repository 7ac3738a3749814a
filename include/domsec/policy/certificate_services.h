// The services that a certificate is assigned to (spec exchange 8.1, 8.3, 8.7; R37, R42-R44, R46, R47): which they
// are, and whether an assignment stands.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domsec/finding/codes.h"
#include "domsec/pki/certificate.h"
#include "domsec/policy/certificate_status.h"

namespace domsec::exchange {
struct Organisation;
}

namespace domsec::policy {

/// Exchange's flags, in the order in which it prints them.
enum class Service { imap = 1, pop = 2, um = 4, iis = 8, smtp = 16, federation = 32, um_call_router = 64 };
inline constexpr std::array all_services = {Service::imap,          Service::pop,  Service::um,
                                            Service::iis,           Service::smtp, Service::federation,
                                            Service::um_call_router};

class ServiceSet {
 public:
  ServiceSet() = default;
  ServiceSet(std::initializer_list<Service> services) {
    for (const Service service : services) add(service);
  }
  void add(Service service) { bits_ |= static_cast<unsigned>(service); }
  void add(const ServiceSet& more) { bits_ |= more.bits_; }
  [[nodiscard]] bool has(Service service) const { return (bits_ & static_cast<unsigned>(service)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  [[nodiscard]] unsigned bits() const { return bits_; }
  /// Bits that are no service are left out.
  [[nodiscard]] static ServiceSet of_bits(unsigned bits);
  bool operator==(const ServiceSet&) const = default;

 private:
  unsigned bits_ = 0;
};

[[nodiscard]] std::string_view text(Service service);        // `UMCallRouter`
[[nodiscard]] std::string text(const ServiceSet& services);  // `POP, SMTP`; `None`
/// Without regard to case; nothing for another word, also for `None`.
[[nodiscard]] std::optional<Service> read_service(std::string_view word);

/// How UM starts; TCP unless somebody says otherwise (spec exchange 8.3).
enum class UmStartupMode { tcp, tls, dual };

/// `EnableEccCertificateSupport` of the organisation: off unless somebody turns it on (spec exchange 8.7).
enum class EccCertificates { refused, allowed };

/// What holds for every certificate of a server.
struct ServiceTerms {
  UmStartupMode um_startup_mode = UmStartupMode::tcp;
  EccCertificates ecc = EccCertificates::refused;
  bool subscribed_edge = false;  // EdgeSync reads its default SMTP certificate (R49)
};
/// As a configuration says; null = none does.
[[nodiscard]] ServiceTerms terms_of(const exchange::Organisation* organisation);

struct Assignment {
  pki::CertificatePtr certificate;
  bool has_private_key = true;
  CertificateStatus status = CertificateStatus::valid;
  ServiceSet now;     // what it is assigned to
  ServiceSet wanted;  // what is asked for beside that; empty = None
  ServiceTerms terms;
};

/// Why something is not done with a certificate: one sentence with the remedy, without the name of a command.
struct Refusal {
  finding::Code code = finding::Code::store_operation_refused;
  std::string rule;  // `SV-3`; empty where the code says all
  std::string sentence;
};

/// Nothing when it stands. It then holds `now` and `wanted`: an assignment is never taken back (R42, R43).
[[nodiscard]] std::optional<Refusal> refusal(const Assignment& assignment);

/// What Exchange does with a certificate whose key is elliptic, once support for it is on (spec exchange 8.7).
struct EccRow {
  std::string_view use;  // `SMTP`, `EdgeSync`, `S/MIME`
  bool works = false;
};
[[nodiscard]] std::span<const EccRow> ecc_rows();
[[nodiscard]] bool has_ecc_key(const pki::Certificate& certificate);
/// The Auth certificate signs tokens, and EdgeSync reads the Edge's certificate, with RSA alone (SV-5), whatever
/// the organisation allows.
[[nodiscard]] std::optional<Refusal> auth_refusal(const pki::Certificate& certificate);
[[nodiscard]] std::optional<Refusal> edge_sync_refusal(const pki::Certificate& certificate);

/// A name with a `*`, in SAN or CN; empty when there is none.
[[nodiscard]] std::string wildcard_of(const pki::Certificate& certificate);

}  // namespace domsec::policy
