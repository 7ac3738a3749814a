// RFC 5280 6 by libcrypto, with a verify callback that notes the problem and goes on, so that one run gives
// all of them (D-20).
//
// Where we differ from libcrypto's own verdict, and why:
// * notAfter is the last second of the validity (RFC 5280 4.1.2.5 "inclusive"); libcrypto refuses that
// second.
// * The purpose is checked in path_purpose.cpp, name constraints in name_constraints.cpp.
// * An issuer that is not found is said once, not twice, beside a self-signed top.
//
// CRL flags are never set: libcrypto would verify the list's signature in each run (see revocation.cpp), and
// would call the callback with nested contexts that lack our data. The callback looks twice all the same.
#include "chain_run.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

#include "certificate_profile.h"
#include "distinguished_name.h"
#include "path_purpose.h"
#include "policy_bound.h"

namespace domsec::pki {
namespace {

struct StackFreed {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }  // the certificates are not ours
};
using X509Stack = std::unique_ptr<STACK_OF(X509), StackFreed>;
using X509StoreCtxOwner = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

std::time_t seconds(Instant at) {
  return static_cast<std::time_t>(at.time_since_epoch().count());
}

/// RFC 5280 4.1.2.5: the period from notBefore through notAfter, inclusive. X509_cmp_time calls an equal time
/// earlier.
bool is_last_second(X509* x509, Instant at) {
  std::time_t before = seconds(at) - 1;
  return x509 != nullptr && X509_cmp_time(X509_get0_notAfter(x509), &before) > 0;
}

/// A GeneralizedTime with a fraction of a second, which RFC 5280 4.1.2.5.2 forbids and libcrypto does not read.
/// The profile trust takes its whole seconds: what it says is not in doubt.
std::optional<Instant> fractional_time(const ASN1_TIME* time) {
  const std::string text = bytes_of(time);
  constexpr std::size_t point = 14;  // YYYYMMDDHHMMSS
  if (ASN1_STRING_type(time) != V_ASN1_GENERALIZEDTIME || text.size() < point + 3) return std::nullopt;
  const bool only_digits = text.find_first_not_of("0123456789", point + 1) == text.size() - 1;
  std::tm utc{};
  if (text[point] != '.' || text.back() != 'Z' || !only_digits || ASN1_TIME_to_tm(time, &utc) != 1) return std::nullopt;
  return Instant(std::chrono::seconds(timegm(&utc)));
}

struct Noted {
  Instant at;
  PathProfile profile = PathProfile::trust;
  KeyIdentifiers key_identifiers = KeyIdentifiers::bind;
  std::vector<ChainProblem> problems;
};

/// Name constraints are name_constraints.h's. libcrypto tells UNSPECIFIED of names and constraints that are
/// too many for it, and of nothing else that it goes on from.
bool is_told_elsewhere(int error) {
  switch (error) {
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
    case X509_V_ERR_UNSPECIFIED: return true;
    default: return false;  // libcrypto's numbers are plain ints
  }
}

/// What to note of a date that libcrypto does not read; X509_V_OK when it is in order.
int date_error(int error, X509* x509, const Noted& noted) {
  if (noted.profile == PathProfile::strict || x509 == nullptr) return error;
  const bool begins = error == X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD;
  const auto time = fractional_time(begins ? X509_get0_notBefore(x509) : X509_get0_notAfter(x509));
  if (!time) return error;
  if (begins) return noted.at < *time ? X509_V_ERR_CERT_NOT_YET_VALID : X509_V_OK;
  return noted.at > *time ? X509_V_ERR_CERT_HAS_EXPIRED : X509_V_OK;
}

/// Is there nothing in it that a path has to be held to, or is that done here? Key identifiers are hints (RFC 5280
/// 4.2.1.1, 4.2.1.2); that they are critical is the profile's fault.
bool is_known(X509_EXTENSION* extension, X509* of) {
  const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
  return X509_supported_extension(extension) == 1 || nid == NID_subject_key_identifier ||
         nid == NID_authority_key_identifier || is_repeated_usage(extension, of);
}

/// libcrypto stops at the first critical extension that it does not know; this looks at all of them.
bool has_unknown_critical_extension(X509* x509) {
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    X509_EXTENSION* extension = X509_get_ext(x509, i);
    if (X509_EXTENSION_get_critical(extension) != 0 && !is_known(extension, x509)) return true;
  }
  return false;
}

