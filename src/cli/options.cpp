#include "domsec/cli/options.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "domsec/session/own_identity.h"

namespace domsec::cli {
namespace {

const exchange::Origin flag(const char* name) { return exchange::Origin{name, 0}; }

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// Both spellings of no_proxy, as curl has it.
net::ProxyEnvironment proxy_environment() {
  const std::string no_proxy = variable("no_proxy");
  return {variable("http_proxy"), no_proxy.empty() ? variable("NO_PROXY") : no_proxy};
}

/// The files of an identity on the command line; nothing when none is given.
std::optional<exchange::CertificateFile> identity_of(const EndOptions& options) {
  exchange::CertificateFile file;
  file.key_pass_file = options.key_pass_file;
  if (!options.pfx.empty()) {
    if (!options.certificate.empty() || !options.key.empty() || !options.chain.empty()) {
      throw UsageError("--pfx brings certificate, key and intermediates; give it without --cert, --key and --chain");
    }
    file.pfx_file = options.pfx;
    file.origin = flag("--pfx");
    return file;
  }
  if (options.certificate.empty()) {
    if (!options.key.empty()) throw UsageError("--key without --cert; give both");
    if (!options.chain.empty()) throw UsageError("--chain without --cert; give both");
    if (!options.key_pass_file.empty()) throw UsageError("--key-pass-file without --cert or --pfx; give one of them");
    return std::nullopt;
  }
  file.certificate_file = options.certificate;
  file.key_file = options.key.empty() ? options.certificate : options.key;
  file.chain_file = options.chain;
  file.origin = flag("--cert");
  return file;
}

}  // namespace

void check_word(const std::string& value, std::initializer_list<std::string_view> words, const char* name) {
  if (value.empty()) return;
  std::string list;
  for (const std::string_view word : words) {
    if (value == word) return;
    list += (list.empty() ? "" : ", ") + std::string(word);
  }
  throw UsageError(std::string(name) + ": '" + value + "' is none of " + list);
}

pki::CertificatePtr given_certificate(const EndOptions& options) {
  const std::optional<exchange::CertificateFile> file = identity_of(options);
  return file ? session::own_certificates(*file).front() : nullptr;
}

smtp::Domain machine_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) {
    if (auto domain = smtp::Domain::parse(name.data())) return *domain;
  }
  return *smtp::Domain::parse("localhost.localdomain");
}

exchange::Organisation organisation_of(const EndOptions& options) {
  check_word(options.crl, {"off", "cached", "fetch"}, "--crl");
  check_word(options.crl_fail, {"hard", "soft"}, "--crl-fail");
  check_word(options.aia, {"off", "fetch"}, "--aia");
  check_word(options.name_match, {"exact", "subdomains"}, "--name-match");
  exchange::Organisation organisation;
  if (!options.config.empty()) organisation = exchange::read_toml(options.config);
  // It takes the place of every certificate of the file and of its store.
  if (const auto file = identity_of(options)) {
    organisation.certificates.assign(1, *file);
    organisation.store.clear();
  }
  if (!options.roots.empty()) organisation.trusted_root_files = options.roots;
  if (options.system_roots) organisation.system_roots = true;
  if (!options.crl.empty()) organisation.revocation.mode = options.crl;
  if (!options.crl_fail.empty()) organisation.revocation.fail = options.crl_fail;
  if (!options.crl_cache.empty()) organisation.revocation.cache_directory = options.crl_cache;
  if (!options.crl_files.empty()) organisation.revocation.crl_files = options.crl_files;
  if (!options.aia.empty()) organisation.revocation.aia = options.aia;
  // A command whose other flags have no variables heeds this one all the same.
  const std::string proxy = options.http_proxy.empty() ? variable("DOMSEC_HTTP_PROXY") : options.http_proxy;
  if (!proxy.empty()) {
    std::string problem;
    if (!net::read_http_proxy(proxy, problem))
      throw UsageError("--http-proxy: " + problem + "; write http://host:port or none");
    organisation.revocation.http_proxy = proxy;
    organisation.revocation.origins.by_parameter["HttpProxy"] = flag("--http-proxy");
  }
  if (!options.name_match.empty()) organisation.name_match = options.name_match;
  if (options.wildcard_apex) organisation.wildcard_apex = true;
  if (options.strict_eku) organisation.strict_eku = true;
  if (!options.profile.empty()) {
    const auto profile = finding::read_profile(options.profile);
    if (!profile) throw UsageError("--profile: '" + options.profile + "' is none of exchange, postfix, exim, opensmtpd, strict");
    organisation.profile = *profile;
  }
  if (!options.dns.empty()) {
    const auto [host, port] = read_host_port(options.dns, 53);
    organisation.dns_servers.assign(1, net::Endpoint{host, port}.text());
  }
  if (!options.helo.empty()) {
    const auto helo = smtp::Domain::parse(options.helo);
    if (!helo) throw UsageError("--helo: '" + options.helo + "' is no domain name");
    organisation.server_fqdn = helo;
    for (auto& connector : organisation.send_connectors) connector.fqdn = helo;
  }
  return organisation;
}

