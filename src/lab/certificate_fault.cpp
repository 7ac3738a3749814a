#include "domsec/lab/certificate_fault.h"

namespace domsec::lab {
namespace {

std::string filled(std::string text, const FaultPlace& place) {
  const std::pair<std::string_view, const std::string&> words[] = {
      {"{host}", place.host}, {"{domain}", place.domain}, {"{title}", place.title}, {"{list}", place.list}};
  for (const auto& [word, value] : words) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size())) {
      text.replace(at, word.size(), value);
    }
  }
  return text;
}

std::vector<std::string> filled(std::vector<std::string> texts, const FaultPlace& place) {
  for (std::string& text : texts) text = filled(std::move(text), place);
  return texts;
}

bool is_plain(const CertificateDifference& difference) {
  return difference.basic_constraints && difference.key_identifiers && !difference.must_staple &&
         !difference.ca && !difference.path_length && difference.permitted_dns.empty() &&
         !difference.digest && !difference.serial;
}

}  // namespace

std::set<FaultPart> parts_of(const CertificateFault& fault) {
  std::set<FaultPart> parts;
  const auto add = [&parts](bool there, FaultPart part) {
    if (there) parts.insert(part);
  };
  add(fault.leaf.of_names(), FaultPart::names);
  add(fault.leaf.of_dates(), FaultPart::dates);
  add(fault.leaf.of_usage(), FaultPart::usage);
  add(fault.leaf.key || fault.another_key, FaultPart::key);
  add(fault.leaf.distribution_points || fault.list != ListState::sound, FaultPart::distribution);
  add(fault.signer != Signer::usual || fault.issuing || fault.more_authorities > 0, FaultPart::signer);
  add(fault.sent != SentChain::whole, FaultPart::chain);
  add(fault.revoked, FaultPart::revocation);
  add(!is_plain(fault.leaf), FaultPart::other);
  return parts;
}

void apply(const CertificateDifference& difference, const FaultPlace& place, pki::CertificateRecipe& recipe) {
  if (difference.subject) recipe.subject = filled(*difference.subject, place);
  if (difference.dns_names) recipe.dns_names = filled(*difference.dns_names, place);
  for (const std::string& name : filled(difference.other_names, place)) recipe.other_names.push_back(name);
  if (difference.not_before) recipe.not_before = place.now + *difference.not_before;
  if (difference.not_after) recipe.not_after = place.now + *difference.not_after;
  if (difference.extended_key_usage) recipe.extended_key_usage = *difference.extended_key_usage;
  if (difference.key_usage) recipe.key_usage = *difference.key_usage;
  if (difference.key) recipe.key = *difference.key;
  if (difference.digest) recipe.digest = *difference.digest;
  if (difference.serial) recipe.serial = *difference.serial;
  if (difference.distribution_points)
    recipe.crl_distribution_points = filled(*difference.distribution_points, place);
  if (difference.ca) recipe.ca = *difference.ca;
  if (difference.path_length) recipe.path_length = *difference.path_length;
  if (!difference.permitted_dns.empty()) recipe.permitted_dns = filled(difference.permitted_dns, place);
  recipe.basic_constraints = recipe.basic_constraints && difference.basic_constraints;
  recipe.key_identifiers = recipe.key_identifiers && difference.key_identifiers;
  recipe.must_staple = recipe.must_staple || difference.must_staple;
}

}  // namespace domsec::lab