int note_and_go_on(int ok, X509_STORE_CTX* context) {
  auto* noted = static_cast<Noted*>(X509_STORE_CTX_get_app_data(context));
  if (ok != 0 || noted == nullptr) return ok;
  int error = X509_STORE_CTX_get_error(context);
  if (is_told_elsewhere(error)) return 1;
  if (error == X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD || error == X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD) {
    error = date_error(error, X509_STORE_CTX_get_current_cert(context), *noted);
    if (error == X509_V_OK) return 1;
  }
  if (error == X509_V_ERR_CERT_HAS_EXPIRED &&
      is_last_second(X509_STORE_CTX_get_current_cert(context), noted->at))
    return 1;
  X509* at = X509_STORE_CTX_get_current_cert(context);
  if (error == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION && at != nullptr && !has_unknown_critical_extension(at))
    return 1;
  // A missing policy is the whole path's, and libcrypto leaves the depth as it was.
  const int depth = error == X509_V_ERR_NO_EXPLICIT_POLICY ? 0 : X509_STORE_CTX_get_error_depth(context);
  noted->problems.push_back({error, depth});
  return 1;
}

int trust_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::server:
      return X509_TRUST_SSL_SERVER;
    case Purpose::client:
      return X509_TRUST_SSL_CLIENT;
    case Purpose::any:
      return X509_TRUST_DEFAULT;
  }
  return X509_TRUST_DEFAULT;
}

/// RFC 5280 6.1. libcrypto takes an empty set for "none", so any policy is said in so many words.
void set_policy(X509_VERIFY_PARAM* parameters, const PolicyInput& policy) {
  unsigned long flags = X509_V_FLAG_POLICY_CHECK;
  if (policy.require_explicit) flags |= X509_V_FLAG_EXPLICIT_POLICY;
  if (policy.inhibit_mapping) flags |= X509_V_FLAG_INHIBIT_MAP;
  if (policy.inhibit_any) flags |= X509_V_FLAG_INHIBIT_ANY;
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  if (policy.initial.empty()) X509_VERIFY_PARAM_add0_policy(parameters, OBJ_nid2obj(NID_any_policy));
  for (const std::string& oid : policy.initial) {
    if (ASN1_OBJECT* object = OBJ_txt2obj(oid.c_str(), 1)) X509_VERIFY_PARAM_add0_policy(parameters, object);
  }
}

enum class Policies { examined, left_out };

void set_parameters(X509_STORE_CTX* context, const PathInput& input, Policies policies) {
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context);
  // PARTIAL_CHAIN: an anchor need not be self-signed. CHECK_SS_SIGNATURE stays off: an anchor is trusted as
  // it is, and a foreign root is refused as it is, so its own signature says nothing (RFC 5280 6.1).
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
  if (input.profile == PathProfile::strict) X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
  if (policies == Policies::examined) set_policy(parameters, input.policy);
  X509_VERIFY_PARAM_set_time(parameters, seconds(input.at));
  X509_VERIFY_PARAM_set_auth_level(parameters, input.security_level);  // none by default
  X509_VERIFY_PARAM_set_depth(parameters, input.max_intermediates);
  if (input.purpose != Purpose::any) X509_VERIFY_PARAM_set_trust(parameters, trust_of(input.purpose));
}

bool has(const std::vector<ChainProblem>& problems, std::initializer_list<int> errors) {
  return std::any_of(problems.begin(), problems.end(), [&](const ChainProblem& problem) {
    return std::find(errors.begin(), errors.end(), problem.error) != errors.end();
  });
}

void drop(std::vector<ChainProblem>& problems, std::initializer_list<int> errors) {
  std::erase_if(problems, [&](const ChainProblem& problem) {
    return std::find(errors.begin(), errors.end(), problem.error) != errors.end();
  });
}