session::EdgeSettings edge_settings_of(const EndOptions& options) {
  session::EdgeSettings settings;
  if (options.only_ipv4 && options.only_ipv6) throw UsageError("-4 and -6 exclude each other");
  settings.ipv4 = !options.only_ipv6;
  settings.ipv6 = !options.only_ipv4;
  // Written so that NaN fails too. Beyond a day no phase waits anyhow.
  if (!(options.timeout_seconds >= 0 && options.timeout_seconds <= 86400)) {
    throw UsageError("--timeout: give a number of seconds, at most 86400");
  }
  if (options.timeout_seconds > 0) {
    const net::Milliseconds limit(std::max(1L, static_cast<long>(options.timeout_seconds * 1000)));
    settings.timeouts = session::Timeouts::capped(limit);
    settings.dns_timeout = std::min(settings.dns_timeout, limit);
    settings.crl_timeout = std::min(settings.crl_timeout, limit);
  }
  const std::optional<pki::KeyDecoding> decoding = pki::parse_key_decoding(options.key_decoding);
  if (!decoding) throw UsageError("--key-decoding: '" + options.key_decoding + "' is neither direct nor providers");
  settings.key_decoding = *decoding;
  check_word(options.verdict_cache, {"on", "off"}, "--verdict-cache");
  settings.verdict_cache = options.verdict_cache != "off";
  settings.proxy_environment = proxy_environment();
  for (const std::string& text : options.resolve) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
      throw UsageError("--resolve: '" + text + "' is not HOST:ADDRESS");
    }
    const std::string address = text.substr(colon + 1);
    const std::string in_brackets = address.front() == '[' ? address : "[" + address + "]";
    if (!net::read_endpoint(address + ":0") && !net::read_endpoint(in_brackets + ":0")) {
      throw UsageError("--resolve: '" + address + "' is no numeric address; write HOST:192.0.2.1 or HOST:2001:db8::1");
    }
    settings.resolve[text.substr(0, colon)].push_back(address);
  }
  return settings;
}

std::pair<std::string, std::uint16_t> read_host_port(const std::string& text, std::uint16_t port) {
  std::string host = text;
  std::string_view rest;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string::npos) throw UsageError("'" + text + "': the closing ] is missing");
    host = text.substr(1, end - 1);
    rest = std::string_view(text).substr(end + 1);
  } else if (const std::size_t colon = text.rfind(':'); colon != std::string::npos && text.find(':') == colon) {
    host = text.substr(0, colon);
    rest = std::string_view(text).substr(colon);
  }
  if (!rest.empty()) {
    const auto given = rest.front() == ':' ? read_port(rest.substr(1)) : std::nullopt;
    if (!given) throw UsageError("'" + text + "': the port is no number from 1 to 65535");
    port = *given;
  }
  if (host.empty()) throw UsageError("'" + text + "': the host is missing");
  return {host, port};
}

net::Endpoint read_listen(const std::string& text) {
  for (const std::string& form : {text, text + ":25", "[" + text + "]:25"}) {
    if (const auto endpoint = net::read_endpoint(form)) return *endpoint;
  }
  throw UsageError("--listen: '" + text + "' is no ADDRESS:PORT; write 127.0.0.1:2525, [::1]:2525 or 0.0.0.0:25");
}

TargetText read_target(const std::string& text) {
  TargetText target;
  std::string rest = text;
  bool is_host = false;
  if (rest.starts_with("smtps://")) {
    target.implicit_tls = true;
    target.port = 465;
    rest = rest.substr(8);
    is_host = true;
  } else if (rest.starts_with("smtp://")) {
    rest = rest.substr(7);
    is_host = true;
  }
  if (const std::size_t at = rest.rfind('@'); at != std::string::npos) rest = rest.substr(at + 1);
  is_host = is_host || rest.find(':') != std::string::npos || rest.find('[') != std::string::npos;
  if (is_host) {
    const auto [host, port] = read_host_port(rest, target.port);
    target.host = host;
    target.port = port;
  }
  target.domain = smtp::Domain::parse(target.host.empty() ? rest : target.host);
  if (!target.domain && target.host.empty()) throw UsageError("'" + text + "' is no domain, host:port or address");
  return target;
}

policy::Step read_stage(const std::string& text) {
  struct Stage {
    std::string_view name;
    policy::Step step;
  };
  static constexpr std::array<Stage, 8> stages{{{"greeting", policy::Step::greeting},
                                               {"ehlo", policy::Step::ehlo},
                                               {"starttls", policy::Step::starttls},
                                               {"tls", policy::Step::examination},
                                               {"ehlo2", policy::Step::ehlo_inside_tls},
                                               {"mail", policy::Step::mail},
                                               {"rcpt", policy::Step::rcpt},
                                               {"dot", policy::Step::end_of_data}}};
  std::string names;
  for (const Stage& stage : stages) {
    if (stage.name == text) return stage.step;
    names += (names.empty() ? "" : ", ") + std::string(stage.name);
  }
  throw UsageError("--until: '" + text + "' is none of " + names);
}

}  // namespace domsec::cli
