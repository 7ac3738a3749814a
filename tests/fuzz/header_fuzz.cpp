// The header section of a message: its authors are found in it and nowhere else, within the bounds.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domsec/smtp/header_from.h"
#include "domsec/smtp/header_section.h"
#include "fuzz/property.h"

using namespace domsec::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(octets), size);
  const HeaderSection section = measure_header_section(message);
  property(section.octets <= message.size(), "a header is part of its message");
  const HeaderFrom from = read_header_from(message);
  const HeaderFrom again = read_header_from(message.substr(0, section.octets));
  property(from.fields == again.fields && from.domains == again.domains && from.unreadable == again.unreadable,
           "the body names no author");
  property(from.fields > 0 || (from.domains.empty() && !from.unreadable), "no field, no author");
  property(from.domains.size() <= 20, "authors are bounded");
  for (auto domain = from.domains.begin(); domain != from.domains.end(); ++domain) {
    property(Domain::parse(domain->text()) == *domain, "an author's domain is a domain");
    property(std::find(from.domains.begin(), domain, *domain) == domain, "each domain once");
  }
  return 0;
}
