#include "domsec/shell/completion.h"

#include <gtest/gtest.h>

#include "domsec/shell/file_path.h"
#include "shell/scripted_host.h"

namespace domsec::shell {
namespace {

TEST(Completion, OffersWhatMayStandThere) {
  TestShell shell;
  Interpreter interpreter(shell.host, shell.table);
  interpreter.set_variable("connector", "x");
  struct Row {
    const char* line;
    std::size_t begin;
    std::vector<std::string> words;
  };
  const Row rows[] = {
      {"Set-Th", 0, {"Set-Thing"}},
      {"get-thi", 0, {"Get-Thing"}},
      {"Get-Thing | Set-Th", 12, {"Set-Thing"}},
      {"(Set-Th", 1, {"Set-Thing"}},
      {"$x = Set-Th", 5, {"Set-Thing"}},
      {"Set-Thing x -Le", 12, {"-Level"}},
      {"Set-Thing x -Level ", 19, {"None", "Verbose"}},
      {"Set-Thing x -Level v", 19, {"Verbose"}},
      {"Set-Thing x -Enabled $", 21, {"$connector", "$false", "$null", "$true"}},
      {"Set-Thing x -Enabled ", 21, {"$false", "$true"}},
      {"Get-Help Set-Th", 9, {"Set-Thing"}},
      {"Set-Thing 'a b", 10, {}},
      {"Frobnicate -", 11, {}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.line);
    const Completions found = completions(row.line, interpreter);
    EXPECT_EQ(found.begin, row.begin);
    EXPECT_EQ(found.words, row.words);
  }
  EXPECT_EQ(common_start({"Set-SendConnector", "set-Service"}), "Set-Se");
}

TEST(FilePath, MapsWindowsPathsBelowTheRoot) {
  EXPECT_EQ(below_root("C:\\Certificates\\mail1.req"), "Certificates/mail1.req");
  EXPECT_EQ(below_root("\\\\FileServer01\\Data\\x.pfx"), "FileServer01/Data/x.pfx");
  EXPECT_EQ(below_root(".\\a/./b"), "a/b");
  EXPECT_EQ(below_root("/etc/passwd"), "etc/passwd");
  for (const char* bad : {"..\\x", "C:\\a\\..\\..\\b", "a/..", "C:", "", "C:\\", "a\\b:stream", "a\nb"}) {
    SCOPED_TRACE(bad);
    EXPECT_THROW((void)below_root(bad), HostError);
  }
  EXPECT_TRUE(is_windows_path("C:x"));
  EXPECT_FALSE(is_windows_path("a/b"));
}

}  // namespace
}  // namespace domsec::shell
