// CDP URIs and Location fields: what is accepted can stand in a request line and reads back as itself.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domsec/net/http_get.h"
#include "fuzz/property.h"

using namespace domsec::net;

namespace {

void examine(const HttpUri& uri) {
  std::string problem;
  if (uri.text().size() > 2048) return;  // a missing path made it one octet longer
  for (const char c : uri.text()) property(c > ' ' && c < '\x7f', "a URI is plain text");
  property(uri.target.starts_with('/'), "a target starts with a slash");
  property(!uri.host.empty() && uri.port != 0, "a URI has a host and a port");
  property(read_http_uri(uri.text(), problem) == uri, "a URI reads back as itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  std::string problem;
  const auto uri = read_http_uri(text, problem);
  property(uri.has_value() == problem.empty(), "a refusal has a clause, an acceptance has none");
  if (uri) examine(*uri);
  HttpUri base;
  base.host = "crl.contoso.com";
  base.target = "/pki/ca.crl?x";
  problem.clear();
  const auto target = read_location(base, text, problem);
  property(target.has_value() == problem.empty(), "a refused location has a clause");
  if (target) examine(*target);
  return 0;
}
