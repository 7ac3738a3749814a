#include "domsec/cli/repro.h"

#include <algorithm>
#include <ostream>

#include "domsec/cli/clock.h"
#include "domsec/finding/catalogue.h"
#include "domsec/lab/broken_peer.h"
#include "domsec/lab/scenario.h"
#include "domsec/net/private_address.h"
#include "fault_of_record.h"

namespace domsec::cli {
namespace {

using policy::Role;

constexpr int default_expect_seconds = 60;

struct Wanted {
  const lab::Fault* fault = nullptr;
  Role role = Role::receive;
  const lab::Expectation* expectation = nullptr;  // what the partner finds
  const finding::Row* expect = nullptr;           // what we are to find
};

Wanted read_wanted(const ReproOptions& options) {
  Wanted wanted;
  wanted.fault = lab::find_fault(options.fault);
  const bool named_role = options.fault.starts_with("server/") || options.fault.starts_with("client/");
  if (wanted.fault == nullptr) {
    const bool other_role =
        named_role && lab::find_fault(std::string_view(options.fault).substr(7)) != nullptr;
    throw UsageError(other_role ? "'" + options.fault + "' does not show in that role; domsec faults " +
                                      options.fault.substr(7) + " tells in which it does"
                                : "there is no fault '" + options.fault + "'; domsec faults lists them");
  }
  const lab::Fault& fault = *wanted.fault;
  if (!named_role && fault.as_server && fault.as_client) {
    throw UsageError("'" + fault.name + "' shows in both roles; write server/" + fault.name + " or client/" +
                     fault.name);
  }
  const bool client = named_role ? options.fault.starts_with("client/") : !fault.as_server;
  wanted.role = client ? Role::send : Role::receive;
  wanted.expectation = client ? &*fault.as_client : &*fault.as_server;
  if (options.expect.empty()) return wanted;
  wanted.expect = finding::find(options.expect);
  if (wanted.expect == nullptr)
    throw UsageError("--expect: there is no finding '" + options.expect + "'; domsec explain lists them");
  return wanted;
}

smtp::Domain read_domain(const char* flag, const std::string& text) {
  if (auto domain = smtp::Domain::parse(text)) return *domain;
  throw UsageError(std::string(flag) + ": '" + text + "' is no domain");
}

void refuse_strangers(const ReproOptions& options, const char* flag, const std::string& address) {
  if (options.own_target || net::is_private_address(address)) return;
  throw UsageError(std::string(flag) + ": " + address +
                   " is neither loopback nor of a private network; say --i-own-the-target where it is yours");
}

/// Loopback or private, unless the user answers for it.
net::task<net::Endpoint> resolve(net::Loop& loop, const ReproOptions& options) {
  const TargetText target = read_target(options.connect);
  if (target.host.empty() || target.implicit_tls) {
    throw UsageError("--connect: '" + options.connect +
                     "' is no HOST:PORT; write 127.0.0.1:25 or mail.contoso.com:25");
  }
  net::Resolver resolver(loop, net::ResolverSettings{});
  const net::MxHost host = co_await resolver.addresses(target.host);
  if (host.addresses.empty()) throw UsageError("--connect: '" + target.host + "' has no address");
  refuse_strangers(options, "--connect", host.addresses.front());
  net::Endpoint endpoint;
  endpoint.address = host.addresses.front();
  endpoint.port = target.port;
  co_return endpoint;
}

std::string_view log_of(const finding::Row& row, const std::string& stack) {
  if (stack == "postfix") return row.postfix;
  if (stack == "exim") return row.exim;
  if (stack == "sendmail") return row.sendmail;
  if (stack == "opensmtpd") return row.opensmtpd;
  return row.exchange_log;
}

/// What is broken, and what the other side should see.
void print_banner(std::ostream& out, const ReproOptions& options, const Wanted& wanted,
                  lab::BrokenPeer& peer) {
  const lab::Fault& fault = *wanted.fault;
  const bool server = wanted.role == Role::receive;
  const finding::Row& row = finding::row(wanted.expectation->code);
  out << (server ? "server/" : "client/") << fault.name << ": " << fault.summary << '\n';
  if (server) out << "listens       " << peer.endpoint().text() << " as " << peer.fqdn() << '\n';
  out << "mail          " << (server ? "to " : "from ") << peer.domain() << '\n'
      << "trust         " << peer.root_file() << '\n'
      << "partner       finds " << row.name << ' ' << row.slug << " ("
      << policy::text(wanted.expectation->level) << "); mail "
      << (wanted.expectation->refused ? "does not pass" : "passes") << '\n';
  if (!wanted.expectation->reply.empty()) out << "as Exchange   " << wanted.expectation->reply << '\n';
  if (!options.stack.empty()) {
    const std::string_view line = log_of(row, options.stack);
    out << "its log       "
        << (line == "–" ? "no line of " + options.stack + " is on record for this" : std::string(line))
        << '\n';
  }
  if (server) {
    out << "try           domsec check " << peer.domain() << " --connect " << peer.endpoint().text()
        << " --ca " << peer.root_file() << " --require server\n";
  }
  out << std::flush;
}

/// One line a session: whom we met, and what we made of it.
void print_session(std::ostream& out, const transcript::Transcript& transcript) {
  out << pki::rfc3339(now()) << "  " << (transcript.remote().empty() ? "nobody" : transcript.remote())
      << "  ";
  if (const policy::Verdict* verdict = lab::last_verdict(transcript)) {
    const finding::Row& row = finding::row(verdict->headline.code);
    out << row.name << ' ' << row.slug << " (" << policy::text(verdict->headline.level)
        << "): " << verdict->headline.detail;
  } else {
    out << "nothing was judged: it ended before mail or TLS was asked for";
  }
  out << std::endl;
}

/// The sessions that count towards the end.
struct Tally {
  const Wanted& wanted;
  int count = 0;   // 0 = without end
  int seen = 0;    // sessions that count
  int others = 0;  // sessions that did not give what is expected

