// Each certificate below an authority is held to that authority's constraints by itself: the intersection of
// permitted subtrees and the union of excluded ones (6.1.4 (g)) say the same, and need no arithmetic on
// subtrees.
//
// The work is names times subtrees, both the peer's to choose. 2^20 comparisons of alternative names for a
// pair of certificates is what other implementations allow; a path beyond it is refused, not examined in
// part.
#include "name_constraints.h"

#include <algorithm>
#include <array>
#include <set>

#include "distinguished_name.h"
#include "name_forms.h"

namespace domsec::pki {

/// By form.
struct ConstrainedNames {
  std::array<std::vector<FormedName>, name_forms> names;
  std::vector<FormedName> common_names;               // those that read as host names
  std::array<std::size_t, name_forms> alternative{};  // how many of `names` are from the SAN
  int subject_attributes = 0;
};

struct Constraints {
  std::array<std::vector<Subtree>, name_forms> permitted;
  std::array<std::vector<Subtree>, name_forms> excluded;
  bool none = true;
  std::set<int> faults;  // X509_V_ERR_*: what breaks the extension itself
};

namespace {

constexpr std::size_t most_comparisons_of_a_pair = 1U << 20U;
constexpr std::size_t most_comparisons = 1U << 22U;  // of one examination: 2^20 take some 20 ms
constexpr int most_subject_attributes = 512;  // each may be a mailbox or a host; real subjects have ten
constexpr int too_much_work = -1;

constexpr ChainProblem too_many{X509_V_OK, 0, PathFault::name_constraint,
                                "more names and name constraints than are compared"};

std::size_t index(NameForm form) {
  return static_cast<std::size_t>(form);
}

void read_subtrees(const STACK_OF(GENERAL_SUBTREE) * from, std::array<std::vector<Subtree>, name_forms>& into,
                   PathProfile profile, std::set<int>& faults) {
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(from); ++i) {
    Subtree subtree = formed_subtree(sk_GENERAL_SUBTREE_value(from, i));
    // 4.2.1.10: a dNSName restriction is a name, to which labels may be added on the left. A leading period
    // is the form of a URI's.
    if (profile == PathProfile::strict && subtree.form == NameForm::dns && subtree.leading_period)
      subtree.fault = SubtreeFault::syntax;
    if (subtree.fault == SubtreeFault::syntax) faults.insert(X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX);
    if (subtree.fault == SubtreeFault::minimum_or_maximum) faults.insert(X509_V_ERR_SUBTREE_MINMAX);
    if (subtree.fault == SubtreeFault::none) into[index(subtree.form)].push_back(std::move(subtree));
  }
}

Constraints read_constraints(X509* x509, PathProfile profile) {
  Constraints read;
  if (X509_get_ext_by_NID(x509, NID_name_constraints, -1) < 0) return read;
  const ErrorQueueMark mark;
  const NameConstraintsOwner value(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(x509, NID_name_constraints, nullptr, nullptr)));
  read.none = false;
  if (value == nullptr) {  // there, and unreadable or twice
    read.faults.insert(X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX);
    return read;
  }
  read_subtrees(value->permittedSubtrees, read.permitted, profile, read.faults);
  read_subtrees(value->excludedSubtrees, read.excluded, profile, read.faults);
  return read;
}

/// 4.2.1.10 asks for it where there is no SAN. A mailbox that somebody may read from the subject is held to
/// the constraints beside a SAN too, as libcrypto does.
void read_subject_mailboxes(const X509_NAME* subject, std::vector<FormedName>& into) {
  for (int i = X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, -1); i >= 0;
       i = X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, i)) {
    into.push_back(formed_mailbox(bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)))));
  }
}

ConstrainedNames read_names(X509* x509) {
  const ErrorQueueMark mark;
  ConstrainedNames read;
  const X509_NAME* subject = X509_get_subject_name(x509);
  read.subject_attributes = X509_NAME_entry_count(subject);
  if (read.subject_attributes > 0)
    read.names[index(NameForm::directory)].push_back(formed_directory_name(subject));
  const GeneralNamesOwner alternative(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternative.get()); ++i) {
    const GENERAL_NAME* given = sk_GENERAL_NAME_value(alternative.get(), i);
    FormedName name = formed_name(given);
    ++read.alternative[index(name.form)];
    read.names[index(name.form)].push_back(std::move(name));
    if (auto mailbox = utf8_mailbox(given))
      read.names[index(NameForm::mailbox)].push_back(std::move(*mailbox));
  }
  read_subject_mailboxes(subject, read.names[index(NameForm::mailbox)]);
  for (const std::string& common_name : common_names_of(subject)) {
    FormedName name = formed_dns_name(common_name);
    const bool reads_as_host = !name.malformed && (name.wildcard || name.text.find('.') != std::string::npos);
    if (reads_as_host) read.common_names.push_back(std::move(name));
  }
  return read;
}

void hold_name(const FormedName& name, const std::vector<Subtree>& permitted,
               const std::vector<Subtree>& excluded, std::set<int>& problems) {
  if (permitted.empty() && excluded.empty()) return;
  if (name.malformed) {
    problems.insert(X509_V_ERR_UNSUPPORTED_NAME_SYNTAX);
    return;
  }
  const auto inside = [&](const Subtree& subtree) { return all_within(name, subtree); };
  const auto touches = [&](const Subtree& subtree) { return some_within(name, subtree); };
  if (!permitted.empty() && std::none_of(permitted.begin(), permitted.end(), inside))
    problems.insert(X509_V_ERR_PERMITTED_VIOLATION);
  if (std::any_of(excluded.begin(), excluded.end(), touches)) problems.insert(X509_V_ERR_EXCLUDED_VIOLATION);
}

