#include "support/pki.h"

#include <filesystem>
#include <fstream>

namespace domsec::testing {

using std::chrono::days;

pki::CertificateRecipe ca_recipe(const std::string& subject) {
  pki::CertificateRecipe recipe;
  recipe.subject = subject;
  recipe.not_before = test_instant - days{365};
  recipe.not_after = test_instant + days{9 * 365};
  recipe.ca = true;
  return recipe;
}

pki::CertificateRecipe leaf_recipe(const std::vector<std::string>& dns_names) {
  pki::CertificateRecipe recipe;
  recipe.subject = "CN=" + (dns_names.empty() ? std::string("nameless") : dns_names.front()) + ", O=Contoso";
  recipe.dns_names = dns_names;
  recipe.not_before = test_instant - days{30};
  recipe.not_after = test_instant + days{330};
  recipe.extended_key_usage = {"serverAuth", "clientAuth"};
  return recipe;
}

pki::CrlRecipe crl_recipe(const std::vector<std::string>& revoked_serials) {
  pki::CrlRecipe recipe;
  recipe.this_update = test_instant - days{1};
  recipe.next_update = test_instant + days{7};
  for (const std::string& serial : revoked_serials) {
    recipe.revoked.push_back({serial, test_instant - days{2}, "keyCompromise"});
  }
  return recipe;
}

ThreeLevels::ThreeLevels(const std::string& name)
    : root(pki::Authority::root(ca_recipe("CN=" + name + " Root, O=" + name))),
      issuing(root.subordinate(ca_recipe("CN=" + name + " Issuing CA 1, O=" + name))),
      second(issuing.subordinate(ca_recipe("CN=" + name + " Issuing CA 2, O=" + name))) {}

pki::Credentials ThreeLevels::leaf(const std::string& dns_name) const {
  return second.issue(leaf_recipe({dns_name}));
}

const ThreeLevels& three_levels() {
  static const ThreeLevels levels;
  return levels;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string form = (std::filesystem::temp_directory_path() / "domsec-test-XXXXXX").string();
  if (mkdtemp(form.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = form;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string& name, std::string_view bytes) const {
  std::string path = path_ + "/" + name;
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
  return path;
}

}  // namespace domsec::testing
