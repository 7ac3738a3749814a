// The flags of the larger subcommands, bound to their option structs.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace domsec::cli {

using Command = std::function<int()>;

void add_sending(CLI::App& app, Command& command);   // check, send
void add_serving(CLI::App& app, Command& command);   // serve
void add_queue(CLI::App& app, Command& command);   // queue ls|show|ndr|run|retry|suspend|resume|remove
void add_lab(CLI::App& app, Command& command);       // lab up|ls|break|fix|down|demo
void add_faults(CLI::App& app, Command& command);    // faults
void add_repro(CLI::App& app, Command& command);     // repro
void add_run(CLI::App& app, Command& command);       // run
void add_policy(CLI::App& app, Command& command);   // policy show|lint|explain, and:
void add_policy_apply(CLI::App& policy, Command& command);   // one of policy
void add_policy_exchange(CLI::App& policy, Command& command);   // import|export of policy
void add_auth(CLI::App& app, Command& command);   // auth show|stage|publish|clear|plan|run
void add_doctor(CLI::App& app, Command& command);   // doctor
void add_preflight(CLI::App& app, Command& command);   // preflight
void add_shell(CLI::App& app, Command& command);   // shell
void add_store_commands(CLI::App& app, Command& command);   // store check|backup
void add_verify(CLI::App& app, Command& command);   // verify
void add_cert(CLI::App& app, Command& command);   // cert show|match|select|lint
void add_cert_lint(CLI::App& cert, Command& command);    // one of cert
void add_cert_match(CLI::App& cert, Command& command);   // one of cert
void add_cert_select(CLI::App& cert, Command& command);  // one of cert
void add_cert_show(CLI::App& cert, Command& command);    // one of cert
void add_cert_rotate(CLI::App& cert, Command& command);  // one of cert
void add_cert_authority(CLI::App& cert, Command& command);   // authority|sign of cert
void add_crl_issue(CLI::App& crl, Command& command);         // one of crl
void add_cert_store(CLI::App& cert, Command& command);   // request|new|renew|import|export|enable|remove|list of cert
void add_crl(CLI::App& app, Command& command);   // crl show|fetch|check|cache

}  // namespace domsec::cli
