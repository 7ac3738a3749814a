#include "names_as_read.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/policy/name_comparison.h"

namespace domsec::policy {
namespace {

/// In the order in which names are compared: dNSNames, other entries of the SAN, CNs.
struct LeftAside {
  std::size_t attempt = 0;
  std::string name;
  std::string_view why;
};

bool has_kind(const pki::Certificate& leaf, std::string_view kind) {
  return std::ranges::any_of(leaf.other_names,
                             [&](const std::string& name) { return name.starts_with(kind); });
}

bool common_name_barred(const pki::Certificate& leaf, const Stack& stack) {
  switch (stack.common_name_bar) {
    case CommonNameBar::dns_names:
      return false;
    case CommonNameBar::addresses:
      return has_kind(leaf, "IP:");
    case CommonNameBar::addresses_and_uris:
      return has_kind(leaf, "IP:") || has_kind(leaf, "URI:");
  }
  return false;
}

std::string_view dot_fault(const std::string& name, const Stack& stack) {
  const bool another = stack.final_dot == FinalDot::another_name && name.ends_with('.');
  return another ? "it ends in a dot, which this stack takes for another name" : "";
}

std::string_view common_name_fault(const pki::Certificate& leaf, std::size_t index, const Stack& stack) {
  if (common_name_barred(leaf, stack)) return "this stack leaves the CN aside beside such a SAN";
  const bool several = leaf.common_names.size() > 1;
  if (several && stack.common_names == CommonNames::none_of_several)
    return "this stack takes no CN of several";
  if (index > 0 && stack.common_names == CommonNames::first) return "this stack takes the first CN only";
  return dot_fault(leaf.common_names[index], stack);
}

std::vector<LeftAside> left_aside(const pki::Certificate& leaf, const Stack& stack) {
  std::vector<LeftAside> out;
  for (std::size_t i = 0; i < leaf.dns_names.size(); ++i) {
    if (const auto why = dot_fault(leaf.dns_names[i], stack); !why.empty())
      out.push_back({i, leaf.dns_names[i], why});
  }
  if (!leaf.dns_names.empty()) return out;  // RFC 6125 6.4.4: then no CN counts anyhow
  for (std::size_t i = 0; i < leaf.common_names.size(); ++i) {
    const auto why = common_name_fault(leaf, i, stack);
    if (!why.empty()) out.push_back({leaf.other_names.size() + i, leaf.common_names[i], why});
  }
  return out;
}

/// An empty name matches nothing and keeps its place.
pki::Certificate blanked(const pki::Certificate& leaf, const std::vector<LeftAside>& aside) {
  pki::Certificate out = leaf;
  const std::size_t before = leaf.dns_names.size() + leaf.other_names.size();
  for (const LeftAside& each : aside) {
    if (each.attempt < leaf.dns_names.size()) {
      out.dns_names[each.attempt].clear();
    } else {
      out.common_names[each.attempt - before].clear();
    }
  }
  return out;
}

}  // namespace

bool reads_names_its_own_way(const pki::Certificate& leaf, const Stack& stack) {
  return !left_aside(leaf, stack).empty();
}

pki::NameMatch compare_name_as(const Stack& stack, const pki::Certificate& leaf,
                               const pki::PathExamination* path, const pki::ReferenceId& reference,
                               const pki::NameRule& rule) {
  const std::vector<LeftAside> aside = left_aside(leaf, stack);
  if (aside.empty()) return compare_name(leaf, path, reference, rule);
  pki::NameMatch match = compare_name(blanked(leaf, aside), path, reference, rule);
  for (const LeftAside& each : aside) {
    if (each.attempt >= match.attempts.size()) continue;  // only the first of them are kept
    match.attempts[each.attempt].presented.text = each.name;
    match.attempts[each.attempt].why = each.why;
  }
  return match;
}

}  // namespace domsec::policy
