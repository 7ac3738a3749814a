#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/sending.h"
#include "domsec/cli/serve.h"
#include "flags_end.h"

namespace domsec::cli {
namespace {

void add_end(CLI::App& sub, EndOptions& end) {
  sub.add_option("--config", end.config, "configuration file, domsec.toml")->group("Configuration");
  sub.add_option("--lab", end.lab_state, "state directory of a running lab")->group("Configuration");
  sub.add_option("--helo", end.helo, "our name in EHLO and our FQDN")->group("Configuration");
  sub.add_option("--profile", end.profile, "judge as exchange, postfix, exim, opensmtpd or strict")->group("Configuration");
  sub.add_option("--cert", end.certificate, "own certificate, PEM, leaf first")->group("Identity");
  sub.add_option("--key", end.key, "its private key, PEM (default: in --cert)")->group("Identity");
  sub.add_option("--chain", end.chain, "intermediates to send, PEM")->group("Identity");
  sub.add_option("--pfx", end.pfx, "own certificate, key and intermediates, PKCS#12")->group("Identity");
  sub.add_option("--key-pass-file", end.key_pass_file, "file with the pass-phrase of the key or the PKCS#12 file")
      ->group("Identity");
  add_roots(sub, end);
  add_revocation(sub, end);
  sub.add_option("--name-match", end.name_match, "exact or subdomains")->group("Trust");
  sub.add_flag("--wildcard-apex", end.wildcard_apex, "a wildcard also covers its own domain")->group("Trust");
  sub.add_flag("--strict-eku", end.strict_eku, "a client certificate must have clientAuth")->group("Trust");
  sub.add_option("--key-decoding", end.key_decoding,
                 "direct, or providers: how libcrypto reads the peer's keys; for speed only")->group("Trust");
  sub.add_option("--verdict-cache", end.verdict_cache,
                 "on, or off: examine known certificates anew in every session; for speed only")->group("Trust");
  add_network(sub, end);
}

void add_output(CLI::App& sub, OutputOptions& output) {
  sub.add_flag("-v", output.verbosity, "certificates and names; -vv: the transcript, too")->group("Output");
  sub.add_flag("-q,--quiet", output.quiet, "no report, only the exit code and the files")->group("Output");
  sub.add_flag("--json", output.json, "JSON on standard output")->group("Output");
  sub.add_flag("--ndjson", output.ndjson, "one JSON object per event, as it happens, and per session")->group("Output");
  sub.add_option("--log-json", output.session_file, "append one JSON object per session to FILE")->group("Output");
  sub.add_option("--log-dir", output.log_directory, "protocol log in Exchange's format below DIR")->group("Output");
  sub.add_option("--color", output.color, "auto, always or never")->group("Output");
  sub.add_option("--fail-on", output.fail_on, "fail; warn: warnings fail, too; inconclusive: 1 instead of 3")
      ->allow_extra_args(false)->delimiter(',')->group("Output");
}

/// What a run with one message or none has besides.
void add_sender(CLI::App& sub, SendOptions& options) {
  add_way(sub, options);
  sub.add_option("--exit-style", options.output.exit_style, "domsec, or nagios: status line first, 0 to 3")
      ->capture_default_str()->group("Output");
  sub.add_option("--until", options.until, "last stage: greeting, ehlo, starttls, tls, ehlo2, mail, rcpt, dot")->group("Mail");
  sub.add_option("--from", options.from, "sender; <> is the null reverse-path")->group("Mail");
  sub.add_option("--to", options.to, "recipient, may be repeated")->allow_extra_args(false)->group("Mail");
}

}  // namespace

void add_store(CLI::App& sub, SendOptions& options) {
  sub.add_option("--store", options.store, "state file (default: $XDG_STATE_HOME/domsec/store.db)")
      ->envname("DOMSEC_STORE")->group("Mail");
}

void add_role(CLI::App& sub, SendOptions& options) {
  sub.add_option("--role", options.role, "retry intervals of a mailbox or an edge server")->capture_default_str()->group("Mail");
}

void add_way(CLI::App& sub, SendOptions& options) {
  add_end(sub, options.end);
  add_output(sub, options.output);
  sub.add_option("--json-file", options.output.json_file, "append the JSON document to FILE")->group("Output");
  sub.add_option("--transcript", options.output.transcript_file, "append the transcript to FILE")->group("Output");
  sub.add_option("--require", options.require, "none, tls, server or mutual, whatever the configuration says")->group("Policy");
  sub.add_flag("--fail-closed", options.fail_closed, "refuse mail to a listed domain that cannot be secured")->group("Policy");
  sub.add_option("--connector", options.connector, "send connector by name")->group("Policy");
  sub.add_option("--names", options.names, "what the certificate must name: domain, mx (host) or fqdn (of the greeting)")
      ->group("Policy");
  sub.add_option("--verify-name", options.verify_name, "domain that the partner must prove")->group("Policy");
  sub.add_option("--connect", options.connect, "HOST:PORT instead of the MX hosts")->group("Network");
  sub.add_option("--sni", options.sni, "server name to ask for; none = none")->group("Network");
  sub.add_option("--mx", options.mx, "at most so many MX hosts, or all")->group("Network");
  sub.add_option("--budget", options.budget, "at most so many connections")
      ->check(CLI::NonNegativeNumber)->capture_default_str()->group("Network");
}

void add_sending(CLI::App& app, Command& command) {
  auto checking = std::make_shared<SendOptions>();
  CLI::App* check = app.add_subcommand("check", "dry run as a sending partner: is mail to TARGET domain secured?");
  check->add_option("TARGET", checking->targets, "domain, user@domain, host:port, smtp://host, smtps://host")->required();
  add_sender(*check, *checking);
  check->add_flag("--try-plaintext", checking->try_plaintext, "one more connection: is the mail taken without TLS, too?")
      ->group("Mail");
  add_environment(*check);
  check->callback([&command, checking] { command = [checking] { return run_check(*checking, std::cout, std::cerr); }; });

  auto sending = std::make_shared<SendOptions>();
  CLI::App* send = app.add_subcommand("send", "the same engine, with a message that is really delivered");
  add_sender(*send, *sending);
  send->add_option("--data", sending->data_file, "message file, - for standard input")->group("Mail");
  send->add_option("--subject", sending->subject, "subject of the message that is made without --data")->group("Mail");
  send->add_flag("--queue", sending->queue, "store the message first; domsec queue run tries again")->group("Mail");
  add_store(*send, *sending);
  add_role(*send, *sending);
  add_environment(*send);
  send->callback([&command, sending] { command = [sending] { return run_send(*sending, std::cout, std::cerr); }; });
}

void add_serving(CLI::App& app, Command& command) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* serve = app.add_subcommand("serve", "the receiving partner, in the foreground");
  add_end(*serve, options->end);
  add_output(*serve, options->output);
  serve->add_option("--listen", options->listen, "ADDRESS:PORT, may be repeated; port 0 = a free one")
      ->allow_extra_args(false)->group("Network");
  serve->add_option("--domain-secure", options->domain_secure, "adds to TLSReceiveDomainSecureList")
      ->allow_extra_args(false)->group("Policy");
  serve->add_option("--accept", options->accept, "recipient domains that are ours (default: any)")
      ->allow_extra_args(false)->group("Policy");
  serve->add_option("--client-cert", options->client_certificate, "request, require-421 or require-alert")
      ->capture_default_str()->group("Policy");
  serve->add_option("--match", options->match,
                    "p1: the list is asked about MAIL FROM; p2: about the From field")->group("Policy");
  serve->add_option("--ocsp-response", options->ocsp_response, "OCSP response to staple, DER")->group("Identity");
  serve->add_flag("--permanent", options->permanent, "refuse with 550 instead of 454")->group("Policy");
  serve->add_flag("--tls-on-connect", options->implicit_tls, "TLS without STARTTLS")->group("Network");
  serve->add_option("--spool", options->spool, "keep accepted mail in DIR")->group("Mail");
  serve->add_option("--count", options->count, "end after so many sessions")
      ->check(CLI::NonNegativeNumber)->group("Network");
  add_environment(*serve);
  serve->callback([&command, options] { command = [options] { return run_serve(*options, std::cout, std::cerr); }; });
}

}  // namespace domsec::cli
