// Organisation-wide transport configuration (spec exchange 1): the two domain-secure lists and the
// protocol-log settings.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domsec/exchange/origin.h"
#include "domsec/smtp/domain.h"

namespace domsec::exchange {

/// Why an entry was refused (D-1, R4): one sentence that names the list.
struct ListError {
  std::string what;
  std::size_t entry = 0;                             // which one, from 0
};

/// TLSSendDomainSecureList or TLSReceiveDomainSecureList: exact domains, no `*` (DS303), no duplicates.
class DomainSecureList {
 public:
  explicit DomainSecureList(std::string name) : name_(std::move(name)) {}

  /// Replaces everything (R2). On an error nothing changes.
  [[nodiscard]] std::optional<ListError> assign(const std::vector<std::string>& entries);
  /// `@{Add=…; Remove=…}` and `+=` (R3). Adding a present entry or removing an absent one is no error.
  [[nodiscard]] std::optional<ListError> add(const std::vector<std::string>& entries);
  [[nodiscard]] std::optional<ListError> remove(const std::vector<std::string>& entries);

  /// Exact, case-folded A-label; sub-domains are not covered (D-1).
  [[nodiscard]] bool lists(const smtp::Domain& domain) const;
  [[nodiscard]] const std::vector<smtp::Domain>& domains() const { return domains_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  Origin origin;

 private:
  void append(const std::vector<smtp::Domain>& domains);

  std::string name_;
  std::vector<smtp::Domain> domains_;   // in the order they were written
  std::set<smtp::Domain> index_;        // the same: asked once for every message
};

struct ProtocolLogSettings {
  std::string path;                                  // empty = no protocol log on disk
  std::uint64_t max_file_size = 10ULL << 20;         // octets
  std::uint64_t max_directory_size = 250ULL << 20;
  std::chrono::hours max_age{30 * 24};               // zero = never
};

struct TransportConfig {
  DomainSecureList tls_send_domain_secure_list{"TLSSendDomainSecureList"};
  DomainSecureList tls_receive_domain_secure_list{"TLSReceiveDomainSecureList"};
  ProtocolLogSettings send_protocol_log;
  ProtocolLogSettings receive_protocol_log;
  Origins origins{};
};

}  // namespace domsec::exchange
