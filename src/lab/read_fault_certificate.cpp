#include <charconv>

#include "read_fault_parts.h"

namespace domsec::lab {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// `-366d`, `+7d`, `-1h`: from now.
std::optional<seconds> span_if(const Table& table, const char* key) {
  const std::optional<std::string> written = table.text_if(key);
  if (!written) return std::nullopt;
  const std::string& text = *written;
  int count = 0;
  const bool shaped = text.size() > 2 && (text.front() == '-' || text.front() == '+') &&
                      (text.back() == 'd' || text.back() == 'h');
  if (shaped) {
    const char* const end = text.data() + text.size() - 1;
    const auto read = std::from_chars(text.data() + 1, end, count);
    if (read.ec == std::errc() && read.ptr == end && count <= 1'000'000) {
      const seconds span = hours(text.back() == 'd' ? 24 * count : count);
      return text.front() == '-' ? -span : span;
    }
  }
  throw LabError(table.where(key) + "'" + text +
                 "' is no time from now; write one such as -366d, +7d or -1h");
}

CertificateDifference read_difference(const toml::table& source, const std::string& file) {
  const Table table(source, file,
                    {"subject", "dns_names", "other_names", "not_before", "not_after", "extended_key_usage",
                     "key_usage", "key", "digest", "serial", "distribution_points", "ca", "path_length",
                     "permitted_dns", "basic_constraints", "key_identifiers", "must_staple", "revoked"});
  static constexpr std::pair<std::string_view, pki::KeyKind> kinds[] = {
      {"ec-p256", pki::KeyKind::ec_p256},  {"ec-p384", pki::KeyKind::ec_p384},
      {"rsa1024", pki::KeyKind::rsa_1024}, {"rsa2048", pki::KeyKind::rsa_2048},
      {"rsa4096", pki::KeyKind::rsa_4096}, {"ed25519", pki::KeyKind::ed25519}};
  CertificateDifference difference;
  difference.subject = table.text_if("subject");
  difference.dns_names = table.texts_if("dns_names");
  difference.other_names = table.texts("other_names");
  difference.not_before = span_if(table, "not_before");
  difference.not_after = span_if(table, "not_after");
  difference.extended_key_usage = table.texts_if("extended_key_usage");
  difference.key_usage = table.texts_if("key_usage");
  difference.key = table.word_if("key", kinds);
  difference.digest = table.text_if("digest");
  difference.serial = table.text_if("serial");
  difference.distribution_points = table.texts_if("distribution_points");
  difference.ca = table.flag_if("ca");
  difference.path_length = table.number_if("path_length");
  difference.permitted_dns = table.texts("permitted_dns");
  difference.basic_constraints = table.flag_if("basic_constraints").value_or(true);
  difference.key_identifiers = table.flag_if("key_identifiers").value_or(true);
  difference.must_staple = table.flag("must_staple");
  return difference;
}

constexpr std::pair<std::string_view, Signer> signers[] = {{"usual", Signer::usual},
                                                           {"itself", Signer::itself},
                                                           {"stranger", Signer::stranger},
                                                           {"other-partner", Signer::other_partner}};

constexpr std::pair<std::string_view, SentChain> chains[] = {
    {"whole", SentChain::whole},           {"leaf-only", SentChain::leaf_only},
    {"with-root", SentChain::with_root},   {"reversed", SentChain::reversed},
    {"leaf-twice", SentChain::leaf_twice}, {"with-a-stranger", SentChain::with_a_stranger}};

constexpr std::pair<std::string_view, ListState> lists[] = {{"sound", ListState::sound},
                                                            {"stale", ListState::stale},
                                                            {"not-yet-valid", ListState::not_yet_valid},
                                                            {"other-issuer", ListState::other_issuer},
                                                            {"other-key", ListState::other_key},
                                                            {"bad-signature", ListState::bad_signature},
                                                            {"garbage", ListState::garbage},
                                                            {"empty", ListState::empty},
                                                            {"not-found", ListState::not_found},
                                                            {"server-error", ListState::server_error},
                                                            {"silent", ListState::silent},
                                                            {"cut-short", ListState::cut_short}};

}  // namespace

CertificateFault read_certificate_fault(const Table& table) {
  CertificateFault fault;
  if (const toml::table* leaf = table.table_if("certificate"))
    fault.leaf = read_difference(*leaf, table.file());
  if (const toml::table* issuing = table.table_if("issuing")) {
    fault.issuing.emplace();
    fault.issuing->certificate = read_difference(*issuing, table.file());
    fault.issuing->revoked = (*issuing)["revoked"].value_or(false);
  }
  fault.signer = table.word_if("signer", signers).value_or(Signer::usual);
  fault.sent = table.word_if("sent", chains).value_or(SentChain::whole);
  fault.list = table.word_if("list", lists).value_or(ListState::sound);
  fault.more_authorities = table.number_or("more_authorities", 0);
  fault.another_key = table.flag("another_key");
  fault.revoked = table.flag("revoked");
  return fault;
}

}  // namespace domsec::lab
