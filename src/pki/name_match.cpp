// Presented identifiers against a reference identifier (spec exchange 5.2, D-5, D-7; RFC 6125 6.4, RFC
// 9525 6.3).
//
// What is decided here where the sources leave room:
// * A wildcard needs two labels below the star: `*.com` and `*` cover nothing. There is no public suffix
// list, so
//   `*.co.uk` is an ordinary wildcard.
// * A reference of one label (`localhost`, `com`) has no hosts below it: only an equal entry matches.
// * Only LDH labels and `_` take part. A U-label is shown and never matched: RFC 5280 7.2 wants A-labels in
// dNSName, and a
//   look-alike must not be folded into a match. NUL, control and 8-bit octets disqualify the whole entry.
// * A name whose last label is all digits is an IPv4 address in disguise and never matches.
// * `*.contoso.com` of TlsDomain and TlsSenderCertificateName means the domain and everything below it, in
// both modes.
//
// Not here: path validation, DNS, the choice of the reference. The reference itself is checked again all the
// same, because a reference that cannot be checked must match nothing.
#include "domsec/pki/name_match.h"

#include <algorithm>
#include <cstddef>

namespace domsec::pki {
namespace {

constexpr std::size_t kept_attempts = 200;
constexpr std::size_t longest_name = 253;  // RFC 1035 2.3.4 without the length octets
constexpr std::size_t longest_label = 63;

bool is_ldh(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// One DNS name made comparable: lower case, no trailing dot, the star taken off. `fault` is set when it may
/// match nothing.
struct DnsName {
  std::string host;  // of a wildcard what follows `*.`
  bool wildcard = false;
  std::size_t labels = 0;  // of `host`
  std::string fault;
};

std::string label_fault(std::string_view label) {
  if (label.empty()) return "empty label";
  if (label.size() > longest_label) return "label longer than 63 octets";
  if (label.find('*') != std::string_view::npos) return "a wildcard must be the whole left-most label";
  if (!std::all_of(label.begin(), label.end(), is_ldh)) return "not a host name";
  if (label.front() == '-' || label.back() == '-') return "not a host name";
  return {};
}

std::string octet_fault(std::string_view text) {
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet == 0) return "embedded NUL";
    if (octet < 0x20 || octet == 0x7F) return "control character";
    if (octet >= 0x80) return "not in A-label form";
  }
  return {};
}

void count_labels(DnsName& name) {
  std::string_view rest = name.host;
  std::string_view label;
  while (name.fault.empty()) {
    const std::size_t dot = rest.find('.');
    label = rest.substr(0, dot);
    name.fault = label_fault(label);
    ++name.labels;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (name.fault.empty() && std::all_of(label.begin(), label.end(), is_digit)) name.fault = "an IP address";
}

DnsName read_dns_name(std::string_view text) {
  DnsName name;
  if (text.empty()) {
    name.fault = "empty";
    return name;
  }
  name.fault = octet_fault(text);
  if (text.back() == '.') text.remove_suffix(1);  // absolute form, the same name (RFC 1034 3.1)
  if (text.size() > longest_name && name.fault.empty()) name.fault = "longer than 253 octets";
  if (!name.fault.empty()) return name;
  if (text == "*") {
    name.fault = "a star alone covers nothing";
    return name;
  }
  if (text.starts_with("*.")) {
    name.wildcard = true;
    text.remove_prefix(2);
  }
  name.host = lower(text);
  count_labels(name);
  if (name.fault.empty() && name.wildcard && name.labels < 2)
    name.fault = "wildcard below a top-level domain";
  return name;
}

/// Is `host` strictly below `base`? Aligned to labels: `evilcontoso.com` is not below `contoso.com`.
bool is_below(std::string_view host, std::string_view base) {
  return host.size() > base.size() + 1 && host.ends_with(base) && host[host.size() - base.size() - 1] == '.';
}

/// RFC 6125 6.4.3: the star stands for exactly one label.
bool wildcard_covers(const DnsName& presented, std::string_view host) {
  if (!is_below(host, presented.host)) return false;
  const std::string_view covered = host.substr(0, host.size() - presented.host.size() - 1);
  return covered.find('.') == std::string_view::npos;
}

/// In the order in which a match is named: the plainest proof first.
enum class Fit { equal, below, wildcard, none };

struct Judged {
  Fit fit = Fit::none;
  std::string why;
};

/// Why a sound entry does not match: the look-alikes that people ask about by name, else another domain.
std::string mismatch(const DnsName& presented, const DnsName& reference) {
  if (presented.wildcard && is_below(reference.host, presented.host))
    return "a wildcard covers one label only";
  if (presented.wildcard && presented.host == reference.host)
    return "a wildcard does not cover the domain itself";
  if (is_below(reference.host, presented.host)) return "the parent domain";
  if (is_below(presented.host, reference.host)) {
    return reference.labels == 1 ? "no host is below a single label"
                                 : "a host below the domain, and the mode is exact";
  }
  return "another domain";
}

Judged judge(const DnsName& presented, const DnsName& reference, bool whole_domain, const NameRule& rule) {
  if (!presented.fault.empty()) return {Fit::none, presented.fault};
  const bool below_counts = (whole_domain || rule.mode == NameMatchMode::subdomains) && reference.labels > 1;
  if (!presented.wildcard && presented.host == reference.host) return {Fit::equal, "equal"};
  if (!presented.wildcard && below_counts && is_below(presented.host, reference.host)) {
    return {Fit::below, "a host below " + reference.host};
  }
  if (presented.wildcard && wildcard_covers(presented, reference.host)) {
    return {Fit::wildcard, "the wildcard covers one label"};
  }
  if (presented.wildcard && below_counts &&
      (presented.host == reference.host || is_below(presented.host, reference.host))) {
    return {Fit::wildcard, "a wildcard below " + reference.host};
  }
  if (presented.wildcard && presented.host == reference.host && rule.wildcard_apex == WildcardApex::accept) {
    return {Fit::wildcard, "the wildcard's own domain is accepted"};
  }
  return {Fit::none, mismatch(presented, reference)};
}

NameMatchMode other(NameMatchMode mode) {
  switch (mode) {
    case NameMatchMode::exact:
      return NameMatchMode::subdomains;
    case NameMatchMode::subdomains:
      return NameMatchMode::exact;
  }
  return NameMatchMode::exact;
}

/// One run over all names of one certificate: fills the result and remembers the best fit of each source.
class Matching {
 public:
  Matching(const ReferenceId& reference, const NameRule& rule) : whole_domain_(reference.with_subdomains) {
    result.reference = reference;
    result.rule = rule;
    reference_ = read_dns_name(reference.text);
    if (reference_.wildcard && reference_.fault.empty()) reference_.fault = "a wildcard";
    other_rule_ = rule;
    other_rule_.mode = other(rule.mode);
  }

  void consider(PresentedId::Source source, const std::string& presented) {
    if (!reference_.fault.empty())
      return note(source, presented, Fit::none, "the reference is no domain name: " + reference_.fault);
    const DnsName name = read_dns_name(presented);
    Judged judged = judge(name, reference_, whole_domain_, result.rule);
    if (judge(name, reference_, whole_domain_, other_rule_).fit != Fit::none)
      result.other_mode_matches = true;
    note(source, presented, judged.fit, std::move(judged.why));
  }

  void note(PresentedId::Source source, const std::string& presented, Fit fit, std::string why) {
    if (fit != Fit::none && (!result.matches || (source == result.by->source && fit < best_))) {
      result.matches = true;
      result.by = PresentedId{source, presented};
      best_ = fit;
    }
    if (result.attempts.size() == kept_attempts) {
      ++result.attempts_left_out;
      return;
    }
    result.attempts.push_back({{source, presented}, fit != Fit::none, std::move(why)});
  }

  NameMatch result;

 private:
  DnsName reference_;
  bool whole_domain_;
  NameRule other_rule_;
  Fit best_ = Fit::none;
};

/// Why the subject's CN takes no part; empty when it does. A SAN that is there and cannot be read may have
/// said anything: the CN is no way round it, whatever the rule (RFC 5280 4.2.1.6, RFC 6125 6.4.4).
std::string common_name_left_aside(const Certificate& leaf, CommonName rule) {
  if (leaf.alternative_names_unreadable) return "the SAN cannot be read, and the CN does not stand in for it";
  switch (rule) {
    case CommonName::always:
      return {};
    case CommonName::without_dns_names:
      return leaf.dns_names.empty() ? "" : "the CN counts only without dNSName (RFC 6125 6.4.4)";
    case CommonName::never:
      return "the CN never counts (RFC 9525 2)";
  }
  return {};
}

}  // namespace

NameMatch match_name(const Certificate& leaf, const ReferenceId& reference, const NameRule& rule) {
  Matching matching(reference, rule);
  for (const std::string& name : leaf.dns_names) matching.consider(PresentedId::Source::san, name);
  for (const std::string& name : leaf.other_names) {
    matching.note(PresentedId::Source::san, name, Fit::none, "not a dNSName");
  }
  const std::string aside = common_name_left_aside(leaf, rule.common_name);
  for (const std::string& name : leaf.common_names) {
    if (aside.empty()) {
      matching.consider(PresentedId::Source::common_name, name);
    } else {
      matching.note(PresentedId::Source::common_name, name, Fit::none, aside);
    }
  }
  NameMatch& result = matching.result;
  result.only_by_common_name = result.matches && result.by->source == PresentedId::Source::common_name;
  return std::move(result);
}

bool covers_host(std::string_view presented, std::string_view host) {
  const DnsName reference = read_dns_name(host);
  if (!reference.fault.empty() || reference.wildcard) return false;
  const DnsName name = read_dns_name(presented);
  if (!name.fault.empty()) return false;
  return name.wildcard ? wildcard_covers(name, reference.host) : name.host == reference.host;
}

std::string covering_key(std::string_view presented) {
  const DnsName name = read_dns_name(presented);
  if (!name.fault.empty()) return {};
  return name.wildcard ? "*." + name.host : name.host;
}

std::vector<std::string> covering_keys(std::string_view host) {
  const DnsName name = read_dns_name(host);
  if (!name.fault.empty() || name.wildcard) return {};
  std::vector<std::string> keys{name.host};
  if (const std::size_t dot = name.host.find('.'); dot != std::string::npos)
    keys.push_back("*" + name.host.substr(dot));
  return keys;
}

std::string_view text(NameMatchMode mode) {
  switch (mode) {
    case NameMatchMode::exact:
      return "exact";
    case NameMatchMode::subdomains:
      return "subdomains";
  }
  return "";
}

std::string_view text(PresentedId::Source source) {
  switch (source) {
    case PresentedId::Source::san:
      return "san";
    case PresentedId::Source::common_name:
      return "cn";
  }
  return "";
}

}  // namespace domsec::pki
