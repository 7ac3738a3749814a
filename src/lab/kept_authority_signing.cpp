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

template <typename Is>
const Fault* first(const SigningTerms& terms, Is is) {
  for (const Fault* fault : terms.faults) {
    if (is(fault->certificate)) return fault;
  }
  return nullptr;
}

bool is_self_signed(const CertificateFault& fault) {
  return fault.signer == Signer::itself;
}
bool is_of_a_stranger(const CertificateFault& fault) {
  return fault.signer == Signer::stranger;
}
bool is_leaf_alone(const CertificateFault& fault) {
  return fault.sent == SentChain::leaf_only;
}
bool has_another_key(const CertificateFault& fault) {
  return fault.another_key;
}
bool is_revoked(const CertificateFault& fault) {
  return fault.revoked;
}
bool is_below_a_revoked_one(const CertificateFault& fault) {
  return fault.issuing && fault.issuing->revoked;
}
bool has_a_stale_list(const CertificateFault& fault) {
  return fault.list == ListState::stale;
}

void refuse_both(const Fault* one, const Fault* other) {
  if (one == nullptr || other == nullptr) return;
  throw AuthorityError("the faults " + one->name + " and " + other->name +
                       " exclude each other; give one of them");
}

void check_faults(const SigningTerms& terms) {
  std::map<FaultPart, const Fault*> seen;
  for (const Fault* fault : terms.faults) {
    if (!is_certificate_fault(*fault)) {
      throw AuthorityError(fault->name +
                           " is no fault that a certificate could have by itself; domsec lab break shows it");
    }
    for (const FaultPart part : parts_of(fault->certificate)) {
      const auto [other, is_first] = seen.emplace(part, fault);
      if (!is_first) refuse_both(other->second, fault);
    }
  }
  for (const auto& excluded : {is_leaf_alone, has_another_key, is_revoked}) {
    refuse_both(first(terms, is_self_signed), first(terms, excluded));
  }
  refuse_both(first(terms, is_of_a_stranger), first(terms, is_leaf_alone));
}

