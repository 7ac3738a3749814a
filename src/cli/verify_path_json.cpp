#include "verify_path_json.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base64.h"
#include "verification_request.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

/// A field that is there and is not what it must be.
struct BadField {};

constexpr std::array<std::string_view, 20> known_fields = {
    "id",      "op",          "leaf",           "intermediates", "trust",    "crls",       "crl_check",
    "names",   "cn_fallback", "crl_unknown",    "crl_expiry",    "time",     "purpose",    "max_depth",
    "profile", "policy",      "security_level", "key_usage",     "features", "max_crl_age"};

std::string text_of(const json::object& request, std::string_view field) {
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || found->is_null()) return {};
  if (!found->is_string()) throw BadField();
  return std::string(found->get_string());
}

bool truth_of(const json::object& request, std::string_view field) {
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || found->is_null()) return false;
  if (!found->is_bool()) throw BadField();
  return found->get_bool();
}

std::optional<std::int64_t> number_of(const json::object& request, std::string_view field) {
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (!found->is_int64()) throw BadField();
  return found->get_int64();
}

const json::array& list_of(const json::object& request, std::string_view field) {
  static const json::array none;
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || found->is_null()) return none;
  if (!found->is_array()) throw BadField();
  return found->get_array();
}

std::vector<std::string> texts_of(const json::object& request, std::string_view field) {
  std::vector<std::string> texts;
  for (const json::value& value : list_of(request, field)) {
    if (!value.is_string()) throw BadField();
    texts.emplace_back(value.get_string());
  }
  return texts;
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

void read_lists(const json::object& request, VerificationRequest& into) {
  for (const json::value& value : list_of(request, "crls")) {
    const auto octets = octets_of(value);
    pki::CrlCandidate list;
    list.origin = pki::CrlOrigin::file;
    if (octets) list.crl = pki::Crl::read(*octets);
    if (list.crl == nullptr) list.problem = pki::CrlProblem::invalid;
    into.lists.push_back(std::move(list));
  }
}

void read_names(const json::object& request, VerificationRequest& into) {
  for (const json::value& value : list_of(request, "names")) {
    if (!value.is_object()) throw BadField();
    const json::object& name = value.get_object();
    into.names.emplace_back(text_of(name, "kind"), text_of(name, "value"));
  }
}

void read_policy(const json::object& request, pki::PolicyInput& into) {
  const json::value* const found = request.if_contains("policy");
  if (found == nullptr || found->is_null()) return;
  if (!found->is_object()) throw BadField();
  const json::object& policy = found->get_object();
  into.initial = texts_of(policy, "initial");
  into.require_explicit = truth_of(policy, "require_explicit");
  into.inhibit_mapping = truth_of(policy, "inhibit_mapping");
  into.inhibit_any = truth_of(policy, "inhibit_any");
}

VerificationRequest read(const json::object& request, const pki::CertificatePtr& leaf) {
  VerificationRequest read;
  read.leaf = leaf;
  append_certificates(list_of(request, "intermediates"), read.intermediates);
  append_certificates(list_of(request, "trust"), read.trust);
  read_lists(request, read);
  read_names(request, read);
  read_policy(request, read.policy);
  read.time = text_of(request, "time");
  read.purpose = text_of(request, "purpose");
  read.profile = text_of(request, "profile");
  read.crl_check = text_of(request, "crl_check");
  read.crl_unknown = text_of(request, "crl_unknown");
  read.crl_expiry = text_of(request, "crl_expiry");
  read.max_depth = number_of(request, "max_depth");
  read.max_crl_age = number_of(request, "max_crl_age");
  read.security_level = number_of(request, "security_level");
  read.cn_fallback = truth_of(request, "cn_fallback");
  read.key_usage = texts_of(request, "key_usage");
  return read;
}

json::object unreadable() {
  return {{"result", "reject"}, {"reason", "parse"}, {"problems", json::array{"parse"}}};
}

}  // namespace

json::object verification_json(const policy::Verification& verification) {
  const bool good = verification.problems.empty();
  json::array problems;
  for (const std::string& problem : verification.problems) problems.emplace_back(problem);
  json::array chain;
  for (const pki::CertificatePtr& certificate : verification.path)
    chain.emplace_back(certificate->thumbprint);
  return {{"result", good ? "accept" : "reject"},
          {"reason", verification.reason},
          {"problems", std::move(problems)},
          {"revocation",
           verification.revocation ? std::string(pki::text(*verification.revocation)) : std::string("off")},
          {"chain", std::move(chain)}};
}

json::object answer_verify(const json::object& request) {
  for (const auto& field : request) {
    const bool known = std::find(known_fields.begin(), known_fields.end(), std::string_view(field.key())) !=
                       known_fields.end();
    if (!known) return {{"result", "skip"}, {"reason", "unsupported"}};
  }
  const json::value* const given = request.if_contains("leaf");
  const pki::CertificatePtr leaf = given != nullptr ? certificate_of(*given) : nullptr;
  if (leaf == nullptr) return unreadable();
  try {
    return verification_json(policy::verify(verification_input(read(request, leaf))));
  } catch (const BadField&) {
    return unreadable();
  } catch (const BadWord&) {
    return unreadable();
  }
}

}  // namespace domsec::cli
