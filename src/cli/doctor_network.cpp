// What the network has to be asked for: our own revocation lists, the partners' MX hosts, the ports to listen
// at.
#include <algorithm>

#include "doctor_checks.h"
#include "domsec/cli/clock.h"
#include "domsec/net/listener.h"
#include "domsec/session/dialogue.h"
#include "domsec/session/examination.h"
#include "domsec/smtp/capabilities.h"

namespace domsec::cli {
namespace {

DoctorCheck path_check(const pki::PathExamination& path) {
  // A client's usage is D-10's business: whichever role the certificate is for, it has to chain.
  if (path.good()) return {"own-chain", DoctorResult::ok, "ends in " + path.anchor};
  const pki::PathProblem& problem = path.problems.front();
  return {"own-chain", DoctorResult::warn,
          problem.subject + ": " + problem.text + ", seen with our own trusted roots",
          "send the intermediates (ChainFile); what counts is the partner's store of roots"};
}

DoctorCheck revocation_check(const pki::Revocation& revocation, const std::string& fail) {
  DoctorCheck check{"own-crl", DoctorResult::ok, revocation.subject + ": "};
  switch (revocation.state) {
    case pki::RevocationState::good:
      check.detail += "good by " + revocation.uri;
      break;
    case pki::RevocationState::revoked:
      check.result = DoctorResult::fail;
      check.detail += "revoked";
      check.remedy = "replace the certificate; every partner that looks refuses it";
      break;
    case pki::RevocationState::unknown:
      check.result = fail == "soft" ? DoctorResult::warn : DoctorResult::fail;
      check.fault = DoctorFault::environment;
      check.detail +=
          "cannot be told (" + std::string(pki::text(revocation.problem)) + "): " + revocation.detail;
      check.remedy = "partners need the same list: publish it over HTTP, or open the way to it";
      break;
  }
  return check;
}

// ---- who listens ----

struct ListenerAnswer {
  std::optional<smtp::Capabilities> offered;  // of the EHLO reply
  std::string trouble;                        // else why there is none
  std::optional<net::ChannelFault> fault;     // of the connection
};

/// This machine, where the server listens on every address.
net::Endpoint reachable(const exchange::Binding& binding) {
  if (binding.address == "0.0.0.0") return {"127.0.0.1", binding.port};
  if (binding.address == "::") return {"::1", binding.port};
  return {binding.address, binding.port};
}

net::task<ListenerAnswer> ask_listener(net::Endpoint at, net::Milliseconds limit) {
  transcript::Transcript transcript(policy::Role::send, "preflight", 1, now_in_milliseconds);
  ListenerAnswer answer;
  try {
    net::Channel channel = co_await net::Channel::connect(at, session::in(limit));
    const smtp::Reply greeting = co_await session::read_reply(channel, transcript, limit);
    if (greeting.code() != 220) {
      answer.trouble = "greets with " + greeting.text();
      co_return answer;
    }
    const smtp::Command ehlo = smtp::Ehlo{"preflight.invalid"};
    const smtp::Reply reply = co_await session::command(channel, transcript, ehlo, limit);
    if (reply.code() == 250) {
      answer.offered = smtp::read_capabilities(reply);
    } else {
      answer.trouble = "answers EHLO with " + reply.text();
    }
    const smtp::Command quit = smtp::Quit{};
    (void)co_await session::command(channel, transcript, quit, limit);
  } catch (const net::ChannelError& error) {
    if (answer.offered) co_return answer;  // it left without a farewell
    answer.trouble = error.what();
    answer.fault = error.fault;
  } catch (const session::ProtocolError& error) {
    answer.trouble = error.what();
  }
  co_return answer;
}

DoctorCheck judged(const ListenerAnswer& answer, const exchange::ReceiveConnector& connector,
                   const net::Endpoint& at) {
  const std::string title = "ReceiveConnector " + connector.name + ": ";
  DoctorCheck check{"listener", DoctorResult::fail, title + at.text() + " "};
  if (answer.fault == net::ChannelFault::refused) {
    check.detail = title + "nothing listens at " + at.text();
    check.remedy =
        "domsec serve --config " + (connector.origin.file.empty() ? "FILE" : connector.origin.file);
  } else if (answer.fault) {
    check.detail = title + answer.trouble;
    check.fault = DoctorFault::environment;
  } else if (!answer.offered) {
    // A connector for other clients than this machine turns it away before EHLO.
    if (!connector.remote_ip_ranges.empty()) check.result = DoctorResult::warn;
    check.detail += answer.trouble;
    check.remedy = "look at the server's log; RemoteIPRanges decide whom it answers";
  } else if (!answer.offered->starttls) {
    check.detail += "answers without STARTTLS";
    check.remedy =
        "AuthMechanism needs Tls, and the connector a certificate: domsec cert select --direction receive";
  } else {
    check.result = DoctorResult::ok;
    check.detail += "answers as " + answer.offered->server + " and offers STARTTLS";
  }
  return check;
}

}  // namespace

DoctorCheck check_listener(net::Loop& loop, const exchange::ReceiveConnector& connector,
                           const exchange::Binding& binding, net::Milliseconds limit) {
  const net::Endpoint at = reachable(binding);
  if (at.port == 0)
    return {"listener", DoctorResult::skip,
            "ReceiveConnector " + connector.name + ": its port is a free one, another at each start"};
  return judged(net::run(loop, ask_listener(at, limit)), connector, at);
}

std::vector<DoctorCheck> chain_checks(const pki::PathExamination& path,
                                      const std::vector<pki::Revocation>& revocations,
                                      const std::string& fail) {
  std::vector<DoctorCheck> checks{path_check(path)};
  for (const pki::Revocation& each : revocations) checks.push_back(revocation_check(each, fail));
  return checks;
}

std::vector<DoctorCheck> check_own_chain(net::Loop& loop, const session::Edge& edge, const pki::Chain& chain,
                                         pki::Instant now) {
  transcript::Transcript transcript(policy::Role::receive, "doctor", 1, now_in_milliseconds);
  net::run(loop, session::examine_peer(edge.examination(), chain, pki::Purpose::any, now, transcript));
  pki::PathExamination path;
  std::vector<pki::Revocation> revocations;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* examined = event.body.as<transcript::ChainExamined>()) path = examined->path;
    if (const auto* lists = event.body.as<transcript::RevocationExamined>())
      revocations = lists->certificates;
  }
  return chain_checks(path, revocations, edge.organisation().revocation.fail);
}