  void add(const transcript::Transcript& transcript) {
    const policy::Verdict* verdict = lab::last_verdict(transcript);
    const bool counts =
        wanted.expect == nullptr || (verdict != nullptr && lab::has_finding(*verdict, wanted.expect->code));
    (counts ? seen : others) += 1;
  }
  [[nodiscard]] bool full() const { return count > 0 && seen >= count; }
};

int conclude(const Tally& tally, std::ostream& err) {
  if (tally.wanted.expect == nullptr) return 0;
  if (tally.full()) return 0;
  err << "domsec repro: " << tally.seen << " of " << tally.count << " sessions gave "
      << tally.wanted.expect->name << ' ' << tally.wanted.expect->slug << ", " << tally.others
      << " others did not\n";
  return 1;
}

net::task<void> stop_after(net::Loop& loop, double seconds) {
  co_await net::sleep(net::Milliseconds(static_cast<long>(seconds * 1000)));
  loop.stop();
}

}  // namespace

int run_repro(const ReproOptions& given, std::ostream& out, std::ostream& err) {
  ReproOptions options = given;
  if (options.fault.empty() && options.from.empty())
    throw UsageError("name a fault, or a recorded session with --from; domsec faults lists the faults");
  if (!options.from.empty()) options.fault = fault_of_record(options.from, options.session, err);
  const Wanted wanted = read_wanted(options);
  if (options.scenario) {
    out << lab::scenario_of(*wanted.fault);
    return 0;
  }
  const bool client = wanted.role == Role::send;
  if (client && options.connect.empty())
    throw UsageError("a client's fault needs --connect HOST:PORT: whom it is to meet");
  if (!client && !options.connect.empty())
    throw UsageError("--connect: a server's fault waits for others; give --listen instead");
  const bool asserts = wanted.expect != nullptr;
  Tally tally{wanted, options.count != 0 ? options.count : asserts || client ? 1 : 0};
  const double timeout = options.timeout > 0 ? options.timeout : asserts ? default_expect_seconds : 0;

  net::Loop loop;
  lab::BrokenPeerSettings settings;
  settings.directory = options.directory.empty() ? lab::default_directory() + "-repro" : options.directory;
  settings.domain = read_domain("--domain", options.domain).text();
  settings.partner = read_domain("--partner", options.partner).text();
  if (settings.domain == settings.partner)
    throw UsageError("--partner: it is the broken end's own domain; name another");
  net::Endpoint to;
  if (client) {
    to = net::run(loop, resolve(loop, options));
    settings.listen.port = 0;
    settings.listen.address = "127.0.0.1";
  } else {
    settings.listen = read_listen(options.listen);
    refuse_strangers(options, "--listen", settings.listen.address);
  }
  settings.now = now;
  settings.clock = now_in_milliseconds;
  settings.ended = [&](const transcript::Transcript& transcript) {
    if (tally.full()) return;
    if (client != (transcript.role() == Role::send)) return;
    print_session(out, transcript);
    tally.add(transcript);
    if (tally.full() && !client) loop.stop();
  };
  lab::BrokenPeer peer(loop, std::move(settings), *wanted.fault);
  print_banner(out, options, wanted, peer);
  if (client) {
    for (int i = 0; i < tally.count && !(asserts && tally.full()); ++i)
      (void)net::run(loop, peer.connect(to));
  } else {
    loop.on_termination([&](int) { loop.stop(); });
    if (timeout > 0) loop.spawn(stop_after(loop, timeout));
    loop.run();
  }
  peer.stop();
  return conclude(tally, err);
}

}  // namespace domsec::cli
