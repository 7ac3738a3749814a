// Names: what is accepted is a host name in one form, and goes to U-labels and back.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domsec/smtp/domain.h"
#include "fuzz/property.h"

using namespace domsec::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  const std::optional<Domain> domain = Domain::parse(text);
  property(!is_host_name(text) || domain, "a host name is a domain");
  if (!domain) return 0;
  property(domain->text().size() <= 253, "a domain has at most 253 octets");
  property(domain->text().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos,
           "a domain is lower-case letters, digits, hyphens and dots");
  property(is_host_name(domain->text()), "the checked form is a host name");
  property(Domain::parse(domain->text()) == domain, "the checked form is its own checked form");
  property(Domain::parse(domain->unicode()) == domain, "the U-labels lead back to the same domain");
  property(!domain->is_below(*domain), "a domain is not below itself");
  if (const std::optional<Domain> longer = Domain::parse("x." + domain->text())) {
    property(longer->is_below(*domain) && !domain->is_below(*longer), "one more label is below");
  }
  return 0;
}
