#include "shell_terminal.h"

#include <fcntl.h>
#include <histedit.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include "domsec/shell/completion.h"

namespace domsec::cli {
namespace {

namespace fs = std::filesystem;

constexpr int remembered = 1000;  // lines of the history

/// Lines that may hold a secret are not kept, as PowerShell keeps them neither.
bool may_be_kept(const std::string& line) {
  const std::string folded = shell::lower(line);
  for (const char* word : {"password", "asplaintext", "secret", "credential"})
    if (folded.find(word) != std::string::npos) return false;
  return line.find_first_not_of(" \t\r\n") != std::string::npos;
}

/// `$XDG_STATE_HOME/domsec/shell_history`, or `~/.local/state/…`; empty when neither is known.
std::string history_file() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return std::string(state) + "/domsec/shell_history";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::string(home) + "/.local/state/domsec/shell_history";
  return {};
}

/// The file exists with mode 0600 before anything is written to it.
bool make_private(const std::string& file) {
  std::error_code error;
  fs::create_directories(fs::path(file).parent_path(), error);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return false;
  const bool made = ::fchmod(descriptor, S_IRUSR | S_IWUSR) == 0;
  ::close(descriptor);
  return made;
}

/// Ctrl-C while no line is edited: the script ends, the conversation does not.
volatile std::sig_atomic_t interrupted = 0;

class Interruptions {
 public:
  Interruptions() {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    ::sigaction(SIGINT, &action, &before_);  // without SA_RESTART: a question is left as well
  }
  ~Interruptions() { ::sigaction(SIGINT, &before_, nullptr); }
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;

 private:
  struct sigaction before_ {};
};

/// One terminal. libedit calls back with the EditLine alone, whose client data is this.
class Terminal {
 public:
  Terminal(shell::Interpreter& shell, std::ostream& stream)
      : interpreter(shell),
        out(stream),
        edit_(el_init("domsec", stdin, stdout, stderr), el_end),
        history_(history_init(), history_end) {
    if (!edit_ || !history_) throw std::runtime_error("the terminal cannot be edited on");
    HistEvent event{};
    history(history_.get(), &event, H_SETSIZE, remembered);
    history(history_.get(), &event, H_SETUNIQUE, 1);
    file_ = history_file();
    if (!file_.empty() && fs::exists(file_)) history(history_.get(), &event, H_LOAD, file_.c_str());
    el_set(edit_.get(), EL_CLIENTDATA, this);
    el_set(edit_.get(), EL_EDITOR, "emacs");
    el_set(edit_.get(), EL_PROMPT, prompt_of);
    el_set(edit_.get(), EL_HIST, ::history, history_.get());
    el_set(edit_.get(), EL_ADDFN, "domsec-complete", "completes the word", complete);
    el_set(edit_.get(), EL_BIND, "^I", "domsec-complete", nullptr);
    el_set(edit_.get(), EL_ADDFN, "domsec-cancel", "drops the line", cancel);
    el_set(edit_.get(), EL_SETTY, "-d", "-isig", nullptr);  // Ctrl-C is a key while a line is edited
    el_set(edit_.get(), EL_BIND, "^C", "domsec-cancel", nullptr);
    el_set(edit_.get(), EL_BIND, "^D", "em-delete-or-list", nullptr);
    el_set(edit_.get(), EL_BIND, "^R", "em-inc-search-prev", nullptr);
  }

  /// A line with its end; nothing at the end of the input.
  std::optional<std::string> line(const char* wanted) {
    prompt = wanted;
    cancelled = false;
    int count = 0;
    const char* text = el_gets(edit_.get(), &count);
    if ((!text || count <= 0) && interrupted) {  // Ctrl-C before the editor took the terminal over
      cancelled = true;
      interrupted = 0;
      out << std::endl;
      return std::string();
    }
    if (!text || count <= 0) return std::nullopt;
    return std::string(text, static_cast<std::size_t>(count));
  }

  void remember(const std::string& text) {
    if (!may_be_kept(text)) return;
    HistEvent event{};
    std::string one = text;
    while (!one.empty() && one.back() == '\n') one.pop_back();
    history(history_.get(), &event, H_ENTER, one.c_str());
    if (!file_.empty() && make_private(file_)) history(history_.get(), &event, H_SAVE, file_.c_str());
  }

  shell::Interpreter& interpreter;
  std::ostream& out;
  const char* prompt = "";
  bool cancelled = false;

 private:
  static Terminal& of(EditLine* edit) {
    void* data = nullptr;
    el_get(edit, EL_CLIENTDATA, &data);
    return *static_cast<Terminal*>(data);
  }

  static char* prompt_of(EditLine* edit) { return const_cast<char*>(of(edit).prompt); }

  static unsigned char cancel(EditLine* edit, int) {
    Terminal& self = of(edit);
    self.cancelled = true;
    self.out << "^C" << std::flush;
    return CC_NEWLINE;
  }

  static unsigned char complete(EditLine* edit, int) {
    Terminal& self = of(edit);
    const LineInfo* info = el_line(edit);
    const std::string_view typed(info->buffer, static_cast<std::size_t>(info->cursor - info->buffer));
    const shell::Completions found = shell::completions(typed, self.interpreter);
    if (found.words.empty()) return CC_ERROR;
    const std::string start = shell::common_start(found.words);
    const std::string_view word = typed.substr(found.begin);
    if (start.size() >= word.size() && (start != word || found.words.size() == 1)) {
      const std::string insert = start + (found.words.size() == 1 ? " " : "");
      el_deletestr(edit, static_cast<int>(word.size()));
      if (el_insertstr(edit, insert.c_str()) == -1) return CC_ERROR;
      return CC_REFRESH;
    }
    self.out << '\n';
    for (const std::string& one : found.words) self.out << one << "  ";
    self.out << std::endl;
    return CC_REDISPLAY;
  }

  std::unique_ptr<EditLine, decltype(&el_end)> edit_;
  std::unique_ptr<History, decltype(&history_end)> history_;
  std::string file_;
};

/// More lines are wanted: a brace, a text or a pipe is open.
bool wants_more(const std::string& text, shell::StatementsPtr& script, std::ostream& err) {
  try {
    script = shell::parse(text);
  } catch (const shell::ScriptError& error) {
    if (error.fault() == shell::ScriptFault::incomplete) return true;
    write_fault(error, "line", text, err);
  }
  return false;
}

}  // namespace

int converse(shell::Interpreter& interpreter, std::ostream& out, std::ostream& err) {
  const Interruptions interruptions;
  Terminal terminal(interpreter, out);
  interpreter.budget().watch(interrupted);
  std::string text;
  while (true) {
    const std::optional<std::string> line = terminal.line(text.empty() ? "domsec> " : ">> ");
    if (!line) break;
    if (terminal.cancelled) {
      text.clear();
      continue;
    }
    text += *line;
    shell::StatementsPtr script;
    if (wants_more(text, script, err)) continue;
    terminal.remember(text);
    interrupted = 0;
    try {
      if (script)
        if (const std::optional<int> code = interpreter.run(script)) return *code;
      out.flush();
    } catch (const shell::ScriptError& error) {
      out.flush();
      write_fault(error, "line", text, err);
    }
    text.clear();
  }
  out << std::endl;
  return 0;
}

}  // namespace domsec::cli
