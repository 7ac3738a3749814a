// Path building with going back, RFC 4158 2.4: libcrypto takes the first issuer that looks right and stays
// with it, so a cross-signed or renewed CA can hide a good path behind a bad one. Depth first, shortest way
// to an anchor first. Not here: verification of a path (chain_run.cpp).
#include "candidate_paths.h"

#include <algorithm>

namespace domsec::pki {
namespace {

constexpr std::size_t most_paths = 100;
constexpr int most_steps = 5000;

/// Names and key identifiers fit (RFC 5280 4.2.1.1). A missing keyCertSign is the verifier's to tell.
bool may_have_issued(X509* issuer, X509* subject) {
  const int answer = X509_check_issued(issuer, subject);
  return answer == X509_V_OK || answer == X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
}

class Search {
 public:
  Search(std::span<X509* const> pool, const TrustStore& anchors, int max_intermediates)
      : pool_(pool),
        anchors_(anchors),
        longest_(static_cast<std::size_t>(std::max(max_intermediates, 0)) + 1) {}

  void extend(std::vector<X509*>& way) {
    if (exhausted()) return;
    X509* top = way.back();
    for (const CertificatePtr& anchor : anchors_.anchors()) {
      if (exhausted()) return;
      ++steps_;
      if (!may_have_issued(anchor->x509.get(), top)) continue;
      paths.push_back(way);
      paths.back().push_back(anchor->x509.get());
    }
    if (way.size() >= longest_) return;
    for (X509* issuer : pool_) {
      if (exhausted()) return;
      ++steps_;
      if (seen(way, issuer) || !may_have_issued(issuer, top)) continue;
      way.push_back(issuer);
      extend(way);
      way.pop_back();
    }
  }

  std::vector<std::vector<X509*>> paths;

 private:
  [[nodiscard]] bool exhausted() const { return paths.size() >= most_paths || steps_ >= most_steps; }
  static bool seen(const std::vector<X509*>& way, X509* x509) {
    return std::any_of(way.begin(), way.end(), [x509](X509* one) { return X509_cmp(one, x509) == 0; });
  }

  std::span<X509* const> pool_;
  const TrustStore& anchors_;
  std::size_t longest_;
  int steps_ = 0;
};

}  // namespace

std::vector<std::vector<X509*>> candidate_paths(X509* leaf, std::span<X509* const> pool,
                                                const TrustStore& anchors, int max_intermediates) {
  Search search(pool, anchors, max_intermediates);
  std::vector<X509*> way{leaf};
  search.extend(way);
  return std::move(search.paths);
}

}  // namespace domsec::pki
