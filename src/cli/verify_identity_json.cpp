#include "verify_identity_json.h"

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base64.h"
#include "domsec/pki/chain_file.h"
#include "domsec/pki/channel_binding.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

json::object rejected(std::string_view reason) {
  return {{"result", "reject"}, {"reason", reason}};
}

json::object accepted(json::value value) {
  return {{"result", "accept"}, {"reason", "ok"}, {"value", std::move(value)}};
}

std::optional<std::string_view> text_of(const json::object& request, std::string_view field) {
  const json::value* const found = request.if_contains(field);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string_view(found->get_string());
}

std::optional<std::string> octets_of(const json::object& request, std::string_view field) {
  const auto text = text_of(request, field);
  return text ? from_base64(*text) : std::nullopt;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<pki::Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  pki::Bytes octets;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    octets.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return octets;
}

std::string_view reason_of(pki::BundleError::Kind kind) {
  using Kind = pki::BundleError::Kind;
  switch (kind) {
    case Kind::key_missing:
      return "key_missing";
    case Kind::key_mismatch:
      return "key_mismatch";
    case Kind::no_certificate:
      return "certificate_missing";
    case Kind::key_protected:
    case Kind::wrong_pass_phrase:
      return "key_protected";
    case Kind::unreadable:
    case Kind::too_large:
    case Kind::empty:
    case Kind::not_pem:
    case Kind::garbage:
    case Kind::unwritable:
      return "parse";
  }
  return "parse";
}

json::object server_end_point(const json::object& request) {
  const auto der = octets_of(request, "leaf");
  const pki::CertificatePtr leaf = der ? pki::read_certificate_der(*der) : nullptr;
  if (leaf == nullptr) return rejected("parse");
  const auto hash = pki::tls_server_end_point(*leaf);
  if (!hash) return rejected("undefined");  // RFC 5929 4.1
  const pki::Bytes data = pki::application_data("tls-server-end-point", *hash);
  return accepted(json::object{{"hash", pki::hex(*hash)},
                               {"msv_av_channel_bindings", pki::hex(pki::msv_av_channel_bindings(data))}});
}

}  // namespace

json::object answer_load_chain(const json::object& request) {
  const auto octets = octets_of(request, "pem_b64");
  if (!octets) return rejected("parse");
  try {
    const std::size_t chains = pki::read_chain_file(*octets, "the file").size();
    return accepted(json::object{{"chains", chains}});
  } catch (const pki::BundleError& error) {
    json::object answer = rejected(reason_of(error.kind));
    answer["detail"] = error.what();
    return answer;
  }
}

json::object answer_channel_binding(const json::object& request) {
  const auto what = text_of(request, "what");
  if (what == "tls-server-end-point") return server_end_point(request);
  if (what != "gss-struct") return {{"result", "skip"}, {"reason", "unsupported"}};
  const auto data = text_of(request, "application_data");
  const auto octets = data ? from_hex(*data) : std::nullopt;
  return octets ? accepted(json::string(pki::hex(pki::gss_channel_bindings(*octets)))) : rejected("parse");
}

}  // namespace domsec::cli
