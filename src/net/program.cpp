#include "domsec/net/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "domsec/net/loop.h"

namespace domsec::net {
namespace {

constexpr Milliseconds look_again{5};

ChannelError not_started(const std::string& program, int code) {
  const char* why = code == ENOENT ? "there is no such program" : std::strerror(code);
  return {ChannelFault::local, "'" + program + "' cannot be started: " + why};
}

/// A descriptor that is closed, whatever comes.
struct Descriptor {
  int number = -1;
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int release() { return std::exchange(number, -1); }
};

/// A file without a name that holds the input: nobody has to feed it.
int file_with(const std::string& octets) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  std::size_t written = 0;
  while (file.number >= 0 && written < octets.size()) {
    const ssize_t count = ::write(file.number, octets.data() + written, octets.size() - written);
    if (count < 0 && errno != EINTR) return -1;
    written += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  if (file.number >= 0) ::lseek(file.number, 0, SEEK_SET);
  return file.release();
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& ours) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!ours.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
  }
  for (const auto& [name, value] : ours) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Program::Program(ProgramSettings settings) : settings_(std::move(settings)) {
  const std::string name = settings_.command.empty() ? std::string() : settings_.command.front();
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw not_started(name, errno);
  Descriptor reading(pipe[0]);
  const Descriptor writing(pipe[1]);
  const Descriptor input(file_with(settings_.input));
  if (input.number < 0) throw not_started(name, errno);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.number, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, writing.number, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, writing.number, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  if (!settings_.directory.empty())
    ::posix_spawn_file_actions_addchdir_np(&actions, settings_.directory.c_str());
  // A group of its own, so that what it starts ends with it; signals as a shell would hand them on.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  ::sigaddset(&signals, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> environment = environment_with(settings_.environment);
  const int failure = ::posix_spawnp(&process_, name.c_str(), &actions, &attributes,
                                     pointers(settings_.command).data(), pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failure != 0) {
    process_ = -1;
    throw not_started(name, failure);
  }
  ::fcntl(reading.number, F_SETFL, O_NONBLOCK);
  output_descriptor_ = reading.release();
}

Program::~Program() {
  stop();
  if (output_descriptor_ >= 0) ::close(output_descriptor_);
}

void Program::stop() {
  if (process_ < 0) return;
  ::kill(-process_, SIGKILL);
  if (end_ == End::running) reap(0);
  process_ = -1;
}

void Program::reap(int options) {
  int status = 0;
  pid_t reaped = 0;
  do {
    reaped = ::waitpid(process_, &status, options);
  } while (reaped < 0 && errno == EINTR);
  if (reaped != process_) return;
  end_ = WIFSIGNALED(status) ? End::signalled : End::exited;
  code_ = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

void Program::read_output() {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(output_descriptor_, buffer.data(), buffer.size());
    if (count <= 0) return;
    const std::size_t room = settings_.output_limit - output_.size();
    const auto octets = static_cast<std::size_t>(count);
    output_.append(buffer.data(), std::min(room, octets));
    cut_ = cut_ || octets > room;
  }
}

bool Program::is_running() {
  read_output();  // it never waits for us to read
  if (end_ == End::running) reap(WNOHANG);
  return end_ == End::running;
}

const std::string& Program::output() {
  read_output();
  return output_;
}

task<Program::End> Program::ended(Milliseconds limit) {
  const auto last = std::chrono::steady_clock::now() + limit;
  while (is_running()) {
    if (std::chrono::steady_clock::now() >= last) {
      stop();
      end_ = End::out_of_time;
      break;
    }
    co_await sleep(look_again);
  }
  read_output();
  stop();  // what it left behind in its group
  co_return end_;
}

}  // namespace domsec::net
