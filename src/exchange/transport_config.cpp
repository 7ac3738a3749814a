// The two domain-secure lists (spec exchange 1.1; D-1, R1-R4). Not here: who is on a list and what follows
// (policy/).
#include "domsec/exchange/transport_config.h"

#include <algorithm>

#include "shown_text.h"

namespace domsec::exchange {

namespace {

/// D-1, R4: why `entry` cannot stand in `list`. `domsec explain DS303` says more.
std::string refusal(const std::string& list, std::string_view entry) {
  const std::string head = list + ": ";
  if (without_outer_blanks(entry).empty()) {
    return head + "an entry is empty; write a domain such as contoso.com or remove the entry (DS303)";
  }
  if (entry.find('*') != std::string_view::npos) {
    return head + shown(entry) +
           " has a wildcard, which this list does not support; list each domain and sub-domain by itself "
           "(DS303)";
  }
  if (entry.find('@') != std::string_view::npos) {
    return head + shown(entry) + " is an address; write only the domain after the @ (DS303)";
  }
  return head + shown(entry) + " is not an SMTP domain; write a domain such as contoso.com (DS303)";
}

struct ParsedEntries {
  std::vector<smtp::Domain> domains;
  std::optional<ListError> error;
};

ParsedEntries parse(const std::string& list, const std::vector<std::string>& entries) {
  ParsedEntries out;
  out.domains.reserve(entries.size());
  for (const std::string& entry : entries) {
    std::optional<smtp::Domain> domain = smtp::Domain::parse(entry);
    if (!domain) {
      out.error = ListError{refusal(list, entry), out.domains.size()};
      return out;
    }
    out.domains.push_back(*std::move(domain));
  }
  return out;
}

}  // namespace

std::optional<ListError> DomainSecureList::assign(const std::vector<std::string>& entries) {
  ParsedEntries parsed = parse(name_, entries);
  if (parsed.error) return parsed.error;
  domains_.clear();
  index_.clear();
  append(parsed.domains);
  return std::nullopt;
}

std::optional<ListError> DomainSecureList::add(const std::vector<std::string>& entries) {
  ParsedEntries parsed = parse(name_, entries);
  if (parsed.error) return parsed.error;
  append(parsed.domains);
  return std::nullopt;
}

std::optional<ListError> DomainSecureList::remove(const std::vector<std::string>& entries) {
  const ParsedEntries parsed = parse(name_, entries);
  if (parsed.error) return parsed.error;
  for (const smtp::Domain& domain : parsed.domains) index_.erase(domain);
  std::erase_if(domains_, [this](const smtp::Domain& domain) { return !index_.contains(domain); });
  return std::nullopt;
}

bool DomainSecureList::lists(const smtp::Domain& domain) const { return index_.contains(domain); }

void DomainSecureList::append(const std::vector<smtp::Domain>& domains) {
  for (const smtp::Domain& domain : domains) {
    if (index_.insert(domain).second) domains_.push_back(domain);
  }
}

}  // namespace domsec::exchange
