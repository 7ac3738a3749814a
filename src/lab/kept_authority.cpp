// The directory of a kept authority: making it, its register, its authorities. What it signs is
// kept_authority_signing.cpp.
#include "domsec/lab/kept_authority.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace domsec::lab {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;

constexpr unsigned readable_by_all = 0644;

std::string index_file(const std::string& directory) {
  return directory + "/authority.json";
}

pki::KeyKind key_kind(const std::string& word) {
  if (const std::optional<pki::KeyKind> kind = pki::read_key_kind(word)) return *kind;
  throw AuthorityError("'" + word + "' is no kind of key; write rsa2048, rsa4096, ec-p256 or ec-p384");
}

pki::CertificateRecipe authority_recipe(const std::string& subject, const std::string& key, pki::Instant at,
                                        int lifetime) {
  pki::CertificateRecipe recipe;
  recipe.subject = subject;
  recipe.not_before = at - std::chrono::hours(1);  // for clocks that are behind
  recipe.not_after = at + days(lifetime);
  recipe.ca = true;
  recipe.key = key_kind(key);
  return recipe;
}

/// Removed unless it was renamed.
struct UnfinishedDirectory {
  std::string path;
  ~UnfinishedDirectory() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

/// Has it issued a certificate with the fault crl-stale?
bool has_stale_lists(const AuthorityIndex& index, const std::string& authority) {
  return std::any_of(index.issued.begin(), index.issued.end(), [&](const IssuedCertificate& one) {
    return one.authority == authority &&
           std::find(one.faults.begin(), one.faults.end(), "crl-stale") != one.faults.end();
  });
}

AuthorityError unusable(const std::string& directory, int error) {
  return AuthorityError(directory + " cannot be made (" + std::strerror(error) +
                        "): check that the directory above it exists and that this user may write there");
}

}  // namespace

void KeptAuthority::make(const std::string& directory, const AuthorityTerms& terms) {
  std::error_code error;
  if (fs::exists(directory, error) && !fs::is_empty(directory, error)) {
    throw AuthorityError(directory +
                         " is there already and nothing of it is overwritten; name another directory");
  }
  std::string name = directory;
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  UnfinishedDirectory unfinished;
  std::string part = name + ".XXXXXX";
  if (::mkdtemp(part.data()) == nullptr) throw unusable(directory, errno);  // mode 0700
  unfinished.path = part;
  {
    AuthorityIndex index;
    index.crl_base = terms.crl_base;
    while (index.crl_base.ends_with('/')) index.crl_base.pop_back();
    index.key = terms.key;
    index.authorities = {"root"};
    const pki::Authority root =
        pki::Authority::root(authority_recipe(terms.subject, terms.key, terms.at, terms.days));
    fs::create_directory(part + "/public");
    pki::write_private_file(part + "/root.key", root.own().key.pem());
    pki::replace_file(part + "/root.pem", root.certificate()->pem(), readable_by_all);
    write_authority_index(index_file(part), index);
    KeptAuthority made(part);
    if (!terms.intermediate.empty()) (void)made.subordinate("issuing", terms.intermediate, terms.at);
    (void)made.issue_lists(terms.at, terms.at + days(7));
  }
  // An empty directory gives way; anything else that has come meanwhile does not.
  if (::rename(part.c_str(), name.c_str()) != 0) throw unusable(directory, errno);
  unfinished.path.clear();
}