/// A CA without keyCertSign, and a certificate that is no CA at all, are told by libcrypto with both numbers:
/// keep the cause.
void say_why_no_authority(const std::vector<X509*>& chain, std::vector<ChainProblem>& problems) {
  const std::vector<ChainProblem> all = problems;
  const auto told = [&](int error, int depth) {
    return std::find(all.begin(), all.end(), ChainProblem{error, depth}) != all.end();
  };
  std::erase_if(problems, [&](const ChainProblem& problem) {
    if (problem.depth < 0 || problem.depth >= static_cast<int>(chain.size())) return false;
    const bool ca =
        (X509_get_extension_flags(chain[static_cast<std::size_t>(problem.depth)]) & EXFLAG_CA) != 0U;
    if (problem.error == X509_V_ERR_INVALID_CA)
      return ca && told(X509_V_ERR_KEYUSAGE_NO_CERTSIGN, problem.depth);
    return problem.error == X509_V_ERR_KEYUSAGE_NO_CERTSIGN && !ca &&
           told(X509_V_ERR_INVALID_CA, problem.depth);
  });
}

/// An anchor of version 1 is an authority because it is an anchor: it has no extension to say so (RFC
/// 5280 6.1.1 (d) asks for a name and a key only). libcrypto grants that to self-signed ones.
void accept_version_1_anchor(const std::vector<X509*>& chain, int untrusted,
                             std::vector<ChainProblem>& problems) {
  const int top = static_cast<int>(chain.size()) - 1;
  if (top < untrusted || X509_get_version(chain.back()) != X509_VERSION_1) return;
  std::erase(problems, ChainProblem{X509_V_ERR_INVALID_CA, top});
}

/// One cause, one problem: a path without an anchor is told once, by the most exact number.
void say_each_once(std::vector<ChainProblem>& problems) {
  if (has(problems, {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN})) {
    drop(problems, {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                    X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED});
  }
  if (has(problems, {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY})) {
    drop(problems, {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED});
  }
  std::sort(problems.begin(), problems.end(), [](const ChainProblem& a, const ChainProblem& b) {
    return std::tie(a.depth, a.error, a.words) < std::tie(b.depth, b.error, b.words);
  });
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
}

/// libcrypto gives up only when it cannot go on (memory, a key that is none). What the certificates say by
/// themselves is still told, so that the list is as complete as it can be.
void check_dates(const std::vector<X509*>& chain, Instant at, std::vector<ChainProblem>& problems) {
  std::time_t now = seconds(at);
  for (int depth = 0; depth < static_cast<int>(chain.size()); ++depth) {
    X509* x509 = chain[static_cast<std::size_t>(depth)];
    if (X509_cmp_time(X509_get0_notBefore(x509), &now) > 0)
      problems.push_back({X509_V_ERR_CERT_NOT_YET_VALID, depth});
    if (X509_cmp_time(X509_get0_notAfter(x509), &now) < 0 && !is_last_second(x509, at)) {
      problems.push_back({X509_V_ERR_CERT_HAS_EXPIRED, depth});
    }
  }
}

void append(const std::vector<ChainProblem>& more, std::vector<ChainProblem>& to) {
  to.insert(to.end(), more.begin(), more.end());
}

void check_names(const ChainQuestion& question, const std::vector<X509*>& chain, std::vector<ChainProblem>& problems) {
  using CommonName = NameConstraints::CommonName;
  const auto common_name = question.input->constrain_common_name ? CommonName::is_a_name : CommonName::is_none;
  append(question.name_constraints->problems(chain, common_name), problems);
}

void check_extensions(const std::vector<X509*>& chain, std::vector<ChainProblem>& problems) {
  for (int depth = 0; depth < static_cast<int>(chain.size()); ++depth) {
    X509* x509 = chain[static_cast<std::size_t>(depth)];
    if ((X509_get_extension_flags(x509) & EXFLAG_INVALID) != 0U)
      problems.push_back({X509_V_ERR_INVALID_EXTENSION, depth});
  }
}

