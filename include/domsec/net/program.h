// A program from outside: started without a shell, ended with everything that it started, and bounded in what
// it may say. It gets no terminal and no descriptor of ours.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "domsec/net/channel.h"
#include "domsec/net/task.h"

namespace domsec::net {

struct ProgramSettings {
  std::vector<std::string> command;                // the program, looked for in PATH, and its arguments
  std::string input;                               // its standard input, then the end of it
  std::string directory;                           // where it runs; empty = here
  std::map<std::string, std::string> environment;  // beside ours
  std::size_t output_limit = std::size_t{1} << 20;
};

class Program {
 public:
  enum class End { exited, signalled, out_of_time, running };

  /// Throws ChannelError(local) with a sentence when it cannot be started.
  explicit Program(ProgramSettings settings);
  /// Ends it and all that it started, at once.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Until it ends by itself, or is ended when the limit has passed.
  task<End> ended(Milliseconds limit);
  [[nodiscard]] bool is_running();
  /// What it said on standard output and standard error so far; what is beyond the limit is left out.
  [[nodiscard]] const std::string& output();
  [[nodiscard]] bool was_cut() const { return cut_; }
  /// Of `exited`; the signal's number of `signalled`.
  [[nodiscard]] int code() const { return code_; }

 private:
  void read_output();
  void reap(int options);
  void stop();

  ProgramSettings settings_;
  pid_t process_ = -1;
  int output_descriptor_ = -1;
  std::string output_;
  bool cut_ = false;
  End end_ = End::running;
  int code_ = 0;
};

}  // namespace domsec::net
