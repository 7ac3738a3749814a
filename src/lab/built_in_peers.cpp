#include <utility>

#include "domsec/lab/peer_record.h"

namespace domsec::lab {

// Made of the files of these names when domsec was built.
std::string_view peers_aiosmtpd();
std::string_view peers_curl();
std::string_view peers_exim();
std::string_view peers_gnutls_cli();
std::string_view peers_msmtp();
std::string_view peers_openssl();
std::string_view peers_opensmtpd();
std::string_view peers_postfix();
std::string_view peers_sendmail();
std::string_view peers_swaks();

namespace {

std::vector<PeerRecord> read_built_in() {
  const std::pair<std::string, std::string_view> built_in[] = {
      {"aiosmtpd", peers_aiosmtpd()}, {"curl", peers_curl()},
      {"exim", peers_exim()},         {"gnutls-cli", peers_gnutls_cli()},
      {"msmtp", peers_msmtp()},       {"opensmtpd", peers_opensmtpd()},
      {"openssl", peers_openssl()},   {"postfix", peers_postfix()},
      {"sendmail", peers_sendmail()}, {"swaks", peers_swaks()}};
  std::vector<PeerRecord> all;
  for (const auto& [name, toml] : built_in)
    all.push_back(read_peer_record(toml, "faults/peers/" + name + ".toml", name));
  return all;
}

}  // namespace

std::span<const PeerRecord> peer_records() {
  static const std::vector<PeerRecord> all = read_built_in();
  return all;
}

const PeerRecord* find_peer_record(std::string_view name) {
  for (const PeerRecord& each : peer_records()) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

}  // namespace domsec::lab
