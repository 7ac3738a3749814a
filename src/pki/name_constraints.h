// Private to pki/: name constraints of a path, RFC 5280 4.2.1.10, 6.1.3 (b), (c) and 6.1.4 (g). libcrypto's
// own check is not asked: it reads empty rfc822Name and URI constraints the other way round, takes masks that
// are no prefix, and lets a wildcard pass beside an excluded name.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "chain_problem.h"

namespace domsec::pki {

struct ConstrainedNames;
struct Constraints;

/// The checks of one examination: its paths share certificates, so what was read and compared once is kept.
/// The certificates must outlive it.
class NameConstraints {
 public:
  explicit NameConstraints(PathProfile profile);
  ~NameConstraints();
  NameConstraints(const NameConstraints&) = delete;
  NameConstraints& operator=(const NameConstraints&) = delete;

  /// Is the subject CN of the leaf a name that constraints hold for?
  enum class CommonName { is_a_name, is_none };
  /// Leaf first, the anchor's constraints included. A violation has the depth of the certificate whose name
  /// it is, a constraint that cannot be read that of its authority.
  [[nodiscard]] std::vector<ChainProblem> problems(std::span<X509* const> chain, CommonName common_name);
  /// Is a subject CN of the leaf outside a constraint of the path, whatever its SAN says?
  [[nodiscard]] bool common_name_violates(std::span<X509* const> chain);

 private:
  const Constraints& constraints_of(X509* x509);
  const ConstrainedNames& names_of(X509* x509);
  /// X509_V_ERR_* of one certificate under one authority.
  struct Answer {
    std::vector<int> names;
    std::vector<int> common_names;
  };
  const Answer& answer(X509* authority, X509* subject);
  /// May these be compared? Counts them.
  bool affordable(const ConstrainedNames& names, const Constraints& constraints);

  PathProfile profile_;
  std::size_t comparisons_ = 0;
  std::map<X509*, std::unique_ptr<Constraints>> constraints_;
  std::map<X509*, std::unique_ptr<ConstrainedNames>> names_;
  std::map<std::pair<X509*, X509*>, Answer> answers_;  // authority, subject
};

}  // namespace domsec::pki
