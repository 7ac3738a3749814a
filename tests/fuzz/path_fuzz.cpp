// Mailboxes: bounds, one form, and UTF-8 only ever adds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domsec/smtp/path.h"
#include "fuzz/property.h"

using namespace domsec::smtp;

namespace {

std::optional<Mailbox> check(std::string_view text, AllowUtf8 utf8) {
  std::optional<Mailbox> mailbox = parse_mailbox(text, utf8);
  if (!mailbox) return mailbox;
  property(!mailbox->local_part.empty() && mailbox->local_part.size() <= 64,
           "a local-part has 1 to 64 octets");
  property(mailbox->text().size() <= 254, "a mailbox has at most 254 octets");
  property(mailbox->text().find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
           "a mailbox is one line");
  property(parse_mailbox(mailbox->text(), utf8) == mailbox, "a mailbox is read back as it was written");
  property(domain_of(mailbox) == mailbox->domain(), "a reverse-path has its mailbox's domain");
  return mailbox;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  const std::optional<Mailbox> plain = check(text, AllowUtf8::no);
  const std::optional<Mailbox> utf8 = check(text, AllowUtf8::yes);
  property(!plain || plain == utf8, "leave for UTF-8 changes no ASCII mailbox");
  return 0;
}