/// Those that may stand in a path whose policies are examined.
std::vector<X509*> with_few_policies(std::span<X509* const> certificates) {
  std::vector<X509*> few;
  std::copy_if(certificates.begin(), certificates.end(), std::back_inserter(few),
               [](X509* x509) { return !has_too_many_policies(x509); });
  return few;
}

}  // namespace

bool may_have_issued(X509* issuer, X509* subject, KeyIdentifiers identifiers) {
  switch (X509_check_issued(issuer, subject)) {
    case X509_V_OK:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
      return true;
    case X509_V_ERR_AKID_SKID_MISMATCH:
    case X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH:
      return identifiers == KeyIdentifiers::hint;
    default:
      return false;
  }
}

int check_issued(X509_STORE_CTX* context, X509* subject, X509* issuer) {
  const auto* noted = static_cast<const Noted*>(X509_STORE_CTX_get_app_data(context));
  const auto identifiers = noted == nullptr ? KeyIdentifiers::bind : noted->key_identifiers;
  return may_have_issued(issuer, subject, identifiers) ? 1 : 0;
}

namespace {

ChainRun run_once(const ChainQuestion& question, Policies policies) {
  const ErrorQueueMark mark;
  ChainRun run;
  Noted noted{question.input->at, question.input->profile, question.input->key_identifiers, {}};
  const X509StoreCtxOwner context(X509_STORE_CTX_new());
  const X509Stack untrusted(sk_X509_new_null());
  const X509Stack anchor(sk_X509_new_null());
  for (X509* x509 : question.untrusted) sk_X509_push(untrusted.get(), x509);
  // The store gives check_issued; for one anchor its certificates are set aside below.
  if (context == nullptr || X509_STORE_CTX_init(context.get(), question.anchors->store(), question.leaf,
                                                untrusted.get()) != 1) {
    return {{question.leaf}, {{X509_V_ERR_OUT_OF_MEM, 0}}};
  }
  if (question.only_anchor != nullptr) {
    sk_X509_push(anchor.get(), question.only_anchor);
    X509_STORE_CTX_set0_trusted_stack(context.get(), anchor.get());
  }
  set_parameters(context.get(), *question.input, policies);
  X509_STORE_CTX_set_app_data(context.get(), &noted);
  X509_STORE_CTX_set_verify_cb(context.get(), note_and_go_on);
  const KeyDecodingScope decoding(question.input->key_decoding);
  const int verified = X509_verify_cert(context.get());

  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) run.chain.push_back(sk_X509_value(chain, i));
  if (run.chain.empty()) run.chain.push_back(question.leaf);
  run.problems = std::move(noted.problems);
  if (verified <= 0) {
    run.problems.push_back(
        {X509_STORE_CTX_get_error(context.get()), X509_STORE_CTX_get_error_depth(context.get())});
    check_dates(run.chain, question.input->at, run.problems);
  }
  check_names(question, run.chain, run.problems);
  append(certificate_profile_problems(run.chain, question.input->profile), run.problems);
  check_extensions(run.chain, run.problems);
  append(purpose_problems(run.chain, question.input->purpose, *question.anchors), run.problems);
  accept_version_1_anchor(run.chain, X509_STORE_CTX_get_num_untrusted(context.get()), run.problems);
  say_why_no_authority(run.chain, run.problems);
  say_each_once(run.problems);
  return run;
}

}  // namespace

ChainRun run_chain(const ChainQuestion& question) {
  const std::vector<X509*> few = with_few_policies(question.untrusted);
  const bool all_few = few.size() == question.untrusted.size() && !has_too_many_policies(question.leaf);
  if (all_few) return run_once(question, Policies::examined);
  ChainRun run = run_once(question, Policies::left_out);
  const std::vector<ChainProblem> beyond = policy_bound_problems(run.chain);
  if (beyond.empty()) {  // none of them is in the path, nor is the leaf one
    ChainQuestion again = question;
    again.untrusted = few;
    return run_once(again, Policies::examined);
  }
  append(beyond, run.problems);
  say_each_once(run.problems);
  return run;
}

}  // namespace domsec::pki
