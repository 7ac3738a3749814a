// What the lab is made of, as certs/lab.toml describes it: authorities, organisations, hosts.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace domsec::lab {

struct AuthorityRecipe {
  std::string name;
  std::string subject;
  std::string issuer;  // name of another authority; empty = a root
  int days = 3650;
};

struct HostRecipe {
  std::string name;     // FQDN, MX target
  std::string address;  // loopback
  /// Besides it; empty = none. All hosts share one port, so no two of them have the same.
  std::string ipv6_address;
  int preference = 10;
  std::string subject;
  std::vector<std::string> dns_names;
};

struct OrganisationRecipe {
  std::string name;    // `contoso`
  std::string title;   // `Contoso`
  std::string domain;  // `contoso.com`
  std::vector<std::string> more_domains;
  std::string connector_fqdn;  // `mail.contoso.com`
  std::string issuer;          // authority of its certificates
  std::vector<HostRecipe> hosts;
};

struct Recipe {
  std::vector<AuthorityRecipe> authorities;  // issuers before what they issue
  std::vector<OrganisationRecipe> organisations;
};

/// `file:line: sentence, remedy`.
class LabError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[nodiscard]] Recipe read_recipe(std::string_view toml, const std::string& file);
/// certs/lab.toml as it was when domsec was built.
[[nodiscard]] std::string_view built_in_recipe();

[[nodiscard]] const OrganisationRecipe& organisation(const Recipe& recipe, std::string_view name);

}  // namespace domsec::lab