KeptAuthority::KeptAuthority(std::string directory) : directory_(std::move(directory)) {
  std::error_code error;
  if (!fs::exists(index_file(directory_), error)) {
    throw AuthorityError(directory_ + " is no authority; make one with domsec cert authority " + directory_);
  }
  lock_ = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0 || ::flock(lock_, LOCK_EX) != 0) {
    const int why = errno;
    if (lock_ >= 0) ::close(lock_);
    throw AuthorityError(directory_ + " cannot be used (" + std::strerror(why) + "): check its permissions");
  }
  try {
    index_ = read_authority_index(index_file(directory_));
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

KeptAuthority::~KeptAuthority() {
  ::close(lock_);
}

pki::Authority KeptAuthority::authority(const std::string& name) const {
  const std::string base = directory_ + "/" + name;
  return pki::Authority(pki::read_credentials(base + ".pem", base + ".key"));
}

void KeptAuthority::keep(const std::string& name, const pki::Authority& authority) {
  const std::string base = directory_ + "/" + name;
  pki::write_private_file(base + ".key", authority.own().key.pem());
  pki::replace_file(base + ".pem", pki::pem_of(authority.own().chain), readable_by_all);
  index_.authorities.push_back(name);
}

pki::Authority KeptAuthority::subordinate(const std::string& name, const std::string& subject,
                                          pki::Instant at) {
  if (index_.has(name)) return authority(name);
  const pki::Authority root = authority("root");
  const int left = static_cast<int>(std::chrono::floor<days>(root.certificate()->not_after - at).count());
  pki::CertificateRecipe recipe = authority_recipe(subject, index_.key, at, std::max(left - 1, 1));
  recipe.path_length = 0;
  if (!index_.crl_base.empty()) {
    recipe.crl_distribution_points = {crl_uri("root")};
    recipe.ca_issuers = {index_.crl_base + "/root.cer"};
  }
  const pki::Authority made = root.subordinate(recipe);
  keep(name, made);
  IssuedCertificate record;
  record.serial = made.certificate()->serial;
  record.authority = "root";
  record.subject = made.certificate()->subject;
  record.thumbprint = made.certificate()->thumbprint;
  record.at = at;
  record.not_after = made.certificate()->not_after;
  index_.issued.push_back(record);
  write();
  return made;
}

pki::Authority KeptAuthority::stranger(pki::Instant at) {
  if (index_.has("stranger")) return authority("stranger");
  const pki::Authority made = pki::Authority::root(
      authority_recipe("CN=A Root That Nobody Trusts, O=Stranger", index_.key, at, 3650));
  keep("stranger", made);
  write();
  return made;
}

void KeptAuthority::write() const {
  write_authority_index(index_file(directory_), index_);
}

std::string KeptAuthority::crl_uri(const std::string& list) const {
  return index_.crl_base + "/" + list + ".crl";
}

bool KeptAuthority::revoke(const std::string& serial_or_thumbprint, const std::string& reason,
                           pki::Instant at) {
  IssuedCertificate* const record = index_.find(serial_or_thumbprint);
  if (record == nullptr || record->authority.empty()) {
    throw AuthorityError("the certificate " + serial_or_thumbprint + " was not issued by the authority in " +
                         directory_ + "; name the directory of its own authority");
  }
  if (record->revoked_at) return false;
  // RFC 5280 5.3.1: of delta lists only.
  if (reason == "removeFromCRL") {
    throw AuthorityError("removeFromCRL is a reason of delta lists; write superseded or another one");
  }
  (void)authority("root").crl({at, at + days(1), 1, {{record->serial, at, reason}}});  // is it a reason?
  record->revoked_at = at;
  record->reason = reason;
  return true;
}

std::vector<IssuedList> KeptAuthority::issue_lists(pki::Instant at, pki::Instant next_update) {
  AuthorityIndex next = index_;
  ++next.crl_number;
  std::vector<IssuedList> lists;
  for (const std::string& name : next.authorities) {
    pki::CrlRecipe recipe{at - std::chrono::hours(1), next_update, next.crl_number, {}};
    for (const IssuedCertificate& one : next.issued) {
      if (one.authority == name && one.revoked_at)
        recipe.revoked.push_back({one.serial, *one.revoked_at, one.reason});
    }
    const pki::Authority by = authority(name);
    lists.push_back({name, name + ".crl", by.crl(recipe), recipe.revoked.size(), recipe.next_update});
    if (!has_stale_lists(next, name)) continue;
    recipe.this_update = at - days(8);
    recipe.next_update = at - days(1);
    lists.push_back({name, name + "-stale.crl", by.crl(recipe), recipe.revoked.size(), recipe.next_update});
  }
  // The number is used up before any list bears it.
  write_authority_index(index_file(directory_), next);
  index_ = next;
  for (const IssuedList& list : lists)
    pki::replace_file(directory_ + "/public/" + list.file, list.der, readable_by_all);
  for (const std::string& name : next.authorities) {
    const pki::Bytes der = authority(name).certificate()->der();
    pki::replace_file(directory_ + "/public/" + name + ".cer",
                      {reinterpret_cast<const char*>(der.data()), der.size()}, readable_by_all);
  }
  return lists;
}

}  // namespace domsec::lab
