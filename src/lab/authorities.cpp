#include "domsec/lab/authorities.h"

#include <chrono>
#include <filesystem>

#include "domsec/lab/certificate_fault.h"
#include "domsec/pki/bundle.h"

namespace domsec::lab {
namespace {

using std::chrono::days;

/// The usual leaf of a host; a fault is a difference to it.
pki::CertificateRecipe usual_leaf(const HostRecipe& host, const std::string& crl_uri, pki::Instant now) {
  pki::CertificateRecipe recipe;
  recipe.subject = host.subject;
  recipe.dns_names = host.dns_names;
  recipe.not_before = now - days(30);
  recipe.not_after = now + days(335);
  recipe.extended_key_usage = {"serverAuth", "clientAuth"};
  recipe.crl_distribution_points = {crl_uri};
  return recipe;
}

std::string issuer_of(const OrganisationRecipe& organisation, Breakage breakage) {
  if (breakage == Breakage::untrusted_root) return "stranger";
  if (breakage == Breakage::partner_certificate) return "fabrikam-ca";
  return organisation.issuer;
}

}  // namespace

Authorities::Authorities(std::string directory, const Recipe& recipe, std::string crl_base, pki::Instant now)
    : directory_(std::move(directory)), crl_base_(std::move(crl_base)), now_(now) {
  std::filesystem::create_directories(directory_);
  for (const AuthorityRecipe& authority : recipe.authorities) make(authority);
  root_ = recipe.authorities.front().name;
}

/// Every start makes the authorities anew: the distribution points hold the port of this lab, and nothing
/// grows old.
void Authorities::make(const AuthorityRecipe& recipe) {
  pki::CertificateRecipe certificate;
  certificate.subject = recipe.subject;
  certificate.not_before = now_ - days(60);
  certificate.not_after = now_ + days(recipe.days);
  certificate.ca = true;
  if (!recipe.issuer.empty()) certificate.crl_distribution_points = {crl_uri(recipe.issuer)};
  pki::Authority authority = recipe.issuer.empty()
                                 ? pki::Authority::root(certificate)
                                 : certified(recipe.issuer).authority.subordinate(certificate);
  const std::string base = directory_ + "/" + recipe.name;
  pki::write_private_file(base + ".key", authority.own().key.pem());
  pki::write_private_file(base + ".pem", authority.certificate()->pem());
  authorities_.emplace(recipe.name, Certified{std::move(authority), recipe});
}

const Authorities::Certified& Authorities::certified(const std::string& name) const {
  const auto found = authorities_.find(name);
  if (found == authorities_.end()) throw LabError("the lab has no authority '" + name + "'");
  return found->second;
}

std::string Authorities::certificate(const std::string& authority) const {
  const pki::Bytes der = certified(authority).authority.certificate()->der();
  return {der.begin(), der.end()};
}

std::string Authorities::crl_uri(const std::string& authority) const {
  return crl_base_ + "/" + authority + ".crl";
}

HostFiles Authorities::issue(const OrganisationRecipe& organisation, const HostRecipe& host,
                             Breakage breakage) {
  const std::string issuer = issuer_of(organisation, breakage);
  pki::CertificateRecipe recipe = usual_leaf(host, crl_uri(issuer), now_);
  if (breakage != Breakage::self_signed) recipe.ca_issuers = {crl_base_ + "/" + issuer + ".cer"};
  const NamesOfFault names{organisation.title, organisation.connector_fqdn, organisation.domain};
  break_certificate(recipe, breakage, names, now_);

  pki::Credentials credentials = breakage == Breakage::self_signed
                                     ? pki::self_signed(recipe)
                                     : certified(issuer).authority.issue(recipe);
  if (breakage == Breakage::missing_intermediate) credentials.chain.resize(1);
  // A peer that sends its private root shows the fault exactly: "self-signed certificate in the chain", not
  // "issuer not found".
  if (breakage == Breakage::untrusted_root)
    credentials.chain.push_back(certified(issuer).authority.certificate());
  if (breakage == Breakage::key_mismatch) credentials.key = pki::make_key(pki::KeyKind::ec_p256);
  issued_[host.name] = credentials.chain.front()->serial;

  HostFiles files;
  files.directory = directory_ + "/../" + organisation.name + "/" + host.name;
  std::filesystem::create_directories(files.directory);
  files.directory = std::filesystem::canonical(files.directory);
  files.certificate = files.directory + "/certificate.pem";
  files.key = files.directory + "/key.pem";
  files.tls_certificate_name =
      "<I>" + credentials.chain.front()->issuer + "<S>" + credentials.chain.front()->subject;
  pki::write_private_file(files.key, credentials.key.pem());
  pki::write_private_file(files.certificate, pki::pem_of(credentials.chain));
  return files;
}

std::string Authorities::crl(const std::string& name, const std::vector<BrokenHost>& broken) const {
  const Certified& issuer = certified(name);
  pki::CrlRecipe recipe;
  recipe.this_update = now_ - days(1);
  recipe.next_update = now_ + days(6);
  // A serial that nobody has is always there: a list with entries is the usual case.
  recipe.revoked.push_back(pki::RevokedEntry{"0BADC0DE", now_ - days(20), "cessationOfOperation"});
  std::string revoked_authority;
  for (const BrokenHost& each : broken) {
    const bool ours = each.organisation->issuer == name;
    if (ours && each.breakage == Breakage::crl_stale) {
      recipe.this_update = now_ - days(8);
      recipe.next_update = now_ - days(1);
    }
    const auto serial = issued_.find(each.host->name);
    if (ours && each.breakage == Breakage::revoked && serial != issued_.end()) {
      recipe.revoked.push_back(pki::RevokedEntry{serial->second, now_ - days(2), "keyCompromise"});
    }
    const Certified& authority = certified(each.organisation->issuer);
    if (each.breakage != Breakage::revoked_intermediate || authority.recipe.issuer != name) continue;
    if (revoked_authority == authority.recipe.name) continue;  // told for another host already
    revoked_authority = authority.recipe.name;
    const std::string its_serial = authority.authority.certificate()->serial;
    recipe.revoked.push_back(pki::RevokedEntry{its_serial, now_ - days(2), "cACompromise"});
  }
  return issuer.authority.crl(recipe);
}

std::string Authorities::trusted_root_file() const {
  return directory_ + "/" + root_ + ".pem";
}

std::vector<std::string> Authorities::names() const {
  std::vector<std::string> result;
  for (const auto& [name, certified] : authorities_) result.push_back(name);
  return result;
}

}  // namespace domsec::lab
