// One request, one certificate: sound, or with faults. Every fault is in this certificate alone; what was
// signed before stays as it is.
#include <algorithm>
#include <map>

#include "domsec/lab/certificate_fault.h"
#include "domsec/lab/kept_authority.h"
#include "domsec/lab/signable.h"

namespace domsec::lab {
namespace {

using std::chrono::days;

std::string name_of(Breakage breakage) {
  for (const Fault& fault : faults()) {
    if (fault.breakage == breakage) return std::string(fault.name);
  }
  return {};
}

bool has(const SigningTerms& terms, Breakage breakage) {
  return std::find(terms.faults.begin(), terms.faults.end(), breakage) != terms.faults.end();
}

void check_faults(const SigningTerms& terms) {
  std::map<FaultPart, Breakage> seen;
  for (const Breakage breakage : terms.faults) {
    const FaultPart part = part_of(breakage);
    if (part == FaultPart::session) {
      throw AuthorityError(name_of(breakage) +
                           " is a fault of a session, not of a certificate; domsec lab break shows it");
    }
    const auto [other, first] = seen.emplace(part, breakage);
    if (!first) {
      throw AuthorityError("the faults " + name_of(other->second) + " and " + name_of(breakage) +
                           " exclude each other; give one of them");
    }
  }
  const bool no_issuer = has(terms, Breakage::self_signed);
  for (const Breakage other : {Breakage::missing_intermediate, Breakage::key_mismatch, Breakage::revoked}) {
    if (no_issuer && has(terms, other)) {
      throw AuthorityError("the faults self-signed and " + name_of(other) +
                           " exclude each other; give one of them");
    }
  }
  if (has(terms, Breakage::untrusted_root) && has(terms, Breakage::missing_intermediate)) {
    throw AuthorityError(
        "the faults untrusted-root and missing-intermediate exclude each other; give one of them");
  }
}

/// What is left of a name when its first `labels` are gone; the fault needs a domain of two labels at least.
std::string without_labels(const std::string& name, int labels, Breakage breakage) {
  std::string rest = name.starts_with("*.") ? name.substr(2) : name;
  for (int i = 0; i < labels && !rest.empty(); ++i) {
    const std::size_t dot = rest.find('.');
    rest = dot == std::string::npos ? "" : rest.substr(dot + 1);
  }
  if (rest.find('.') != std::string::npos) return rest;
  throw AuthorityError("the fault " + name_of(breakage) +
                       " needs a name of the request with more labels than " +
                       (name.empty() ? "none" : name) + " has");
}

/// The O of a subject as it is shown; quoted ones are not worth the trouble.
std::string organisation_in(const std::string& subject) {
  const std::size_t at = subject.starts_with("O=") ? 0 : subject.find(", O=");
  if (at == std::string::npos) return "Rehearsal";
  const std::string rest = subject.substr(subject.find("O=", at) + 2);
  const std::string value = rest.substr(0, rest.find_first_of(",+"));
  return value.empty() || value.front() == '"' ? "Rehearsal" : value;
}

NamesOfFault names_of_fault(const pki::Request& request, Breakage breakage) {
  const std::vector<std::string> names = names_for(request);
  const std::string host = names.empty() ? std::string() : names.front();
  NamesOfFault out{organisation_in(request.subject), host, {}};
  if (breakage == Breakage::cn_only && host.empty()) {
    throw AuthorityError("the fault cn-only needs a request with a host name; make it again with one");
  }
  if (breakage == Breakage::wildcard) out.wildcard = without_labels(host, 1, breakage);
  if (breakage == Breakage::wildcard_two_labels) out.wildcard = without_labels(host, 2, breakage);
  if (breakage == Breakage::wildcard_apex) out.wildcard = without_labels(host, 0, breakage);
  return out;
}

/// What is to be issued, by whom it will be.
struct Order {
  pki::CertificateRecipe recipe;
  pki::SubjectOf subject = pki::SubjectOf::request;
};

/// The usual leaf, and what the faults change in it. `lists` leads to the lists of its issuer, empty where
/// there is no base.
Order order_for(const pki::Request& request, const SigningTerms& terms, const std::vector<std::string>& lists,
                const std::vector<std::string>& ca_issuers) {
  Order order;
  pki::CertificateRecipe& recipe = order.recipe;
  recipe.subject = request.subject;
  recipe.dns_names = names_for(request);
  recipe.not_before = terms.at - std::chrono::hours(1);  // for clocks that are behind
  recipe.not_after = terms.at + days(terms.days);
  recipe.extended_key_usage = {"serverAuth", "clientAuth"};
  recipe.crl_distribution_points = lists;
  recipe.ca_issuers = ca_issuers;
  for (const Breakage breakage : terms.faults) {
    if (part_of(breakage) != FaultPart::names) {
      break_certificate(recipe, breakage, {}, terms.at);
      continue;
    }
    break_certificate(recipe, breakage, names_of_fault(request, breakage), terms.at);
    order.subject = pki::SubjectOf::recipe;
  }
  return order;
}

/// An issuer that has the subject and the key of the certificate itself: what he signs is self-signed.
pki::CertificatePtr self_signed(const pki::Authority& any, Order order, const pki::Request& request,
                                const SigningTerms& terms) {
  if (!terms.requesters_key) {
    throw AuthorityError("the fault self-signed needs the private key of the request; give it with --key");
  }
  order.recipe.crl_distribution_points.clear();
  order.recipe.ca_issuers.clear();
  if (!belongs_to(*terms.requesters_key, request)) {
    throw AuthorityError(
        "the private key of --key is not that of the request; name the one that it was made with");
  }
  const pki::CertificatePtr alike = certify_key(any, order.recipe, request, order.subject);
  const pki::Authority itself(pki::Credentials{{alike}, *terms.requesters_key});
  return certify_key(itself, order.recipe, request, order.subject);
}

pki::CertificatePtr issue(const pki::Authority& by, const Order& order, const pki::Request& request,
                          const SigningTerms& terms) {
  if (has(terms, Breakage::self_signed)) return self_signed(by, order, request, terms);
  if (!has(terms, Breakage::key_mismatch)) return certify_key(by, order.recipe, request, order.subject);
  const pki::KeyKind kind =
      request.key_algorithm.starts_with("RSA") ? pki::KeyKind::rsa_2048 : pki::KeyKind::ec_p256;
  return by.certify(order.recipe, pki::make_key(kind));
}

/// What is sent behind the leaf. A peer that sends its private root shows that fault exactly
/// (authorities.cpp).
pki::Chain sent_behind(const pki::Authority& signer, const SigningTerms& terms) {
  if (has(terms, Breakage::self_signed) || has(terms, Breakage::missing_intermediate)) return {};
  pki::Chain chain;
  for (const pki::CertificatePtr& certificate : signer.own().chain) {
    if (!certificate->self_signed || has(terms, Breakage::untrusted_root)) chain.push_back(certificate);
  }
  return chain;
}

std::vector<std::string> notes_of(const SigningTerms& terms, const pki::Certificate& certificate) {
  std::vector<std::string> notes;
  const auto note = [&](Breakage breakage, const char* sentence) {
    if (has(terms, breakage)) notes.emplace_back(sentence);
  };
  note(Breakage::revoked, "it is on the next list: domsec crl issue");
  note(Breakage::crl_stale, "its list is made by domsec crl issue");
  note(Breakage::revoked_intermediate, "the list that has its issuer is made by domsec crl issue");
  note(Breakage::key_mismatch, "it is for a key that nobody has");
  if (certificate.dns_names.empty() && !has(terms, Breakage::cn_only))
    notes.emplace_back("it has no host name: the request asks for none");
  return notes;
}

}  // namespace

bool is_certificate_fault(Breakage breakage) {
  return part_of(breakage) != FaultPart::session;
}

/// The name of the authority that signs; made when it is not there yet.
std::string KeptAuthority::signer_of(const SigningTerms& terms) {
  if (has(terms, Breakage::untrusted_root)) {
    (void)stranger(terms.at);
    return "stranger";
  }
  if (has(terms, Breakage::revoked_intermediate)) {
    const pki::Authority made = subordinate("revoked", "CN=A Revoked Issuing CA, O=Rehearsal", terms.at);
    (void)revoke(made.certificate()->thumbprint, "cACompromise", terms.at);
    return "revoked";
  }
  if (has(terms, Breakage::missing_intermediate) && issuer() == "root") {
    (void)subordinate("unsent", "CN=An Issuing CA That Is Not Sent, O=Rehearsal", terms.at);
    return "unsent";
  }
  return issuer();
}

SignedCertificate KeptAuthority::sign(const pki::Request& request, const SigningTerms& terms) {
  if (const std::string why = refusal(request); !why.empty()) throw AuthorityError(why);
  check_faults(terms);
  const bool with_lists = !index_.crl_base.empty();
  if (has(terms, Breakage::crl_stale) && !with_lists) {
    throw AuthorityError(
        "the fault crl-stale needs a distribution point, which this authority does not name; make one with "
        "domsec cert authority --crl-base");
  }
  const std::string signer = signer_of(terms);
  const pki::Authority by = authority(signer);
  if (terms.at + days(terms.days) > by.certificate()->not_after) {
    throw AuthorityError("the certificate would outlive its authority, which ends on " +
                         pki::rfc3339(by.certificate()->not_after) + "; give fewer --days");
  }
  std::vector<std::string> lists;
  std::vector<std::string> ca_issuers;
  if (with_lists) {
    lists = {crl_uri(has(terms, Breakage::crl_stale) ? signer + "-stale" : signer)};
    ca_issuers = {index_.crl_base + "/" + signer + ".cer"};
  }
  SignedCertificate signed_one;
  signed_one.chain = {issue(by, order_for(request, terms, lists, ca_issuers), request, terms)};
  const pki::Certificate& leaf = *signed_one.chain.front();
  IssuedCertificate& record = signed_one.record;
  record = {leaf.serial,
            has(terms, Breakage::self_signed) ? "" : signer,
            leaf.subject,
            leaf.thumbprint,
            terms.at,
            leaf.not_after,
            {},
            {},
            {}};
  for (const Breakage breakage : terms.faults) record.faults.push_back(name_of(breakage));
  if (has(terms, Breakage::revoked)) {
    record.revoked_at = terms.at;
    record.reason = "keyCompromise";
  }
  signed_one.notes = notes_of(terms, leaf);
  for (const pki::CertificatePtr& certificate : sent_behind(by, terms))
    signed_one.chain.push_back(certificate);
  index_.issued.push_back(record);
  write();
  return signed_one;
}

}  // namespace domsec::lab
