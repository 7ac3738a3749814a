#include "domsec/lab/certificate_fault.h"

namespace domsec::lab {
namespace {

using std::chrono::days;

void rename_to(pki::CertificateRecipe& recipe, const std::string& subject,
               std::vector<std::string> dns_names) {
  recipe.subject = subject;
  recipe.dns_names = std::move(dns_names);
}

void break_names(pki::CertificateRecipe& recipe, Breakage breakage, const NamesOfFault& names) {
  if (breakage == Breakage::wrong_name) {
    rename_to(recipe, "CN=smtp-out.hosting.example, O=Hosting Example", {"smtp-out.hosting.example"});
  } else if (breakage == Breakage::partner_certificate) {
    rename_to(recipe, "CN=mail.fabrikam.com, O=Fabrikam", {"mail.fabrikam.com", "fabrikam.com"});
  } else if (breakage == Breakage::cn_only) {
    rename_to(recipe, "CN=" + names.host + ", O=" + names.title, {});
  } else {
    rename_to(recipe, "CN=*." + names.wildcard + ", O=" + names.title, {"*." + names.wildcard});
  }
}

void break_dates(pki::CertificateRecipe& recipe, Breakage breakage, pki::Instant now) {
  if (breakage == Breakage::expired) {
    recipe.not_before = now - days(366);
    recipe.not_after = now - days(1);
  } else {
    recipe.not_before = now + days(7);
    recipe.not_after = now + days(372);
  }
}

}  // namespace

FaultPart part_of(Breakage breakage) {
  switch (breakage) {
    case Breakage::none:
    case Breakage::no_starttls:
    case Breakage::starttls_454:
    case Breakage::no_tls:
    case Breakage::tls1_1_only:
    case Breakage::no_client_certificate:
      return FaultPart::session;
    case Breakage::wrong_name:
    case Breakage::cn_only:
    case Breakage::wildcard:
    case Breakage::wildcard_two_labels:
    case Breakage::wildcard_apex:
    case Breakage::partner_certificate:
      return FaultPart::names;
    case Breakage::expired:
    case Breakage::not_yet_valid:
      return FaultPart::dates;
    case Breakage::server_auth_only:
    case Breakage::client_auth_only:
      return FaultPart::usage;
    case Breakage::crl_stale:
    case Breakage::crl_unreachable:
    case Breakage::no_cdp:
      return FaultPart::distribution;
    case Breakage::untrusted_root:
    case Breakage::self_signed:
    case Breakage::revoked_intermediate:
      return FaultPart::signer;
    case Breakage::missing_intermediate:
      return FaultPart::chain;
    case Breakage::key_mismatch:
      return FaultPart::key;
    case Breakage::revoked:
      return FaultPart::revocation;
  }
  return FaultPart::session;
}

void break_certificate(pki::CertificateRecipe& recipe, Breakage breakage, const NamesOfFault& names,
                       pki::Instant now) {
  const FaultPart part = part_of(breakage);
  if (part == FaultPart::names) break_names(recipe, breakage, names);
  if (part == FaultPart::dates) break_dates(recipe, breakage, now);
  if (breakage == Breakage::server_auth_only) recipe.extended_key_usage = {"serverAuth"};
  if (breakage == Breakage::client_auth_only) recipe.extended_key_usage = {"clientAuth"};
  if (breakage == Breakage::no_cdp) recipe.crl_distribution_points.clear();
  if (breakage == Breakage::crl_unreachable) {
    recipe.crl_distribution_points = {"http://127.0.0.1:1/nobody-listens.crl"};
  }
}

}  // namespace domsec::lab
