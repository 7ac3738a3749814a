// The fuzz targets as plain tests: each runs over its seeds, and over mutations of them that are the same
// every time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" {
int domsec_fuzz_reply(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_command(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_domain(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_path(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_data(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_header(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_read_toml(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_certificate(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_dns_answer(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_http_uri(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_bundle(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_request(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_crl_signed(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_crl(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_ocsp(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_export_json(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_export_clixml(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_shell(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_name_match(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_scenario(const std::uint8_t* octets, std::size_t size);
int domsec_fuzz_recorded_session(const std::uint8_t* octets, std::size_t size);
}

namespace {

using Target = int (*)(const std::uint8_t* octets, std::size_t size);

/// Of the corpus of that name, and of the fixtures of that name where there are some.
std::vector<std::string> seeds_of(const std::string& name) {
  std::vector<std::filesystem::path> files;
  for (const std::string directory : {"/tests/fuzz/corpus/", "/fixtures/"}) {
    const std::string path = DOMSEC_SOURCE_DIR + directory + name;
    if (!std::filesystem::is_directory(path)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());  // the order of a directory is not the same everywhere
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

/// Numbers below `bound`; the distributions of <random> differ between libraries, the engine does not.
std::size_t below(std::mt19937& engine, std::size_t bound) { return bound == 0 ? 0 : engine() % bound; }

std::string mutated(std::string text, const std::vector<std::string>& seeds, std::mt19937& engine) {
  static const std::vector<std::string> pieces = {
      "\r\n",     "\n",   "\r",   ".",    "\r\n.\r\n", std::string(1, '\0'),
      " ",        "<",    ">",    "\"",   "\\",        "@",
      ":",        "-",    "=",    "+",    ",",         ";",
      "\xC3\xBC", "\xFF", "xn--", "250-", "250 ",      "IPv6:",
      "::",       "9"};
  for (std::size_t changes = 1 + below(engine, 4); changes > 0; --changes) {
    const std::size_t at = below(engine, text.size() + 1);
    const std::size_t length = below(engine, std::min<std::size_t>(text.size() - at, 16) + 1);
    switch (below(engine, 6)) {
      case 0: if (at < text.size()) text[at] = static_cast<char>(engine() & 0xFFU); break;
      case 1: text.insert(at, pieces[below(engine, pieces.size())]); break;
      case 2: text.erase(at, length); break;
      case 3: text.insert(at, text.substr(at, length)); break;
      case 4: text.insert(at, std::string(below(engine, 300), 'a')); break;
      case 5: {
        const std::string& other = seeds[below(engine, seeds.size())];
        text = text.substr(0, at) + other.substr(below(engine, other.size() + 1));
        break;
      }
    }
  }
  return text;
}

void run(Target target, const std::string& name, int rounds = 4000) {
  const std::vector<std::string> seeds = seeds_of(name);
  ASSERT_FALSE(seeds.empty());
  std::mt19937 engine(20250101);
  const auto give = [&](const std::string& text) {
    EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
  };
  give("");
  for (const std::string& seed : seeds) give(seed);
  for (int i = 0; i < rounds; ++i) give(mutated(seeds[below(engine, seeds.size())], seeds, engine));
}

TEST(Fuzz, RepliesKeepTheirProperties) { run(domsec_fuzz_reply, "reply"); }
TEST(Fuzz, CommandsKeepTheirProperties) { run(domsec_fuzz_command, "command"); }
TEST(Fuzz, DomainsKeepTheirProperties) { run(domsec_fuzz_domain, "domain"); }
TEST(Fuzz, PathsKeepTheirProperties) { run(domsec_fuzz_path, "path"); }
TEST(Fuzz, MailDataKeepTheirProperties) { run(domsec_fuzz_data, "data"); }
TEST(Fuzz, HeadersKeepTheirProperties) { run(domsec_fuzz_header, "header"); }
TEST(Fuzz, ConfigurationsKeepTheirProperties) { run(domsec_fuzz_read_toml, "read_toml"); }
TEST(Fuzz, CertificatesKeepTheirProperties) { run(domsec_fuzz_certificate, "certificate", 400); }
TEST(Fuzz, DnsMessagesKeepTheirProperties) { run(domsec_fuzz_dns_answer, "dns_answer"); }
TEST(Fuzz, HttpUrisKeepTheirProperties) { run(domsec_fuzz_http_uri, "http_uri"); }
TEST(Fuzz, RevocationListsKeepTheirProperties) { run(domsec_fuzz_crl, "crl"); }
TEST(Fuzz, SignedRevocationListsKeepTheirProperties) { run(domsec_fuzz_crl_signed, "crl_signed", 2000); }
TEST(Fuzz, ScenariosKeepTheirProperties) { run(domsec_fuzz_scenario, "scenario", 2000); }
TEST(Fuzz, RecordedSessionsKeepTheirProperties) { run(domsec_fuzz_recorded_session, "recorded_session", 500); }
TEST(Fuzz, BundlesKeepTheirProperties) { run(domsec_fuzz_bundle, "bundle", 400); }
TEST(Fuzz, RequestsKeepTheirProperties) { run(domsec_fuzz_request, "request", 2000); }
TEST(Fuzz, OcspResponsesKeepTheirProperties) { run(domsec_fuzz_ocsp, "ocsp"); }
TEST(Fuzz, ExportedJsonKeepsItsProperties) { run(domsec_fuzz_export_json, "export_json", 1000); }
TEST(Fuzz, ExportedClixmlKeepsItsProperties) { run(domsec_fuzz_export_clixml, "export_clixml"); }
TEST(Fuzz, ScriptsKeepTheirProperties) { run(domsec_fuzz_shell, "shell"); }
TEST(Fuzz, NameMatchesKeepTheirProperties) { run(domsec_fuzz_name_match, "name_match"); }

}  // namespace
