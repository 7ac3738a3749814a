// A public-key infrastructure for tests: one root, two subordinate authorities, leaves by name. Everything is
// in force at `test_instant`; a wrong certificate is written as its difference from `leaf_recipe`.
#pragma once

#include <string>
#include <vector>

#include "domsec/pki/authority.h"

namespace domsec::testing {

/// 2026-11-22T00:00:00Z
inline constexpr pki::Instant test_instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

/// In force from a year before to nine years after `test_instant`; P-256.
[[nodiscard]] pki::CertificateRecipe ca_recipe(const std::string& subject);
/// `CN=<first name>, O=Contoso`; every name a dNSName; both usages; in force for a month before and eleven
/// after.
[[nodiscard]] pki::CertificateRecipe leaf_recipe(const std::vector<std::string>& dns_names);
/// Issued a day before `test_instant`, next update a week after it.
[[nodiscard]] pki::CrlRecipe crl_recipe(const std::vector<std::string>& revoked_serials = {});

/// root -> issuing -> second: a leaf of `second` needs two intermediates. Subjects differ by `name`, keys
/// always.
struct ThreeLevels {
  pki::Authority root;
  pki::Authority issuing;  // issued by root
  pki::Authority second;   // issued by issuing
  explicit ThreeLevels(const std::string& name = "Contoso");
  /// A leaf of `second`; chain: leaf, second, issuing.
  [[nodiscard]] pki::Credentials leaf(const std::string& dns_name) const;
  [[nodiscard]] pki::Chain anchors() const { return {root.certificate()}; }
};

/// Made once per process for tests that only need something that works: keys cost time.
[[nodiscard]] const ThreeLevels& three_levels();

/// A new directory below the system's temporary one, removed at the end of the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, std::string_view bytes) const;

 private:
  std::string path_;
};

}  // namespace domsec::testing
