#include "domsec/lab/authorities.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "domsec/pki/bundle.h"
#include "faulty_list.h"

namespace domsec::lab {
namespace {

using std::chrono::days;

std::string octets(const pki::Bytes& der) {
  return {der.begin(), der.end()};
}

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

std::string usual_issuer(const OrganisationRecipe& organisation, Signer signer) {
  if (signer == Signer::stranger) return "stranger";
  if (signer == Signer::other_partner) return "fabrikam-ca";
  return organisation.issuer;
}

}  // namespace

Authorities::Authorities(std::string directory, const Recipe& recipe, std::string crl_base, pki::Instant now,
                         Roots roots)
    : directory_(std::move(directory)), crl_base_(std::move(crl_base)), now_(now), roots_(roots) {
  std::filesystem::create_directories(directory_);
  for (const AuthorityRecipe& authority : recipe.authorities) make(authority);
  root_ = recipe.authorities.front().name;
}

std::optional<pki::Authority> Authorities::kept_root(const std::string& name) const {
  const std::string base = directory_ + "/" + name;
  if (roots_ == Roots::made_anew || !std::filesystem::exists(base + ".key")) return std::nullopt;
  try {
    pki::Credentials root{pki::read_certificates(pki::read_file(base + ".pem"), base + ".pem"),
                          pki::read_private_key(pki::read_file(base + ".key"), base + ".key")};
    if (root.chain.empty() || root.chain.front()->not_after < now_ + days(365)) return std::nullopt;
    return pki::Authority(std::move(root));
  } catch (const pki::BundleError&) {
    return std::nullopt;  // a killed writer's remains: it is made again
  }
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
  if (recipe.issuer.empty()) {
    if (auto kept = kept_root(recipe.name)) {
      authorities_.emplace(recipe.name, Certified{*std::move(kept), recipe});
      return;
    }
  }
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

std::string Authorities::crl_uri(const std::string& authority) const {
  return crl_base_ + "/" + authority + ".crl";
}

/// Below the usual issuer, each with a list of its own.
void Authorities::add_branches(Issued& issued, const OrganisationRecipe& organisation,
                               const HostRecipe& host) const {
  const int count = issued.fault.more_authorities + (issued.fault.issuing ? 1 : 0);
  for (int i = 1; i <= count; ++i) {
    pki::CertificateRecipe recipe;
    recipe.subject =
        "CN=" + organisation.title + " Issuing CA 1." + std::to_string(i) + ", O=" + organisation.title;
    recipe.not_before = now_ - days(60);
    recipe.not_after = now_ + days(720);
    recipe.ca = true;
    recipe.crl_distribution_points = {crl_uri(issued.issuer)};
    const bool faulty = issued.fault.issuing && i == 1;  // the topmost, so that others can stand below it
    if (faulty)
      apply(issued.fault.issuing->certificate,
            {organisation.title, host.name, organisation.domain, crl_uri(issued.issuer), now_}, recipe);
    Branch branch{host.name + "-" + std::to_string(i), authority_of(issued).subordinate(recipe),
                  issued.issuer, faulty && issued.fault.issuing->revoked};
    issued.issuer = branch.name;
    issued.branches.push_back(std::move(branch));
  }
}

pki::Authority Authorities::authority_of(const Issued& issued) const {
  return issued.branches.empty() ? certified(issued.issuer).authority : issued.branches.back().authority;
}

pki::Chain Authorities::sent_chain(const Issued& issued, pki::Chain chain) const {
  switch (issued.fault.sent) {
    case SentChain::whole:
      break;
    case SentChain::leaf_only:
      chain.resize(1);
      break;
    case SentChain::with_root: {
      const std::string top = issued.branches.empty() ? issued.issuer : issued.branches.front().issuer;
      const std::string& above = certified(top).recipe.issuer;
      chain.push_back(certified(above.empty() ? top : above).authority.certificate());
      break;
    }
    case SentChain::reversed:
      std::reverse(chain.begin() + 1, chain.end());
      break;
    case SentChain::leaf_twice:
      chain.insert(chain.begin() + 1, chain.front());
      break;
    case SentChain::with_a_stranger:
      chain.insert(chain.begin() + 1, certified("stranger").authority.certificate());
      break;
  }
  return chain;
}

HostFiles Authorities::issue(const OrganisationRecipe& organisation, const HostRecipe& host,
                             const Fault* fault) {
  Issued issued;
  if (fault != nullptr) issued.fault = fault->certificate;
  const CertificateFault& wrong = issued.fault;
  issued.issuer = usual_issuer(organisation, wrong.signer);
  add_branches(issued, organisation, host);
  const bool own_list = wrong.list != ListState::sound;
  pki::CertificateRecipe recipe =
      usual_leaf(host, crl_uri(own_list ? host.name + "-list" : issued.issuer), now_);
  const bool itself = wrong.signer == Signer::itself;
  if (!itself) recipe.ca_issuers = {crl_base_ + "/" + issued.issuer + ".cer"};
  apply(wrong.leaf,
        {organisation.title, organisation.connector_fqdn, organisation.domain, crl_uri(issued.issuer), now_},
        recipe);

  pki::Credentials credentials = itself ? pki::self_signed(recipe) : authority_of(issued).issue(recipe);
  if (wrong.another_key) credentials.key = pki::make_key(pki::KeyKind::ec_p256);
  issued.serial = credentials.chain.front()->serial;
  credentials.chain = sent_chain(issued, std::move(credentials.chain));
  issued_.insert_or_assign(host.name, std::move(issued));

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

/// Sound, with who is revoked by this issuer.
pki::CrlRecipe Authorities::list_of(const std::string& issuer) const {
  pki::CrlRecipe recipe;
  recipe.this_update = now_ - days(1);
  recipe.next_update = now_ + days(6);
  // A serial that nobody has is always there: a list with entries is the usual case.
  recipe.revoked.push_back(pki::RevokedEntry{"0BADC0DE", now_ - days(20), "cessationOfOperation"});
  for (const auto& [host, issued] : issued_) {
    if (issued.fault.revoked && issued.issuer == issuer) {
      recipe.revoked.push_back(pki::RevokedEntry{issued.serial, now_ - days(2), "keyCompromise"});
    }
    for (const Branch& branch : issued.branches) {
      if (!branch.revoked || branch.issuer != issuer) continue;
      recipe.revoked.push_back(
          pki::RevokedEntry{branch.authority.certificate()->serial, now_ - days(2), "cACompromise"});
    }
  }
  return recipe;
}

std::map<std::string, CrlPage> Authorities::pages() const {
  std::map<std::string, CrlPage> pages;
  const auto publish = [&](const std::string& name, const pki::Authority& authority) {
    pages["/" + name + ".crl"].body = authority.crl(list_of(name));
    pages["/" + name + ".cer"].body = octets(authority.certificate()->der());
  };
  for (const auto& [name, certified] : authorities_) publish(name, certified.authority);
  for (const auto& [host, issued] : issued_) {
    for (const Branch& branch : issued.branches) publish(branch.name, branch.authority);
    if (issued.fault.list == ListState::sound) continue;
    pages["/" + host + "-list.crl"] =
        faulty_list(issued.fault.list, authority_of(issued), certified("stranger").authority,
                    list_of(issued.issuer), now_);
  }
  return pages;
}

std::string Authorities::trusted_root_file() const {
  return directory_ + "/" + root_ + ".pem";
}

}  // namespace domsec::lab
