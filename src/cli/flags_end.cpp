#include "flags_end.h"

#include <CLI/CLI.hpp>
#include <cctype>

namespace domsec::cli {

void add_roots(CLI::App& sub, EndOptions& end) {
  sub.add_option("--ca", end.roots, "trusted root file or directory; replaces the system store")
      ->allow_extra_args(false)
      ->group("Trust");
  sub.add_flag("--system-ca", end.system_roots, "add the system store")->group("Trust");
}

void add_revocation(CLI::App& sub, EndOptions& end) {
  sub.add_option("--crl", end.crl, "off, cached or fetch")->group("Trust");
  sub.add_option("--crl-file", end.crl_files, "revocation list, PEM or DER")
      ->allow_extra_args(false)
      ->group("Trust");
  sub.add_option("--crl-fail", end.crl_fail, "hard: no usable list is a refusal; soft: a warning")
      ->group("Trust");
  sub.add_option("--crl-cache", end.crl_cache, "directory where fetched lists are kept between runs")
      ->group("Trust");
  add_issuers(sub, end);
}

void add_issuers(CLI::App& sub, EndOptions& end) {
  sub.add_option(
         "--aia", end.aia,
         "fetch, or off: look for an issuer that is missing where the certificate says (default: off)")
      ->group("Trust");
}

void add_http_proxy(CLI::App& sub, std::string& proxy) {
  sub.add_option("--http-proxy", proxy,
                 "http://HOST:PORT for revocation lists and issuers, or none (default: http_proxy)")
      ->group("Network");
}

void add_network(CLI::App& sub, EndOptions& end) {
  sub.add_option("--timeout", end.timeout_seconds, "longest wait of any phase, seconds")->group("Network");
  sub.add_option("--dns", end.dns, "name server ADDRESS[:PORT]")->group("Network");
  sub.add_option("--resolve", end.resolve, "HOST:ADDRESS instead of asking DNS")
      ->allow_extra_args(false)
      ->group("Network");
  add_http_proxy(sub, end.http_proxy);
  sub.add_flag("-4", end.only_ipv4, "IPv4 only")->group("Network");
  sub.add_flag("-6", end.only_ipv6, "IPv6 only")->group("Network");
}

void add_time(CLI::App& sub, const char* flag, std::optional<pki::Instant>& at, const char* about) {
  const auto read = [flag, &at](const std::string& text) {
    at = pki::read_rfc3339(text);
    if (at) return;
    throw UsageError(std::string(flag) + ": '" + text +
                     "' is no time; write one such as 2026-11-22T10:00:00Z");
  };
  sub.add_option_function<std::string>(flag, read, about);
}

void add_environment(CLI::App& sub) {
  for (CLI::Option* option : sub.get_options()) {
    if (option->get_lnames().empty()) continue;
    std::string name = option->get_lnames().front();
    if (name == "help") continue;
    for (char& letter : name)
      letter = letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    option->envname("DOMSEC_" + name);
  }
}

}  // namespace domsec::cli
