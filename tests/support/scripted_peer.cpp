#include "support/scripted_peer.h"

#include <algorithm>
#include <chrono>

namespace domsec::testing {
namespace {

net::SteadyPoint soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(5); }

net::task<void> say(net::Channel& channel, const std::string& octets, Pace pace) {
  if (pace == Pace::whole) {
    co_await channel.write(octets, soon());
    co_return;
  }
  for (std::size_t i = 0; i < octets.size(); ++i)
    co_await channel.write(std::string_view(octets).substr(i, 1), soon());
}

net::task<void> hear_data(net::Channel& channel, Heard& heard) {
  while (true) {
    const std::string line = co_await channel.read_line(1U << 20, soon());
    if (line == ".") co_return;
    heard.data += line + "\r\n";
  }
}

net::task<void> act(net::Channel& channel, net::TlsRole role, const Action& action, Pace pace, Heard& heard) {
  if (const auto* words = std::get_if<Say>(&action)) co_await say(channel, words->octets, pace);
  if (std::holds_alternative<Hear>(action))
    heard.lines.push_back(co_await channel.read_line(1U << 20, soon()));
  if (std::holds_alternative<HearData>(action)) co_await hear_data(channel, heard);
  if (const auto* tls = std::get_if<StartTls>(&action)) {
    net::TlsStart start;
    start.role = role;
    start.context = tls->context;
    co_await channel.start_tls(start, soon());
  }
}

}  // namespace

bool Heard::any_line_begins(std::string_view prefix) const {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(prefix); });
}

net::task<void> play(net::Channel channel, net::TlsRole role, Script script, std::shared_ptr<Heard> heard) {
  try {
    for (const Action& action : script.actions) co_await act(channel, role, action, script.pace, *heard);
    if (script.ending == Ending::silence) {
      while (true) heard->lines.push_back(co_await channel.read_line(1U << 20, soon()));
    }
  } catch (const net::ChannelError&) {
    heard->broken = true;
  }
  if (script.ending == Ending::reset) {
    channel.abort();
  } else {
    channel.close();
  }
}

ScriptedServer::ScriptedServer(net::Loop& loop, Script script)
    : listener_(loop, net::Endpoint{"127.0.0.1", 0}) {
  listener_.start(
      [script = std::move(script), heard = heard_, connections = connections_](net::Channel channel) {
        ++*connections;
        return play(std::move(channel), net::TlsRole::server, script, heard);
      });
}

}  // namespace domsec::testing