/// A form that cannot be compared refuses the names of this form, other names of another type not (4.2.1.10
/// "MUST either process the constraint or reject the certificate"). The extension has to be critical; who
/// marks it otherwise wants it kept no less.
bool meets_unsupported(const ConstrainedNames& names, const Constraints& constraints) {
  const auto occurs = [&](const Subtree& subtree) {
    const auto& others = names.names[index(NameForm::other)];
    return std::any_of(others.begin(), others.end(),
                       [&](const FormedName& name) { return name.text == subtree.text; });
  };
  const auto& permitted = constraints.permitted[index(NameForm::other)];
  const auto& excluded = constraints.excluded[index(NameForm::other)];
  return std::any_of(permitted.begin(), permitted.end(), occurs) ||
         std::any_of(excluded.begin(), excluded.end(), occurs);
}

std::vector<int> hold(const ConstrainedNames& names, const Constraints& constraints) {
  std::set<int> problems;
  for (std::size_t form = 0; form < index(NameForm::other); ++form) {
    for (const FormedName& name : names.names[form])
      hold_name(name, constraints.permitted[form], constraints.excluded[form], problems);
  }
  if (meets_unsupported(names, constraints)) problems.insert(X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE);
  return {problems.begin(), problems.end()};
}

std::vector<int> hold_common_names(const ConstrainedNames& names, const Constraints& constraints) {
  std::set<int> problems;
  const std::size_t form = index(NameForm::dns);
  for (const FormedName& name : names.common_names)
    hold_name(name, constraints.permitted[form], constraints.excluded[form], problems);
  return {problems.begin(), problems.end()};
}

/// 6.1.3 (b): constraints pass over a self-issued certificate, unless it is the final one.
bool is_self_issued(const X509* x509) {
  return X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
}

}  // namespace

NameConstraints::NameConstraints(PathProfile profile) : profile_(profile) {}

NameConstraints::~NameConstraints() = default;

const Constraints& NameConstraints::constraints_of(X509* x509) {
  auto& kept = constraints_[x509];
  if (kept == nullptr) kept = std::make_unique<Constraints>(read_constraints(x509, profile_));
  return *kept;
}

const ConstrainedNames& NameConstraints::names_of(X509* x509) {
  auto& kept = names_[x509];
  if (kept == nullptr) kept = std::make_unique<ConstrainedNames>(read_names(x509));
  return *kept;
}

bool NameConstraints::affordable(const ConstrainedNames& names, const Constraints& constraints) {
  std::size_t alternative = 0;
  std::size_t all = 0;
  for (std::size_t form = 0; form < name_forms; ++form) {
    const std::size_t subtrees = constraints.permitted[form].size() + constraints.excluded[form].size();
    alternative += names.alternative[form] * subtrees;
    all += names.names[form].size() * subtrees;
    if (form == index(NameForm::dns)) all += names.common_names.size() * subtrees;
  }
  comparisons_ += all;
  return names.subject_attributes <= most_subject_attributes && alternative <= most_comparisons_of_a_pair &&
         comparisons_ <= most_comparisons;
}

const NameConstraints::Answer& NameConstraints::answer(X509* authority, X509* subject) {
  const auto [kept, is_new] = answers_.try_emplace({authority, subject});
  Answer& told = kept->second;
  if (!is_new) return told;
  const ConstrainedNames& names = names_of(subject);
  const Constraints& constraints = constraints_of(authority);
  if (affordable(names, constraints)) {
    told.names = hold(names, constraints);
    told.common_names = hold_common_names(names, constraints);
  } else {
    told.names = told.common_names = {too_much_work};
  }
  return told;
}

std::vector<ChainProblem> NameConstraints::problems(std::span<X509* const> chain, CommonName common_name) {
  std::set<ChainProblem> found;
  const auto tell = [&](const std::vector<int>& errors, std::size_t depth) {
    ChainProblem beyond = too_many;
    beyond.depth = static_cast<int>(depth);
    for (const int error : errors)
      found.insert(error == too_much_work ? beyond : ChainProblem{error, static_cast<int>(depth)});
  };
  for (std::size_t above = 1; above < chain.size(); ++above) {
    const Constraints& constraints = constraints_of(chain[above]);
    if (constraints.none) continue;
    tell({constraints.faults.begin(), constraints.faults.end()}, above);
    for (std::size_t below = 0; below < above; ++below) {
      if (below > 0 && is_self_issued(chain[below])) continue;
      tell(answer(chain[above], chain[below]).names, below);
    }
    const bool stands_in =
        common_name == CommonName::is_a_name && names_of(chain[0]).alternative[index(NameForm::dns)] == 0;
    if (stands_in) tell(answer(chain[above], chain[0]).common_names, 0);
  }
  return {found.begin(), found.end()};
}

bool NameConstraints::common_name_violates(std::span<X509* const> chain) {
  for (std::size_t above = 1; above < chain.size(); ++above) {
    const Constraints& constraints = constraints_of(chain[above]);
    if (constraints.none) continue;
    if (!constraints.faults.empty() || !answer(chain[above], chain[0]).common_names.empty()) return true;
  }
  return false;
}

}  // namespace domsec::pki
