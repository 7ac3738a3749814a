// The scenario that shows a fault, as somebody would write it.
#include <sstream>

#include "domsec/finding/catalogue.h"
#include "domsec/lab/scenario.h"

namespace domsec::lab {
namespace {

/// A TOML basic string.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + "\"";
}

void write_send(std::ostream& out, const char* direction, const char* partner, const Expectation& expected) {
  const finding::Row& row = finding::row(expected.code);
  out << "\n[[step]]\nsend = \"" << direction << "\"\nmail = \"" << (expected.refused ? "refused" : "passes")
      << "\"\n"
      << partner << " = { finding = \"" << row.name << "\", level = \"" << text(expected.level) << '"';
  if (!expected.reply.empty()) out << ", reply = " << quoted(expected.reply);
  out << " }  # " << row.slug << '\n';
}

}  // namespace

std::string scenario_of(const Fault& fault) {
  std::ostringstream out;
  out << "title = " << quoted(fault.name + ": " + fault.summary) << '\n';
  if (!fault.use.empty()) out << "# " << fault.use << '\n';
  out << "\n[woodgrove]\nfault = " << quoted(fault.name) << '\n';
  if (fault.as_server) write_send(out, "contoso -> woodgrove", "sender", *fault.as_server);
  if (fault.as_client) write_send(out, "woodgrove -> contoso", "receiver", *fault.as_client);
  out << "\n[[step]]\nfix = \"woodgrove\"\n";
  if (fault.as_server) out << "\n[[step]]\nsend = \"contoso -> woodgrove\"\nmail = \"passes\"\n";
  if (fault.as_client) out << "\n[[step]]\nsend = \"woodgrove -> contoso\"\nmail = \"passes\"\n";
  return out.str();
}

}  // namespace domsec::lab
