// Lines of a client: each is a command that is read back from its own line, or one reply.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "domsec/smtp/command.h"
#include "fuzz/property.h"

using namespace domsec::smtp;

namespace {

void check(std::string_view line, AllowUtf8 utf8) {
  const auto outcome = parse_command(line, utf8);
  if (const auto* error = std::get_if<CommandError>(&outcome)) {
    property(error->reply.permanent_failure(), "a line is refused for good");
    property(!error->what.empty(), "a refusal says why");
    const std::string wire = error->reply.wire();
    property(wire.find('\n') == wire.size() - 1 && wire.size() <= 512, "a refusal is one short line");
    return;
  }
  const auto& command = std::get<Command>(outcome);
  const std::string written = command_line(command);
  property(written.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
           "a command is one line");
  const auto again = parse_command(written, utf8);
  property(std::holds_alternative<Command>(again), "a command written is a command");
  property(std::get<Command>(again) == command, "a command is read back as it was written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(octets), size);
  check(line, AllowUtf8::no);
  check(line, AllowUtf8::yes);
  return 0;
}
