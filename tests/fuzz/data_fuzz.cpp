// Mail data: the end is the first CRLF "." CRLF by plain search, wherever the packets end; encoding is
// undone.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "domsec/smtp/data.h"
#include "fuzz/property.h"

using namespace domsec::smtp;

namespace {

constexpr std::size_t limit = 1 << 20;

/// The octets up to and with the end of data; all of them when there is no end. The CRLF of the DATA line
/// counts.
std::size_t octets_of_data(std::string_view input) {
  const std::string with_command = "\r\n" + std::string(input);
  const std::size_t end = with_command.find("\r\n.\r\n");
  return end == std::string::npos ? input.size() : end + 3;
}

void check_split(std::string_view input, std::size_t step, const DataReader& whole, std::size_t used) {
  DataReader reader(limit);
  std::size_t at = 0;
  while (at < input.size() && !reader.ended()) at += reader.add(input.substr(at, step));
  property(at == used && reader.ended() == whole.ended(), "the end does not depend on the packets");
  property(reader.message() == whole.message(), "the text does not depend on the packets");
  property(reader.bare_line_end() == whole.bare_line_end(), "bare line ends do not depend on the packets");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(octets), size);
  DataReader whole(limit);
  const std::size_t used = whole.add(input);
  property(used == octets_of_data(input), "data end at the first CRLF . CRLF and nowhere else");
  property(whole.ended() == (("\r\n" + std::string(input)).find("\r\n.\r\n") != std::string::npos),
           "an end is seen");
  for (const std::size_t step : {1U, 2U, 3U, 7U}) check_split(input, step, whole, used);

  DataReader small(16);
  small.add(input);
  property(small.message() == whole.message().substr(0, 16), "the limit cuts and changes nothing else");
  property(small.octets() == whole.octets() && small.too_large() == (whole.octets() > 16),
           "the limit does not stop the count");

  DataReader back(limit);
  const std::string data = encode_data(input);
  std::string expected = with_crlf_line_ends(input);
  if (!expected.empty() && !expected.ends_with("\r\n")) expected += "\r\n";
  property(back.add(data) == data.size() && back.ended() && !back.bare_line_end(),
           "encoded data end where they end");
  property(back.message() == expected, "encoding is undone");
  return 0;
}
