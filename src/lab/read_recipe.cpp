#include <algorithm>
#include <map>

#include "toml_table.h"

namespace domsec::lab {
namespace {

HostRecipe read_host(const toml::table& source, const std::string& file) {
  const Table table(source, file, {"name", "address", "ipv6_address", "preference", "subject", "dns_names"});
  HostRecipe host;
  host.name = table.text("name");
  host.address = table.text("address");
  host.ipv6_address = table.text_or("ipv6_address", "");
  host.preference = table.number_or("preference", 10);
  host.subject = table.text("subject");
  host.dns_names = table.texts("dns_names");
  if (!host.ipv6_address.empty() && host.ipv6_address.find(':') == std::string::npos) {
    throw LabError(place(file, source) + "'" + host.ipv6_address +
                   "' is no IPv6 address; write ::1 or leave 'ipv6_address' out");
  }
  return host;
}

OrganisationRecipe read_organisation(const toml::table& source, const std::string& file) {
  const Table table(source, file,
                    {"name", "title", "domain", "more_domains", "connector_fqdn", "issuer", "host"});
  OrganisationRecipe organisation{table.text("name"),
                                  table.text("title"),
                                  table.text("domain"),
                                  table.texts("more_domains"),
                                  table.text("connector_fqdn"),
                                  table.text("issuer"),
                                  {}};
  for (const toml::table* host : table.tables("host")) organisation.hosts.push_back(read_host(*host, file));
  if (organisation.hosts.empty())
    throw LabError(place(file, source) + "the organisation has no [[organisation.host]]");
  return organisation;
}

void check_issuers(const Recipe& recipe, const std::string& file) {
  std::vector<std::string> known;
  const auto knows = [&](const std::string& name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  };
  for (const AuthorityRecipe& authority : recipe.authorities) {
    if (!authority.issuer.empty() && !knows(authority.issuer)) {
      throw LabError(file + ": authority '" + authority.name + "' is issued by '" + authority.issuer +
                     "', which is not described before it");
    }
    known.push_back(authority.name);
  }
  for (const OrganisationRecipe& organisation : recipe.organisations) {
    if (!knows(organisation.issuer)) {
      throw LabError(file + ": organisation '" + organisation.name + "' names the unknown authority '" +
                     organisation.issuer + "'");
    }
  }
}

/// All hosts listen on one port: an address can belong to one of them only.
void check_addresses(const Recipe& recipe, const std::string& file) {
  std::map<std::string, std::string> owners;
  for (const OrganisationRecipe& organisation : recipe.organisations) {
    for (const HostRecipe& host : organisation.hosts) {
      for (const std::string& address : {host.address, host.ipv6_address}) {
        const auto [owner, free] = owners.emplace(address, host.name);
        if (address.empty() || free) continue;
        throw LabError(file + ": " + owner->second + " and " + host.name + " both have the address " +
                       address + "; give each host its own");
      }
    }
  }
}

}  // namespace

Recipe read_recipe(std::string_view text, const std::string& file) {
  Recipe recipe;
  try {
    const toml::table root = toml::parse(text, file);
    const Table table(root, file, {"authority", "organisation"});
    for (const toml::table* source : table.tables("authority")) {
      const Table authority(*source, file, {"name", "subject", "issuer", "days"});
      recipe.authorities.push_back(AuthorityRecipe{authority.text("name"), authority.text("subject"),
                                                   authority.text_or("issuer", ""),
                                                   authority.number_or("days", 3650)});
    }
    for (const toml::table* source : table.tables("organisation")) {
      recipe.organisations.push_back(read_organisation(*source, file));
    }
  } catch (const toml::parse_error& error) {
    throw no_toml(file, error);
  }
  check_issuers(recipe, file);
  check_addresses(recipe, file);
  return recipe;
}

const OrganisationRecipe& organisation(const Recipe& recipe, std::string_view name) {
  for (const OrganisationRecipe& each : recipe.organisations) {
    if (each.name == name) return each;
  }
  std::string names;
  for (const OrganisationRecipe& each : recipe.organisations)
    names += (names.empty() ? "" : ", ") + each.name;
  throw LabError("the lab has no organisation '" + std::string(name) + "'; it has " + names);
}

}  // namespace domsec::lab
