// What the network has to be asked for: our own revocation lists, the partners' MX hosts, the ports to listen at.
#include <algorithm>

#include "doctor_checks.h"
#include "domsec/cli/clock.h"
#include "domsec/net/listener.h"
#include "domsec/session/examination.h"

namespace domsec::cli {
namespace {

DoctorCheck path_check(const transcript::ChainExamined& examined) {
  // A client's usage is D-10's business: whichever role the certificate is for, it has to chain.
  if (examined.path.good()) return {"own-chain", DoctorResult::ok, "ends in " + examined.path.anchor};
  const pki::PathProblem& problem = examined.path.problems.front();
  return {"own-chain", DoctorResult::warn, problem.subject + ": " + problem.text + ", seen with our own trusted roots",
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
      check.detail += "cannot be told (" + std::string(pki::text(revocation.problem)) + "): " + revocation.detail;
      check.remedy = "partners need the same list: publish it over HTTP, or open the way to it";
      break;
  }
  return check;
}

}  // namespace

std::vector<DoctorCheck> check_own_chain(net::Loop& loop, const session::Edge& edge, const pki::Chain& chain, pki::Instant now) {
  transcript::Transcript transcript(policy::Role::receive, "doctor", 1, now_in_milliseconds);
  net::run(loop, session::examine_peer(edge.examination(), chain, pki::Purpose::any, now, transcript));
  std::vector<DoctorCheck> checks;
  for (const transcript::Event& event : transcript.events()) {
    if (const auto* path = event.body.as<transcript::ChainExamined>()) checks.push_back(path_check(*path));
    if (const auto* lists = event.body.as<transcript::RevocationExamined>()) {
      for (const pki::Revocation& each : lists->certificates) {
        checks.push_back(revocation_check(each, edge.organisation().revocation.fail));
      }
    }
  }
  return checks;
}

DoctorCheck check_dns(const std::string& domain, const net::MxAnswer& answer) {
  DoctorCheck check{"dns", DoctorResult::ok, domain + ": "};
  check.fault = DoctorFault::environment;
  const auto has_address = [](const net::MxHost& host) { return !host.addresses.empty(); };
  if (std::any_of(answer.hosts.begin(), answer.hosts.end(), has_address)) {
    const std::size_t count = answer.hosts.size();
    check.detail += std::to_string(count) + (count == 1 ? " mail host" : " mail hosts") + ", the first is " + answer.hosts.front().host;
    return check;
  }
  check.result = DoctorResult::fail;
  check.detail = answer.detail.empty() ? domain + ": " + std::string(net::text(answer.status)) : answer.detail;
  switch (answer.status) {
    case net::DnsStatus::ok:
    case net::DnsStatus::no_such_domain:
    case net::DnsStatus::no_data: check.remedy = "look at the spelling in TLSSendDomainSecureList; else it is the partner's DNS"; break;
    case net::DnsStatus::server_failure:
    case net::DnsStatus::timed_out:
    case net::DnsStatus::refused:
    case net::DnsStatus::malformed: check.remedy = "look at the name servers, DnsServers or /etc/resolv.conf"; break;
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
      return {"port", DoctorResult::warn, what, "fine if that is domsec serve or the lab; else end the program that has it"};
    }
    return {"port", DoctorResult::fail, what, "take an address of this machine; a port below 1024 needs CAP_NET_BIND_SERVICE",
            DoctorFault::environment};
  }
}

}  // namespace domsec::cli
