#include <boost/json.hpp>

#include "domsec/finding/catalogue.h"
#include "domsec/store/messages.h"
#include "domsec/transcript/ndjson.h"
#include "domsec/transcript/protocol_log.h"

namespace domsec::store {

namespace json = boost::json;

namespace {

json::string text(std::string_view octets) {
  const std::string line = transcript::one_line(octets);
  return json::string(line.data(), line.size());
}

/// One connection may carry any number of messages: beyond this many events a message tells its session by id
/// alone.
constexpr std::size_t events_told = 1000;

}  // namespace

std::string message_json(const std::string& id, const Message& message,
                         const transcript::Transcript& session) {
  json::array recipients;
  for (const smtp::ForwardPath& recipient : message.recipients)
    recipients.emplace_back(text(recipient.text()));
  const policy::Finding& headline = message.verdict.headline;
  json::object object{
      {"schema", "domsec.message/1"},
      {"id", text(id)},
      {"received", text(transcript::log_time(session.now()))},
      {"octets", message.content.size()},
      {"reverse_path", text(message.reverse_path ? message.reverse_path->text() : std::string())},
      {"recipients", std::move(recipients)},
      {"helo", text(message.helo)},
      {"remote", text(message.remote)},
      {"partner", text(message.partner)},
      {"treatment", text(policy::text(message.verdict.treatment))},
      {"code", text(finding::name(headline.code))},
      {"slug", text(finding::slug(headline.code))},
      {"session_id", text(transcript::session_id_text(session.session_id()))}};
  object["session"] =
      session.events().size() > events_told ? json::value() : json::parse(transcript::session_json(session));
  return json::serialize(object) + "\n";
}

}  // namespace domsec::store