/// What is left of a name when its first `labels` are gone; the fault needs a domain of two labels at least.
std::string without_labels(const std::string& name, int labels, const Fault& fault) {
  std::string rest = name.starts_with("*.") ? name.substr(2) : name;
  for (int i = 0; i < labels && !rest.empty(); ++i) {
    const std::size_t dot = rest.find('.');
    rest = dot == std::string::npos ? "" : rest.substr(dot + 1);
  }
  if (rest.find('.') != std::string::npos) return rest;
  throw AuthorityError("the fault " + fault.name + " needs a name of the request with more labels than " +
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

/// `{domain}` is the host's; in the lab the mail is for one two labels below it, or names are compared
/// exactly. Here the certificate is what makes the difference.
FaultPlace place_of(const pki::Request& request, const Fault& fault, pki::Instant at) {
  const std::vector<std::string> names = names_for(request);
  const std::string host = names.empty() ? std::string() : names.front();
  FaultPlace place{organisation_in(request.subject), host, {}, {}, at};
  const CertificateDifference& leaf = fault.certificate.leaf;
  const auto writes = [&leaf](std::string_view word) {
    const bool in_subject = leaf.subject && leaf.subject->find(word) != std::string::npos;
    return in_subject || (leaf.dns_names && std::any_of(leaf.dns_names->begin(), leaf.dns_names->end(),
                                                        [&](const std::string& name) {
                                                          return name.find(word) != std::string::npos;
                                                        }));
  };
  if (writes("{host}") && host.empty()) {
    throw AuthorityError("the fault " + fault.name +
                         " needs a request with a host name; make it again with one");
  }
  const int labels = fault.mail.second_domain ? 2 : fault.configuration.partners_compare_exactly ? 0 : 1;
  if (writes("{domain}")) place.domain = without_labels(host, labels, fault);
  return place;
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
  for (const Fault* fault : terms.faults) {
    FaultPlace place = place_of(request, *fault, terms.at);
    if (!lists.empty()) place.list = lists.front();
    apply(fault->certificate.leaf, place, recipe);
    if (fault->certificate.leaf.of_names()) order.subject = pki::SubjectOf::recipe;
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
  if (first(terms, is_self_signed)) return self_signed(by, order, request, terms);
  if (!first(terms, has_another_key)) return certify_key(by, order.recipe, request, order.subject);
  const pki::KeyKind kind =
      request.key_algorithm.starts_with("RSA") ? pki::KeyKind::rsa_2048 : pki::KeyKind::ec_p256;
  return by.certify(order.recipe, pki::make_key(kind));
}

/// What is sent behind the leaf. A peer that sends its private root shows that fault exactly
/// (authorities.cpp).
pki::Chain sent_behind(const pki::Authority& signer, const SigningTerms& terms) {
  if (first(terms, is_self_signed) || first(terms, is_leaf_alone)) return {};
  pki::Chain chain;
  for (const pki::CertificatePtr& certificate : signer.own().chain) {
    if (!certificate->self_signed || first(terms, is_of_a_stranger)) chain.push_back(certificate);
  }
  return chain;
}

std::vector<std::string> notes_of(const SigningTerms& terms, const pki::Certificate& certificate) {
  std::vector<std::string> notes;
  const auto note = [&](auto is, const char* sentence) {
    if (first(terms, is) != nullptr) notes.emplace_back(sentence);
  };
  note(is_revoked, "it is on the next list: domsec crl issue");
  note(has_a_stale_list, "its list is made by domsec crl issue");
  note(is_below_a_revoked_one, "the list that has its issuer is made by domsec crl issue");
  note(has_another_key, "it is for a key that nobody has");
  const auto says_so = [](const CertificateFault& fault) { return fault.leaf.dns_names.has_value(); };
  if (certificate.dns_names.empty() && first(terms, says_so) == nullptr)
    notes.emplace_back("it has no host name: the request asks for none");
  return notes;
}

}  // namespace

bool is_certificate_fault(const Fault& fault) {
  const CertificateFault& wrong = fault.certificate;
  const bool plain_issuing = !wrong.issuing || wrong.issuing->revoked;
  const bool can_be_sent = wrong.sent == SentChain::whole || wrong.sent == SentChain::leaf_only ||
                           wrong.signer == Signer::stranger;
  const bool can_be_listed = wrong.list == ListState::sound || wrong.list == ListState::stale;
  const bool requesters_key = !wrong.leaf.key.has_value();
  return !parts_of(wrong).empty() && requesters_key && plain_issuing && wrong.more_authorities == 0 &&
         can_be_sent && can_be_listed;
}

/// The name of the authority that signs; made when it is not there yet.
std::string KeptAuthority::signer_of(const SigningTerms& terms) {
  if (first(terms, is_of_a_stranger)) {
    (void)stranger(terms.at);
    return "stranger";
  }
  if (first(terms, is_below_a_revoked_one)) {
    const pki::Authority made = subordinate("revoked", "CN=A Revoked Issuing CA, O=Rehearsal", terms.at);
    (void)revoke(made.certificate()->thumbprint, "cACompromise", terms.at);
    return "revoked";
  }
  if (first(terms, is_leaf_alone) && issuer() == "root") {
    (void)subordinate("unsent", "CN=An Issuing CA That Is Not Sent, O=Rehearsal", terms.at);
    return "unsent";
  }
  return issuer();
}

SignedCertificate KeptAuthority::sign(const pki::Request& request, const SigningTerms& terms) {
  if (const std::string why = refusal(request); !why.empty()) throw AuthorityError(why);
  check_faults(terms);
  const bool with_lists = !index_.crl_base.empty();
  if (first(terms, has_a_stale_list) && !with_lists) {
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
    lists = {crl_uri(first(terms, has_a_stale_list) ? signer + "-stale" : signer)};
    ca_issuers = {index_.crl_base + "/" + signer + ".cer"};
  }
  SignedCertificate signed_one;
  signed_one.chain = {issue(by, order_for(request, terms, lists, ca_issuers), request, terms)};
  const pki::Certificate& leaf = *signed_one.chain.front();
  IssuedCertificate& record = signed_one.record;
  record = {leaf.serial,
            first(terms, is_self_signed) != nullptr ? "" : signer,
            leaf.subject,
            leaf.thumbprint,
            terms.at,
            leaf.not_after,
            {},
            {},
            {}};
  for (const Fault* fault : terms.faults) record.faults.push_back(fault->name);
  if (first(terms, is_revoked)) {
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
