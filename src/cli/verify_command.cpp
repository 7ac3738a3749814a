// The command of `domsec verify`: files and flags into the request that the batch makes of JSON.
#include <ostream>

#include "domsec/cli/options.h"
#include "domsec/cli/verify.h"
#include "domsec/pki/bundle.h"
#include "domsec/report/verification.h"
#include "domsec/session/trust_roots.h"
#include "issuer_fetch.h"
#include "verification_request.h"
#include "verify_details_json.h"

namespace domsec::cli {
namespace {

constexpr int accepted = 0;
constexpr int rejected = 1;
constexpr std::size_t largest_list = 256U << 20;

/// An empty file holds no certificate, which is no fault of intermediates and roots.
void append_file(const std::string& file, pki::Chain& into) {
  const std::string bytes = pki::read_file(file);
  if (bytes.empty()) return;
  const pki::Chain more = pki::read_certificates(bytes, file);
  into.insert(into.end(), more.begin(), more.end());
}

void read_certificate_files(const VerifyOptions& options, VerificationRequest& into) {
  const pki::Chain chain = pki::read_certificates(pki::read_file(options.leaf), options.leaf);
  into.leaf = chain.front();
  into.intermediates.assign(chain.begin() + 1, chain.end());
  for (const std::string& file : options.intermediates) append_file(file, into.intermediates);
  for (const std::string& file : options.trust) append_file(file, into.trust);
  if (options.trust.empty())
    into.trust = session::read_trust_roots({}, session::SystemRoots::added)->anchors();
}

void read_lists(const std::vector<std::string>& files, VerificationRequest& into) {
  for (const std::string& file : files) {
    const auto lists = pki::Crl::read_all(pki::read_file(file, largest_list));
    if (lists.empty()) {
      throw pki::BundleError(pki::BundleError::Kind::garbage,
                             file + " holds no revocation list: name a CRL in PEM or DER");
    }
    for (const auto& list : lists) {
      pki::CrlCandidate candidate;
      candidate.crl = list;
      candidate.origin = pki::CrlOrigin::file;
      candidate.uri = file;
      into.lists.push_back(std::move(candidate));
    }
  }
}

void read_names(const std::vector<std::string>& names, VerificationRequest& into) {
  for (const std::string& name : names) {
    const std::size_t colon = name.find(':');
    if (colon == std::string::npos)
      throw BadWord("--name: '" + name + "' is not dns:HOST, ip:ADDRESS or email:MAILBOX");
    into.names.emplace_back(name.substr(0, colon), name.substr(colon + 1));
  }
}

VerificationRequest request_of(const VerifyOptions& options, pki::Instant now) {
  VerificationRequest request;
  read_certificate_files(options, request);
  read_lists(options.lists, request);
  read_names(options.names, request);
  request.time = options.time.empty() ? pki::rfc3339(now) : options.time;
  request.purpose = options.purpose;
  request.profile = options.profile;
  request.crl_check = options.crl_check;
  request.crl_unknown = options.crl_unknown;
  request.crl_expiry = options.crl_expiry;
  request.max_depth = options.max_depth;
  request.max_crl_age = options.max_crl_age;
  request.security_level = options.security_level;
  request.cn_fallback = options.cn_fallback;
  request.policy.initial = options.policies;
  request.policy.require_explicit = options.require_explicit_policy;
  request.policy.inhibit_mapping = options.inhibit_policy_mapping;
  request.policy.inhibit_any = options.inhibit_any_policy;
  request.key_usage = options.key_usage;
  return request;
}

/// Beside the answer, never part of it: the files are what is verified.
std::shared_ptr<const pki::IssuersFetched> fetched_for(const VerifyOptions& options,
                                                       const policy::VerificationInput& input) {
  const exchange::Organisation organisation = organisation_of(options.end);
  if (organisation.revocation.aia != "fetch") return nullptr;
  return fetch_issuers(options.end, organisation, input.path, pki::examine_path(input.path));
}

}  // namespace

int run_verify(const VerifyOptions& options, pki::Instant now, std::ostream& out) {
  const bool json = options.form == VerifyForm::json;
  try {
    const policy::VerificationInput input = verification_input(request_of(options, now));
    policy::Verification verification = policy::verify(input);
    verification.fetched = fetched_for(options, input);
    out << (json ? verification_document(verification) + "\n"
                 : report::verification_text(input, verification));
    return verification.problems.empty() ? accepted : rejected;
  } catch (const pki::BundleError&) {
    if (json) out << unreadable_document() << '\n';
    throw;
  } catch (const BadWord& error) {
    if (json) out << unreadable_document() << '\n';
    throw UsageError(error.what());
  }
}

}  // namespace domsec::cli
