#include "bench/decisions.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "bench/measure.h"
#include "domsec/exchange/organisation.h"
#include "domsec/policy/connector_lint.h"
#include "domsec/policy/tls_requirement.h"

namespace domsec::bench {
namespace {

constexpr std::size_t asked = 2000;

double timed(const auto& work) {
  const double begin = thread_cpu();
  work();
  return thread_cpu() - begin;
}

std::string partner(std::size_t number) { return "mail" + std::to_string(number * 7919 % 1000003) + ".partner.example"; }

std::string configuration(std::size_t domains) {
  std::string text = "[organization]\nName = \"Contoso\"\n[TransportConfig]\n";
  for (const char* list : {"TLSSendDomainSecureList", "TLSReceiveDomainSecureList"}) {
    text += std::string(list) + " = [\n";
    for (std::size_t i = 0; i < domains; ++i) text += "  \"" + partner(i) + "\",\n";
    text += "]\n";
  }
  return text + "[[SendConnector]]\nName = \"Internet\"\nAddressSpaces = [\"*\"]\nDomainSecureEnabled = true\n"
                "[[ReceiveConnector]]\nName = \"Internet\"\nDomainSecureEnabled = true\n";
}

/// Nanoseconds each.
double decide(const exchange::Organisation& organisation, const std::vector<smtp::Domain>& domains, bool listed) {
  std::size_t secured = 0;
  const double took = timed([&] {
    for (const smtp::Domain& domain : domains) {
      const policy::TlsRequirement requirement =
          policy::send_requirement(organisation.transport_config, organisation.send_connectors.front(), domain);
      secured += requirement.requirement == policy::Requirement::domain_secured ? 1 : 0;
    }
  });
  if (secured != (listed ? domains.size() : 0)) throw std::logic_error("a decision is wrong");
  return took * 1000 / static_cast<double>(domains.size());
}

std::vector<smtp::Domain> domains_from(std::size_t first, std::size_t step) {
  std::vector<smtp::Domain> out;
  for (std::size_t i = 0; i < asked; ++i) out.push_back(smtp::Domain::parse(partner(first + i * step)).value());
  return out;
}

}  // namespace

DecisionCost measure_decisions(std::size_t domains) {
  const std::string text = configuration(domains);
  DecisionCost cost;
  exchange::Organisation organisation;
  cost.load = timed([&] { organisation = exchange::read_toml_text(text, "domsec.toml"); }) / 1000;
  std::size_t found = 0;
  cost.lint = timed([&] { found = policy::lint(organisation).size(); }) / 1000;
  if (found != 0) throw std::logic_error("lint found something");
  const std::vector<smtp::Domain> on = domains_from(0, domains / asked);
  const std::vector<smtp::Domain> off = domains_from(domains, 1);
  cost.listed = decide(organisation, on, true);
  cost.unlisted = decide(organisation, off, false);
  return cost;
}

}  // namespace domsec::bench
