#include <CLI/CLI.hpp>
#include <iostream>

#include "domsec/cli/flags.h"
#include "domsec/cli/queue.h"
#include "flags_end.h"

namespace domsec::cli {
namespace {

using Run = int (*)(const QueueOptions&, std::ostream&, std::ostream&);

CLI::App* add(CLI::App& queue, Command& command, const std::shared_ptr<QueueOptions>& options,
              const char* name, const char* what, Run run) {
  CLI::App* sub = queue.add_subcommand(name, what);
  add_store(*sub, options->send);
  sub->callback(
      [&command, options, run] { command = [options, run] { return run(*options, std::cout, std::cerr); }; });
  return sub;
}

}  // namespace

void add_queue(CLI::App& app, Command& command) {
  auto options = std::make_shared<QueueOptions>();
  CLI::App* queue =
      app.add_subcommand("queue", "mail that send --queue has stored: look, deliver, retry, remove");
  queue->require_subcommand(1);
  CLI::App* ls = add(*queue, command, options, "ls", "the queue of each domain, its state, and the messages",
                     run_queue_ls);
  ls->add_flag("--json", options->json, "one JSON document");
  ls->add_flag("--all", options->all, "messages that are no longer queued, too");
  CLI::App* show =
      add(*queue, command, options, "show", "a message: recipients, attempts, notifications", run_queue_show);
  show->add_option("ID", options->message, "number of the message")->required();
  show->add_flag("--json", options->json, "one JSON document");
  CLI::App* ndr = add(*queue, command, options, "ndr", "print the notification that was made for the sender",
                      run_queue_ndr);
  ndr->add_option("ID", options->message, "number of the message")->required();

  CLI::App* run = add(*queue, command, options, "run",
                      "deliver what is due, and go on; may be ended at any moment", run_queue_run);
  run->add_option("DOMAIN", options->domains, "only these destinations");
  run->add_flag("--once", options->once, "one pass over what is due, then end");
  run->add_flag("--until-empty", options->until_empty, "end when nothing is queued");
  run->add_flag("--now", options->at_once, "first make everything due now");
  add_role(*run, options->send);
  add_way(*run, options->send);
  add_environment(*run);

  for (const auto& [name, what, function] :
       {std::tuple<const char*, const char*, Run>{"retry", "make the queue of a domain due now",
                                                  run_queue_retry},
        {"suspend", "no more attempts to a domain", run_queue_suspend},
        {"resume", "attempts to a domain again", run_queue_resume}}) {
    add(*queue, command, options, name, what, function)
        ->add_option("DOMAIN", options->domain, "destination")
        ->required();
  }
  CLI::App* remove =
      add(*queue, command, options, "remove", "take a message out of the queue", run_queue_remove);
  remove->add_option("ID", options->message, "number of the message")->required();
  remove->add_flag("--with-ndr", options->with_ndr, "make an NDR for its sender");
}

}  // namespace domsec::cli
