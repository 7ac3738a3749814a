// DNS messages: what is read holds no octet that could break a name or a log line, and what is written reads
// back.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domsec/net/dns_message.h"
#include "fuzz/property.h"

using namespace domsec::net;

namespace {

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c >= '\x7f') return false;
  }
  return true;
}

bool same(const DnsMessage& one, const DnsMessage& other) {
  if (one.id != other.id || one.answers.size() != other.answers.size()) return false;
  for (std::size_t i = 0; i < one.answers.size(); ++i) {
    if (one.answers[i].name != other.answers[i].name || one.answers[i].value != other.answers[i].value)
      return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto message = read_dns_message(std::string_view(reinterpret_cast<const char*>(octets), size));
  if (!message) return 0;
  if (message->question) property(is_plain(message->question->name), "a question's name is plain text");
  for (const DnsRecord& record : message->answers) {
    property(is_plain(record.name) && is_plain(record.value), "a record is plain text");
    if (record.type == DnsType::a || record.type == DnsType::aaaa) {
      property(numeric_address(record.value) == record.value, "an address is numeric, in its usual spelling");
    }
  }
  // Escaped octets do not go back to what they were, and unknown types have no value: those cannot always be
  // written.
  if (const auto written = write_dns_message(*message)) {
    const auto again = read_dns_message(*written);
    property(again.has_value(), "what is written can be read");
    for (const DnsRecord& record : message->answers) {
      if (record.name.find('\\') != std::string::npos || record.value.find('\\') != std::string::npos)
        return 0;
    }
    property(same(*message, *again), "what is written reads back as itself");
  }
  return 0;
}
