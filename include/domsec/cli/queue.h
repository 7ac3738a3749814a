// `domsec queue`: what waits to be sent, and what is done about it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "domsec/cli/options.h"

namespace domsec::cli {

struct QueueOptions {
  SendOptions send;                  // run: everything that `send` has about the way; all: --store
  bool json = false;                 // --json, but of run
  bool all = false;                  // ls --all
  bool once = false;                 // run --once
  bool until_empty = false;          // run --until-empty
  bool at_once = false;              // run --now
  bool with_ndr = false;             // remove --with-ndr
  std::vector<std::string> domains;  // run [DOMAIN...]
  std::string domain;                // retry, suspend, resume
  std::int64_t message = 0;          // show, ndr, remove
};

/// Each returns the exit code. They throw UsageError and store::StoreError; run what `send` throws.
int run_queue_ls(const QueueOptions& options, std::ostream& out, std::ostream& err);
int run_queue_show(const QueueOptions& options, std::ostream& out, std::ostream& err);
int run_queue_ndr(const QueueOptions& options, std::ostream& out, std::ostream& err);
int run_queue_run(const QueueOptions& options, std::ostream& out, std::ostream& err);
int run_queue_retry(const QueueOptions& options, std::ostream& out, std::ostream& err);
int run_queue_suspend(const QueueOptions& options, std::ostream& out, std::ostream& err);
int run_queue_resume(const QueueOptions& options, std::ostream& out, std::ostream& err);
int run_queue_remove(const QueueOptions& options, std::ostream& out, std::ostream& err);

}  // namespace domsec::cli
