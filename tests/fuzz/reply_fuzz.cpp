// Lines of a server: every reply that is accepted is written and read back as the same reply, its
// capabilities too.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domsec/smtp/capabilities.h"
#include "domsec/smtp/reply.h"
#include "fuzz/property.h"

using namespace domsec::smtp;

namespace {

Reply read_back(const Reply& reply) {
  const std::string wire = reply.wire();
  ReplyParser parser;
  for (std::size_t at = 0; at < wire.size();) {
    const std::size_t end = wire.find("\r\n", at);
    property(end != std::string::npos, "every line written ends with CRLF");
    const auto outcome = parser.add_line(std::string_view(wire).substr(at, end - at));
    at = end + 2;
    if (!outcome) continue;
    property(std::holds_alternative<Reply>(*outcome), "a reply written is a reply");
    property(at == wire.size(), "a reply written is one reply");
    return std::get<Reply>(*outcome);
  }
  property(false, "a reply written is complete");
  return Reply();
}

void check(const Reply& reply) {
  property(reply.code() >= 200 && reply.code() <= 599, "the code is 200 to 599");
  property(!reply.lines().empty() && reply.lines().size() <= 512, "a reply has 1 to 512 lines");
  property(read_back(reply) == reply, "a reply is read back as it was written");
  const auto status = reply.enhanced_status_code();
  property(!status || status->class_ == reply.code() / 100, "the enhanced class is the first digit");
  property(!status || reply.lines().front().starts_with(status->text()),
           "the enhanced code is the text's beginning");

  const Capabilities found = read_capabilities(reply);
  const Capabilities again = read_capabilities(ehlo_reply(found, "192.0.2.1"));
  property(
      again.starttls == found.starttls && again.chunking == found.chunking && again.masked == found.masked,
      "capabilities are read back as they were offered");
  property(again.size == found.size && again.size_limit == found.size_limit,
           "SIZE is read back as it was offered");
  property(found.keywords.size() < reply.lines().size() || reply.lines().empty(),
           "no keyword is in the first line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(octets), size);
  ReplyParser parser;
  for (std::size_t at = 0; at < input.size();) {
    const std::size_t end = std::min(input.find('\n', at), input.size());
    std::string_view line = input.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    const auto outcome = parser.add_line(line);
    if (!outcome) continue;
    property(!parser.started(), "the parser begins anew after an outcome");
    if (const auto* reply = std::get_if<Reply>(&*outcome))
      check(*reply);
    else
      property(!std::get<ReplyError>(*outcome).what.empty(), "an error says what is wrong");
  }
  return 0;
}
