// What a running lab tells the other commands (lab.json), and what they ask of it (wanted.json). Plain files
// in the state directory; a signal says that the second one changed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace domsec::lab {

struct StateHost {
  std::string name;
  std::string address;
  std::string ipv6_address;   // empty = reached over IPv4 only
  std::string configuration;  // path of its domsec.toml
  std::string broken;         // fault name of this host alone, empty = nothing
};

struct StateOrganisation {
  std::string name;
  std::string title;
  std::vector<std::string> domains;
  std::string broken;  // fault name of all its hosts, empty = nothing
  std::vector<StateHost> hosts;
};

struct State {
  std::int64_t process = 0;
  std::string dns;  // address:port
  std::string http;
  std::uint16_t smtp_port = 0;
  std::vector<StateOrganisation> organisations;
};

/// `$XDG_STATE_HOME/domsec/lab`, or `~/.local/state/domsec/lab`.
[[nodiscard]] std::string default_directory();

void write_state(const std::string& directory, const State& state);
/// Nothing when there is no file, or it is none of ours.
[[nodiscard]] std::optional<State> read_state(const std::string& directory);
/// The state of a lab whose process is alive.
[[nodiscard]] std::optional<State> running(const std::string& directory);
void remove_state(const std::string& directory);

/// Place (place.h) → fault name.
using Wanted = std::map<std::string, std::string>;
void write_wanted(const std::string& directory, const Wanted& wanted);
[[nodiscard]] Wanted read_wanted(const std::string& directory);

/// At least one host is reached over IPv6 too.
[[nodiscard]] bool has_ipv6(const State& state);
/// Which hosts are reached over IPv6 too, or that none is: `IPv6 mail2.mail.contoso.com at [::1]:2525`.
[[nodiscard]] std::string ipv6_text(const State& state);

/// The organisation that has this mail domain; null when none has.
[[nodiscard]] const StateOrganisation* owner_of(const State& state, const std::string& domain);

}  // namespace domsec::lab
