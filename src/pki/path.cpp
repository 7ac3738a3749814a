// The examination of one peer's path: one run of libcrypto; when that is not good, the other ways to an
// anchor; then the question of D-18, whether an intermediate that the peer did not send would complete the
// path. Not here: names (name_match.cpp), revocation (revocation.cpp), what is made of a problem (policy).
#include "domsec/pki/path.h"

#include <algorithm>

#include "candidate_paths.h"
#include "chain_run.h"
#include "distinguished_name.h"
#include "path_fault.h"
#include "signature_budget.h"

namespace domsec::pki {
namespace {

constexpr int most_signatures = 2'000;  // of all candidate paths together, by verification_cost

/// The peer's certificates as libcrypto wants them.
struct Presented {
  X509* leaf = nullptr;
  std::vector<X509*> others;
};

Presented presented_of(const Chain& chain) {
  Presented presented;
  for (const CertificatePtr& certificate : chain) {
    if (certificate == nullptr || certificate->x509 == nullptr) continue;
    if (presented.leaf == nullptr) {
      presented.leaf = certificate->x509.get();
    } else {
      presented.others.push_back(certificate->x509.get());
    }
  }
  return presented;
}

/// Any kind of CA, a version 1 root too: D-18 asks what the peer meant to send.
bool holds_authority(const std::vector<X509*>& certificates) {
  return std::any_of(certificates.begin(), certificates.end(),
                     [](X509* x509) { return X509_check_ca(x509) > 0; });
}

CertificatePtr certificate_of(const X509* x509, const PathInput& input, const TrustStore& anchors) {
  if (CertificatePtr anchor = anchors.find(x509)) return anchor;
  for (const Chain* chain : {&input.presented, &input.known_intermediates}) {
    for (const CertificatePtr& certificate : *chain) {
      if (certificate != nullptr && certificate->x509.get() == x509) return certificate;
    }
  }
  return read_certificate(
      const_cast<X509*>(x509));  // libcrypto made a certificate of its own: does not happen today
}

PathFault fault_of(const ChainProblem& problem, PresentedAuthority presented) {
  return problem.error == X509_V_OK ? problem.fault : path_fault(problem.error, presented);
}

bool anchored(const ChainRun& run, const TrustStore& anchors) {
  return anchors.find(run.chain.back()) != nullptr;
}

/// Could another path be better? The leaf's own faults stay the same on every path.
bool another_path_may_help(const ChainRun& run) {
  return std::any_of(run.problems.begin(), run.problems.end(), [](const ChainProblem& problem) {
    if (problem.depth > 0 || problem.error == X509_V_ERR_NO_EXPLICIT_POLICY) return true;
    switch (fault_of(problem, PresentedAuthority::none)) {
      case PathFault::expired:
      case PathFault::not_yet_valid:
      case PathFault::wrong_purpose:
      case PathFault::self_signed:
      case PathFault::rejected:
      case PathFault::other:
        return false;
      case PathFault::weak:  // the strength of the issuer's signature hangs on no path, but costs little to
                             // ask
      case PathFault::untrusted_root:
      case PathFault::issuer_not_found:
      case PathFault::bad_signature:
      case PathFault::not_a_ca:
      case PathFault::path_too_long:
      case PathFault::name_constraint:
        return true;
    }
    return true;
  });
}

/// The best of all paths: anchored before not, then with the fewest problems, libcrypto's own choice before
/// another.
ChainRun best_run(const PathInput& input, const Presented& presented, const TrustStore& anchors,
                  NameConstraints& name_constraints) {
  ChainRun best =
      run_chain({presented.leaf, presented.others, &anchors, nullptr, &input, &name_constraints});
  if (!another_path_may_help(best)) return best;
  int left = most_signatures;
  for (const CandidatePath& path : candidate_paths(presented.leaf, presented.others, anchors, input)) {
    if (path == best.chain) continue;
    for (std::size_t i = 1; i < path.size(); ++i) left -= verification_cost(path[i]);
    if (left < 0) break;
    const std::span<X509* const> between(path.begin() + 1, path.end() - 1);
    ChainRun other = run_chain({presented.leaf, between, &anchors, path.back(), &input, &name_constraints});
    const auto rank = [&](const ChainRun& run) {
      return std::pair(!anchored(run, anchors), run.problems.size());
    };
    if (rank(other) < rank(best)) best = std::move(other);
    if (best.problems.empty()) break;
  }
  return best;
}

/// D-18: does the path reach an anchor with certificates that the peer did not send?
bool completes(const PathInput& input, const Presented& presented, const TrustStore& anchors,
               NameConstraints& name_constraints) {
  if (input.known_intermediates.empty()) return false;
  std::vector<X509*> pool = presented.others;
  for (const CertificatePtr& known : input.known_intermediates) {
    if (known != nullptr && known->x509 != nullptr) pool.push_back(known->x509.get());
  }
  const ChainRun run = run_chain({presented.leaf, pool, &anchors, nullptr, &input, &name_constraints});
  const bool sound = std::none_of(run.problems.begin(), run.problems.end(), [](const ChainProblem& problem) {
    return fault_of(problem, PresentedAuthority::none) == PathFault::bad_signature;
  });
  return sound && anchored(run, anchors);
}

std::string subject_at(int depth, const Chain& path) {
  const auto at = static_cast<std::size_t>(std::max(depth, 0));
  return at < path.size() && path[at] != nullptr ? path[at]->subject : std::string();
}

const TrustStore& no_anchors() {
  static const TrustStore none;
  return none;
}

}  // namespace

PathExamination examine_path(const PathInput& input) {
  PathExamination examination;
  const TrustStore& anchors = input.anchors == nullptr ? no_anchors() : *input.anchors;
  const Presented presented = presented_of(input.presented);
  if (presented.leaf == nullptr) {
    const int error = X509_V_ERR_INVALID_CALL;
    examination.problems.push_back({PathFault::other, 0, error, X509_verify_cert_error_string(error), {}});
    return examination;
  }
  NameConstraints name_constraints(input.profile);
  const ChainRun run = best_run(input, presented, anchors, name_constraints);
  examination.presented_ca = holds_authority(presented.others);
  examination.anchored = anchored(run, anchors);
  for (const X509* x509 : run.chain) examination.path.push_back(certificate_of(x509, input, anchors));
  if (examination.anchored) examination.anchor = examination.path.back()->subject;
  if (!examination.anchored)
    examination.completes_with_known_intermediate = completes(input, presented, anchors, name_constraints);
  examination.common_name_violates_constraints = name_constraints.common_name_violates(run.chain);

  const auto authority = examination.presented_ca ? PresentedAuthority::some : PresentedAuthority::none;
  for (const ChainProblem& problem : run.problems) {
    const bool ours = problem.error == X509_V_OK;
    examination.problems.push_back(
        {fault_of(problem, authority), problem.depth, problem.error,
         ours ? std::string(problem.words) : X509_verify_cert_error_string(problem.error),
         subject_at(problem.depth, examination.path)});
  }
  return examination;
}

bool key_usage_fits(const Certificate& leaf, Purpose purpose) {
  if (!leaf.key_usage || purpose == Purpose::any) return true;
  constexpr std::uint32_t digital_signature = 1U << 0U, key_encipherment = 1U << 2U, key_agreement = 1U << 4U;
  const std::uint32_t deciphers = purpose == Purpose::server ? key_encipherment : 0U;
  return (*leaf.key_usage & (digital_signature | key_agreement | deciphers)) != 0U;
}

UsageFit usage_fit(const Certificate& leaf) {
  if (!leaf.extended_key_usage.has_value()) return UsageFit::absent_any;
  const auto names = [&](std::string_view usage) {
    return std::find(leaf.extended_key_usage->begin(), leaf.extended_key_usage->end(), usage) !=
           leaf.extended_key_usage->end();
  };
  if (names("2.5.29.37.0")) return UsageFit::absent_any;  // anyExtendedKeyUsage
  if (names("serverAuth")) return names("clientAuth") ? UsageFit::fits : UsageFit::only_server_auth;
  return names("clientAuth") ? UsageFit::only_client_auth : UsageFit::neither;
}

}  // namespace domsec::pki
