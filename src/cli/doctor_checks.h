// The rows of `domsec doctor`, each check a function of what it looks at.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/cli/clock.h"
#include "domsec/exchange/organisation.h"
#include "domsec/net/resolver.h"
#include "domsec/session/edge.h"
#include "policy_store.h"

namespace domsec::cli {

enum class DoctorResult { ok, warn, fail, skip };
enum class DoctorFault { own, environment };

struct DoctorCheck {
  std::string name;  // `clock`, `key-file`
  DoctorResult result = DoctorResult::ok;
  std::string detail;
  std::string remedy{};
  DoctorFault fault = DoctorFault::own;  // whose fault a FAIL is
};

// doctor_checks.cpp: no network
[[nodiscard]] DoctorCheck check_clock(pki::Instant now, ClockDiscipline discipline);
[[nodiscard]] DoctorCheck check_tls_library();
[[nodiscard]] DoctorCheck check_roots(const session::Edge& edge);
/// Who is asked for revocation lists; whether he answers is seen where one is fetched.
[[nodiscard]] DoctorCheck check_http_proxy(const net::HttpProxy& proxy);
/// Who may read a private key.
[[nodiscard]] DoctorCheck check_key_file(const std::string& path);
/// The certificate that a connector presents; `title` as `send connector Internet`.
[[nodiscard]] DoctorCheck check_certificate(const std::string& title, const session::OwnChoice& choice,
                                            pki::Instant now);
/// Who may read the files of the private keys, and the store.
[[nodiscard]] std::vector<DoctorCheck> check_own_files(const exchange::Organisation& organisation);
[[nodiscard]] DoctorCheck check_directory(const std::string& name, const std::string& path);
[[nodiscard]] DoctorCheck check_lint(const exchange::Organisation& organisation,
                                     const CertificateStore& store, pki::Instant now);
[[nodiscard]] DoctorCheck check_lab(const std::string& directory);

// doctor_network.cpp
/// Path and revocation of our own chain, as a partner with our trusted roots would see them.
[[nodiscard]] std::vector<DoctorCheck> check_own_chain(net::Loop& loop, const session::Edge& edge,
                                                       const pki::Chain& chain, pki::Instant now);
[[nodiscard]] DoctorCheck check_dns(const std::string& domain, const net::MxAnswer& answer);
[[nodiscard]] DoctorCheck check_port(net::Loop& loop, const exchange::Binding& binding);

/// What an examination of our own chain showed; `fail` as Revocation's Fail.
[[nodiscard]] std::vector<DoctorCheck> chain_checks(const pki::PathExamination& path,
                                                    const std::vector<pki::Revocation>& revocations,
                                                    const std::string& fail);
/// Is a server at the port, and does it offer STARTTLS? One greeting and one EHLO, over a real socket.
[[nodiscard]] DoctorCheck check_listener(net::Loop& loop, const exchange::ReceiveConnector& connector,
                                         const exchange::Binding& binding, net::Milliseconds limit);

[[nodiscard]] int exit_code(const std::vector<DoctorCheck>& checks);
[[nodiscard]] std::string_view text(DoctorResult result);  // `ok`, `FAIL`
void write_text(const std::vector<DoctorCheck>& checks, std::ostream& out);
/// `1 FAIL, 2 warn`
void write_sum(const std::vector<DoctorCheck>& checks, std::ostream& out);
[[nodiscard]] std::string json_of(const std::vector<DoctorCheck>& checks);  // doctor_json.cpp

}  // namespace domsec::cli
