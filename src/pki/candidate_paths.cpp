// Path building with going back, RFC 4158 2.4: libcrypto takes the first issuer that looks right and stays
// with it, so a cross-signed or renewed CA can hide a good path behind a bad one.
//
// Ways grow from the leaf, the most promising first, so that a bound cuts off the least promising ones and
// the answer hangs on nothing but the input. An issuer is one by name, key identifier (4.2.1.1) and
// signature; issuers are found by name, and those of one certificate once. Not here: verification of a path
// (chain_run.cpp).
#include "candidate_paths.h"

#include <algorithm>
#include <queue>
#include <tuple>
#include <unordered_map>

#include "chain_run.h"
#include "path_purpose.h"
#include "signature_budget.h"

namespace domsec::pki {
namespace {

constexpr std::size_t most_paths = 200;
constexpr int most_steps = 20'000;
constexpr int most_signatures = 3'000;  // by verification_cost: a tenth to a third of a second

/// One certificate that may stand above another.
struct Issuer {
  X509* x509 = nullptr;
  int faults = 0;
};

int faults_of(X509* authority, bool is_anchor, const PathInput& input) {
  std::time_t now = static_cast<std::time_t>(input.at.time_since_epoch().count());
  int faults = 0;
  if (X509_cmp_time(X509_get0_notBefore(authority), &now) > 0) ++faults;
  if (X509_cmp_time(X509_get0_notAfter(authority), &now) < 0) ++faults;
  if (!is_anchor && X509_check_ca(authority) != 1) ++faults;
  if (!serves(authority, input.purpose, PathPosition::authority)) ++faults;
  return faults;
}

/// A way from the leaf so far, as a link to the way one shorter.
struct Way {
  X509* top = nullptr;
  std::size_t below = 0;  // index; the leaf's own way is its own
  std::size_t length = 1;
  int faults = 0;
  bool ends_in_anchor = false;
};

class Search {
 public:
  Search(std::span<X509* const> pool, const TrustStore& anchors, const PathInput& input)
      : input_(input), longest_(static_cast<std::size_t>(std::max(input.max_intermediates, 0)) + 2) {
    for (const CertificatePtr& anchor : anchors.anchors()) enlist(anchor->x509.get(), anchors_);
    for (X509* x509 : pool) enlist(x509, pool_);
  }

  std::vector<CandidatePath> run(X509* leaf) {
    std::vector<CandidatePath> paths;
    open({leaf});
    while (!open_.empty() && paths.size() < most_paths) {
      const std::size_t best = open_.top();
      open_.pop();
      if (ways_[best].ends_in_anchor) {
        paths.push_back(path_of(best));
      } else {
        extend(best);
      }
    }
    return paths;
  }

 private:
  using BySubject = std::unordered_map<unsigned long, std::vector<Issuer>>;

  void enlist(X509* x509, BySubject& into) {
    auto& namesakes = into[X509_subject_name_hash(x509)];
    const bool known = std::any_of(namesakes.begin(), namesakes.end(),
                                   [&](const Issuer& one) { return X509_cmp(one.x509, x509) == 0; });
    const int faults = faults_of(x509, &into == &anchors_, input_);
    if (!known) namesakes.push_back({x509, faults});
  }

  std::vector<Issuer> issuers_among(const BySubject& certificates, X509* subject) {
    std::vector<Issuer> issuers;
    const auto namesakes = certificates.find(X509_issuer_name_hash(subject));
    if (namesakes == certificates.end()) return issuers;
    for (const Issuer& one : namesakes->second) {
      if (++steps_ > most_steps) break;
      if (!may_have_issued(one.x509, subject, input_.key_identifiers)) continue;
      if (signatures_.ask(one.x509, subject) != SignatureBudget::Answer::bad) issuers.push_back(one);
    }
    return issuers;
  }

  /// The anchors above a way are looked for at once: the one certificate that leads out of a maze must not
  /// wait until the steps are spent on the others.
  void open(const Way& way) {
    ways_.push_back(way);
    const std::size_t index = ways_.size() - 1;
    if (!way.ends_in_anchor) {
      const auto [kept, is_new] = anchors_above_.try_emplace(way.top);
      if (is_new) kept->second = issuers_among(anchors_, way.top);
      for (const Issuer& anchor : kept->second) lengthen(index, anchor, true);
    }
    open_.push(index);
  }

  void extend(std::size_t way) {
    const auto [kept, is_new] = issuers_.try_emplace(ways_[way].top);
    if (is_new) kept->second = issuers_among(pool_, ways_[way].top);
    for (const Issuer& issuer : kept->second) {
      if (++steps_ > most_steps) return;
      lengthen(way, issuer, false);
    }
  }

  void lengthen(std::size_t way, const Issuer& issuer, bool by_anchor) {
    const Way from = ways_[way];
    const std::size_t length = from.length + 1;
    if (length > (by_anchor ? longest_ : longest_ - 1) || holds(way, issuer.x509)) return;
    open({issuer.x509, way, length, from.faults + issuer.faults, by_anchor});
  }

  [[nodiscard]] bool holds(std::size_t way, X509* x509) const {
    for (;; way = ways_[way].below) {
      if (X509_cmp(ways_[way].top, x509) == 0) return true;
      if (ways_[way].length == 1) return false;
    }
  }

  [[nodiscard]] CandidatePath path_of(std::size_t way) const {
    CandidatePath path(ways_[way].length);
    for (std::size_t i = path.size(); i > 0; --i, way = ways_[way].below) path[i - 1] = ways_[way].top;
    return path;
  }

  [[nodiscard]] bool is_worse(std::size_t one, std::size_t other) const {
    const auto rank = [&](std::size_t way) { return std::tuple(ways_[way].faults, ways_[way].length, way); };
    return rank(one) > rank(other);
  }

  struct Worse {
    const Search* search;
    bool operator()(std::size_t one, std::size_t other) const { return search->is_worse(one, other); }
  };

  const PathInput& input_;
  std::size_t longest_;  // certificates of a path, leaf and anchor included
  int steps_ = 0;
  SignatureBudget signatures_{most_signatures};
  BySubject anchors_;
  BySubject pool_;
  std::unordered_map<X509*, std::vector<Issuer>> anchors_above_;
  std::unordered_map<X509*, std::vector<Issuer>> issuers_;
  std::vector<Way> ways_;
  std::priority_queue<std::size_t, std::vector<std::size_t>, Worse> open_{Worse{this}};
};

}  // namespace

std::vector<CandidatePath> candidate_paths(X509* leaf, std::span<X509* const> pool, const TrustStore& anchors,
                                           const PathInput& input) {
  const ErrorQueueMark mark;
  Search search(pool, anchors, input);
  return search.run(leaf);
}

}  // namespace domsec::pki
