// The batch interface: a table of operations, each a function from request to answer. An operation that is
// not in the table is answered with `skip`, so that a larger suite can be run against a smaller program.
#include "domsec/cli/verify.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <exception>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domsec/smtp/domain.h"
#include "domsec/smtp/path.h"
#include "domsec/smtp/reply.h"
#include "base64.h"
#include "verify_identity_json.h"
#include "verify_path_json.h"

namespace domsec::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t max_line = 64 * 1024 * 1024;

json::object accepted() {
  return {{"result", "accept"}, {"reason", "ok"}};
}
json::object rejected(std::string_view reason) {
  return {{"result", "reject"}, {"reason", reason}};
}

std::optional<std::string> octets_of(const json::object& request, std::string_view field) {
  const json::value* found = request.if_contains(field);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return from_base64(found->get_string());
}

/// A peer's octets as a JSON string: what is not ASCII is shown as the Latin-1 letter of the same number.
json::string json_text(std::string_view octets) {
  json::string text;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x80) {
      text.push_back(c);
    } else {
      text.push_back(static_cast<char>(0xC0U | (octet >> 6U)));
      text.push_back(static_cast<char>(0x80U | (octet & 0x3FU)));
    }
  }
  return text;
}

/// `address`: is `address_b64` a Mailbox of RFC 5321 4.1.2?
json::object answer_address(const json::object& request) {
  const std::optional<std::string> address = octets_of(request, "address_b64");
  if (!address) return rejected("parse");
  return smtp::parse_mailbox(*address) ? accepted() : rejected("parse");
}

/// `hostname`: may `host_b64` be the reference of a certificate check?
json::object answer_hostname(const json::object& request) {
  const std::optional<std::string> host = octets_of(request, "host_b64");
  if (!host) return rejected("parse");
  return smtp::is_host_name(*host) ? accepted() : rejected("name_invalid");
}

json::object reply_value(const smtp::Reply& reply) {
  const std::optional<smtp::EnhancedStatusCode> enhanced = reply.enhanced_status_code();
  json::array lines;
  for (const std::string& line : reply.lines()) {
    std::string_view text = line;
    if (enhanced && smtp::read_enhanced_status_code(line) == enhanced) {
      text.remove_prefix(std::min(enhanced->text().size() + 1, text.size()));
    }
    lines.emplace_back(json_text(text));
  }
  json::object value = {{"code", reply.code()}, {"lines", std::move(lines)}};
  if (enhanced) value["enhanced"] = enhanced->text();
  return value;
}

/// `reply`: are the octets one whole SMTP reply? A bare LF ends a line too, as in most clients; nothing may
/// follow.
json::object answer_reply(const json::object& request) {
  const std::optional<std::string> octets = octets_of(request, "bytes_b64");
  if (!octets) return rejected("parse");
  smtp::ReplyParser parser;
  for (std::size_t at = 0; at < octets->size();) {
    const std::size_t end = octets->find('\n', at);
    if (end == std::string::npos) return rejected("parse");
    std::string_view line = std::string_view(*octets).substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    const auto outcome = parser.add_line(line);
    if (!outcome) continue;
    const auto* reply = std::get_if<smtp::Reply>(&*outcome);
    if (reply == nullptr || at != octets->size()) return rejected("parse");
    json::object answer = accepted();
    answer["value"] = reply_value(*reply);
    return answer;
  }
  return rejected("parse");
}

struct Operation {
  std::string_view name;
  json::object (*answer)(const json::object& request);
};

constexpr std::array<Operation, 6> operations = {{
    {"address", answer_address},
    {"cbt", answer_channel_binding},
    {"hostname", answer_hostname},
    {"load-chain", answer_load_chain},
    {"reply", answer_reply},
    {"verify", answer_verify},
}};

json::object answer_operation(const json::object& request) {
  const json::value* op = request.if_contains("op");
  if (op == nullptr || !op->is_string()) return rejected("parse");
  for (const Operation& operation : operations) {
    if (operation.name == std::string_view(op->get_string())) return operation.answer(request);
  }
  return {{"result", "skip"}, {"reason", "unsupported"}};
}

json::object answer_line(std::string_view line) {
  json::value id;
  json::object answer = rejected("parse");
  try {
    json::error_code fault;
    const json::value request = json::parse(line, fault);
    if (!fault && request.is_object()) {
      const json::value* given = request.get_object().if_contains("id");
      if (given != nullptr && given->is_primitive()) id = *given;
      answer = answer_operation(request.get_object());
    }
  } catch (const std::exception&) {
    answer = rejected("parse");  // a request too large for the memory there is
  }
  answer["id"] = std::move(id);
  return answer;
}

enum class LineEnd { whole, too_long, end_of_input };

/// Reads up to the next LF into `line`, which never grows beyond the bound; the rest of a longer line is
/// passed over.
LineEnd read_line(std::istream& in, std::string& line) {
  line.clear();
  std::size_t octets = 0;
  std::vector<char> block(64 * 1024);
  for (bool more = true; more;) {
    in.getline(block.data(), static_cast<std::streamsize>(block.size()));
    const bool at_line_end = in.good();
    const std::size_t got = static_cast<std::size_t>(in.gcount()) - (at_line_end ? 1 : 0);
    octets += got;
    line.append(block.data(), std::min(got, max_line - line.size()));
    if ((in.eof() || in.bad()) && octets == 0) return LineEnd::end_of_input;
    more = !at_line_end && !in.eof() && !in.bad();
    if (more) in.clear();  // the block was full, which getline reports as a failure
  }
  return octets > max_line ? LineEnd::too_long : LineEnd::whole;
}

}  // namespace

int run_verify_batch(std::istream& in, std::ostream& out) {
  std::string line;
  for (LineEnd end = read_line(in, line); end != LineEnd::end_of_input; end = read_line(in, line)) {
    if (end == LineEnd::whole && line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out << json::serialize(answer_line(end == LineEnd::whole ? std::string_view(line) : "")) << '\n'
        << std::flush;
  }
  return out.good() ? 0 : 1;
}

}  // namespace domsec::cli
