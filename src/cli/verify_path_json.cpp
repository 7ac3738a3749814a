#include "verify_path_json.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domsec/pki/instant.h"
#include "domsec/policy/verification.h"
#include "base64.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

/// A field that is there and is not what it must be.
struct BadField {};

constexpr std::array<std::string_view, 18> known_fields = {
    "id",        "op",         "leaf",          "intermediates", "trust",     "crls",           "crl_check",
    "names",     "cn_fallback", "crl_unknown",  "crl_expiry",    "time",      "purpose",        "max_depth",
    "profile",   "policy",     "security_level", "features"};

std::string text_of(const json::object& request, std::string_view field, std::string_view otherwise) {
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || found->is_null()) return std::string(otherwise);
  if (!found->is_string()) throw BadField();
  return std::string(found->get_string());
}

bool truth_of(const json::object& request, std::string_view field) {
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || found->is_null()) return false;
  if (!found->is_bool()) throw BadField();
  return found->get_bool();
}

int number_of(const json::object& request, std::string_view field, int otherwise, int most) {
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || found->is_null()) return otherwise;
  if (!found->is_int64() || found->get_int64() < 0 || found->get_int64() > most) throw BadField();
  return static_cast<int>(found->get_int64());
}

/// The choice of a word; BadField when it is none of them.
template <typename T, std::size_t count>
T choice(const std::string& word, const std::pair<std::string_view, T> (&choices)[count]) {
  for (const auto& [name, value] : choices) {
    if (word == name) return value;
  }
  throw BadField();
}

const json::array& list_of(const json::object& request, std::string_view field) {
  static const json::array none;
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || found->is_null()) return none;
  if (!found->is_array()) throw BadField();
  return found->get_array();
}

std::optional<std::string> octets_of(const json::value& value) {
  return value.is_string() ? from_base64(value.get_string()) : std::nullopt;
}

pki::CertificatePtr certificate_of(const json::value& value) {
  const auto der = octets_of(value);
  return der ? pki::read_certificate_der(*der) : nullptr;
}

/// What cannot be read is nobody's certificate and cannot help.
void append_certificates(const json::array& from, pki::Chain& into) {
  for (const json::value& value : from) {
    if (const pki::CertificatePtr certificate = certificate_of(value)) into.push_back(certificate);
  }
}

void read_lists(const json::object& request, policy::VerificationInput& into) {
  for (const json::value& value : list_of(request, "crls")) {
    const auto octets = octets_of(value);
    pki::CrlCandidate list;
    list.origin = pki::CrlOrigin::file;
    if (octets) list.crl = pki::Crl::read(*octets);
    if (list.crl == nullptr) list.problem = pki::CrlProblem::invalid;
    into.lists.push_back(std::move(list));
  }
}

void read_names(const json::object& request, policy::VerificationInput& into) {
  using Kind = policy::WantedName::Kind;
  for (const json::value& value : list_of(request, "names")) {
    if (!value.is_object()) throw BadField();
    const json::object& name = value.get_object();
    const Kind kind = choice<Kind>(text_of(name, "kind", "dns"),
                                   {{"dns", Kind::dns}, {"ip", Kind::ip}, {"email", Kind::email}});
    into.names.push_back({kind, text_of(name, "value", "")});
  }
}

void read_policy(const json::object& request, pki::PolicyInput& into) {
  const json::value* const found = request.if_contains("policy");
  if (found == nullptr || found->is_null()) return;
  if (!found->is_object()) throw BadField();
  const json::object& policy = found->get_object();
  for (const json::value& value : list_of(policy, "initial")) {
    if (!value.is_string()) throw BadField();
    into.initial.emplace_back(value.get_string());
  }
  into.require_explicit = truth_of(policy, "require_explicit");
  into.inhibit_mapping = truth_of(policy, "inhibit_mapping");
  into.inhibit_any = truth_of(policy, "inhibit_any");
}

policy::VerificationInput read(const json::object& request, const pki::CertificatePtr& leaf) {
  policy::VerificationInput input;
  input.path.presented.push_back(leaf);
  append_certificates(list_of(request, "intermediates"), input.path.presented);
  const auto anchors = std::make_shared<pki::TrustStore>();
  pki::Chain trusted;
  append_certificates(list_of(request, "trust"), trusted);
  anchors->add(trusted);
  input.path.anchors = anchors;
  const auto at = pki::read_rfc3339(text_of(request, "time", ""));
  if (!at) throw BadField();
  input.path.at = *at;
  input.path.purpose = choice<pki::Purpose>(
      text_of(request, "purpose", "any"),
      {{"server", pki::Purpose::server}, {"client", pki::Purpose::client}, {"any", pki::Purpose::any}});
  input.path.security_level = number_of(request, "security_level", 1, 5);
  input.path.max_intermediates = number_of(request, "max_depth", input.path.max_intermediates, 100);
  input.path.profile = choice<pki::PathProfile>(
      text_of(request, "profile", ""), {{"", pki::PathProfile::trust}, {"strict", pki::PathProfile::strict}});
  read_policy(request, input.path.policy);
  read_names(request, input);
  read_lists(request, input);
  using Check = policy::RevocationCheck;
  input.cn_fallback = truth_of(request, "cn_fallback");
  input.revocation = choice<Check>(text_of(request, "crl_check", "none"),
                                   {{"none", Check::none}, {"leaf", Check::leaf}, {"chain", Check::chain}});
  input.unknown_is_refused = choice<bool>(text_of(request, "crl_unknown", "deny"), {{"deny", true}, {"allow", false}});
  input.expiry_is_refused =
      choice<bool>(text_of(request, "crl_expiry", "enforce"), {{"enforce", true}, {"ignore", false}});
  return input;
}

json::object answer_of(const policy::Verification& verification) {
  const bool good = verification.problems.empty();
  json::array problems;
  for (const std::string& problem : verification.problems) problems.emplace_back(problem);
  json::array chain;
  for (const pki::CertificatePtr& certificate : verification.path) chain.emplace_back(certificate->thumbprint);
  return {{"result", good ? "accept" : "reject"},
          {"reason", good ? std::string("ok") : *verification.problems.begin()},
          {"problems", std::move(problems)},
          {"revocation", verification.revocation ? std::string(pki::text(*verification.revocation)) : std::string("off")},
          {"chain", std::move(chain)}};
}

json::object unreadable() { return {{"result", "reject"}, {"reason", "parse"}, {"problems", json::array{"parse"}}}; }

}  // namespace

json::object answer_verify(const json::object& request) {
  for (const auto& field : request) {
    const bool known = std::find(known_fields.begin(), known_fields.end(), std::string_view(field.key())) != known_fields.end();
    if (!known) return {{"result", "skip"}, {"reason", "unsupported"}};
  }
  const json::value* const given = request.if_contains("leaf");
  const pki::CertificatePtr leaf = given != nullptr ? certificate_of(*given) : nullptr;
  if (leaf == nullptr) return unreadable();
  try {
    return answer_of(policy::verify(read(request, leaf)));
  } catch (const BadField&) {
    return unreadable();
  }
}

}  // namespace domsec::cli