DoctorCheck check_dns(const std::string& domain, const net::MxAnswer& answer) {
  DoctorCheck check{"dns", DoctorResult::ok, domain + ": "};
  check.fault = DoctorFault::environment;
  const auto has_address = [](const net::MxHost& host) { return !host.addresses.empty(); };
  if (std::any_of(answer.hosts.begin(), answer.hosts.end(), has_address)) {
    const std::size_t count = answer.hosts.size();
    check.detail += std::to_string(count) + (count == 1 ? " mail host" : " mail hosts") + ", the first is " +
                    answer.hosts.front().host;
    return check;
  }
  check.result = DoctorResult::fail;
  check.detail =
      answer.detail.empty() ? domain + ": " + std::string(net::text(answer.status)) : answer.detail;
  switch (answer.status) {
    case net::DnsStatus::ok:
    case net::DnsStatus::no_such_domain:
    case net::DnsStatus::no_data:
      check.remedy = "look at the spelling in TLSSendDomainSecureList; else it is the partner's DNS";
      break;
    case net::DnsStatus::server_failure:
    case net::DnsStatus::timed_out:
    case net::DnsStatus::refused:
    case net::DnsStatus::malformed:
      check.remedy = "look at the name servers, DnsServers or /etc/resolv.conf";
      break;
  }
  return check;
}

DoctorCheck check_port(net::Loop& loop, const exchange::Binding& binding) {
  const net::Endpoint at{binding.address, binding.port};
  try {
    const net::Listener listener(loop, at);
    return {"port", DoctorResult::ok, at.text() + " can be listened at"};
  } catch (const net::ChannelError& error) {
    const std::string what = error.what();
    if (what.find("in use") != std::string::npos) {
      return {"port", DoctorResult::warn, what,
              "fine if that is domsec serve or the lab; else end the program that has it"};
    }
    return {"port", DoctorResult::fail, what,
            "take an address of this machine; a port below 1024 needs CAP_NET_BIND_SERVICE",
            DoctorFault::environment};
  }
}

}  // namespace domsec::cli
