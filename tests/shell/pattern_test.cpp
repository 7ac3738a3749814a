#include "domsec/shell/pattern.h"

#include <gtest/gtest.h>

#include <chrono>

#include "shell/scripted_host.h"

namespace domsec::shell {
namespace {

struct Row {
  const char* script;
  const char* printed;
};

TEST(Pattern, IsDotNetsRegularExpression) {
  const Row rows[] = {
      {"'MAIL1' -match '^mail\\d$'; 'MAIL1' -cmatch '^mail'", "True\nFalse\n"},
      {"'a]b' -match '^a[]]b$'; 'a[b' -match '[[]'; 'a-b' -match '^[a\\-b]+$'", "True\nTrue\nTrue\n"},
      {"'a{b' -match 'a{b'; 'aaa' -match '^a{3}$'; 'aaa' -match '^a{1,2}$'", "True\nTrue\nFalse\n"},
      {"'Zürich' -match '^\\w+$'; 'Zürich' -match '^[\\w]+$'; 'Zürich' -match '\\W'", "True\nTrue\nFalse\n"},
      {"'a' -match '.b|a'; \"a`nb\" -match 'a.b'", "True\nFalse\n"},
      {"'ab12' -replace '[a-z]+?', 'x'", "xx12\n"},
      {"'aXaX' -replace '^a', '-'", "-XaX\n"},
      {"'abc' -replace '', '-'; 'üb' -replace '', '-'", "-a-b-c-\n-ü-b-\n"},
      {"'a1b22c' -split '\\d+'", "a\nb\nc\n"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    TestShell shell;
    EXPECT_EQ(shell.run(row.script), row.printed);
  }
}

TEST(Pattern, ItsGroupsAreInMatchesAndInReplacements) {
  const Row rows[] = {
      {"'mail1.contoso.com' -match '(?<host>[^.]+)\\.(.+)'; $Matches['host']; $Matches.host; $Matches[0]; "
       "$Matches[2]",
       "True\nmail1\nmail1\nmail1.contoso.com\ncontoso.com\n"},
      {"$x = 'b' -match '(a)?(b)'; $Matches[1] -eq $null; $Matches[2]", "True\nb\n"},
      {"$x = 'a' -match 'a'; $x = 'b' -match 'c'; $Matches[0]", "a\n"},      // kept when nothing matches
      {"$x = 'a' -match 'a'; $x = 'b','c' -match 'b'; $Matches[0]", "a\n"},  // a list does not set it
      {"'john doe' -replace '(\\w+) (?<last>\\w+)', '${last}, $1 $& $$ $9 $'", "doe, john john doe $ $9 $\n"},
      {"'a.b' -replace '\\.', '$0$0'", "a..b\n"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    TestShell shell;
    EXPECT_EQ(shell.run(row.script), row.printed);
  }
}

TEST(Pattern, WhatCannotBeBoundedOrUnderstoodIsOneSentence) {
  const Row rows[] = {
      {"(?=a)", "look-around is not in this shell"},
      {"(?!a)", "look-around is not in this shell"},
      {"a(?<=b)", "look-around is not in this shell"},
      {"a(?<!b)", "look-around is not in this shell"},
      {"(a)\\1", "back-references are not in this shell"},
      {"(?<n>a)\\k<n>", "back-references are not in this shell"},
      {"(?>a)", "atomic groups and conditions are not in this shell"},
      {"(?(a)b|c)", "atomic groups and conditions are not in this shell"},
      {"[\\W]", "\\W within [ ] is not in this shell; write [^\\w…]"},
      {"\\Qa", "\\Q means nothing; write the characters themselves"},
      {"a\\", "it ends with a backslash"},
      {"(a", "a '(' without its ')'"},
      {"a)", "a ')' that nothing opens"},
      {"[a", "a '[' without its ']'"},
      {"[b-a]", "a range that runs backwards: b-a"},
      {"*a", "'*' repeats nothing"},
      {"(a{400}){400}", "the expression is too large"},
      {"\\u0041", "'\\u' is not understood"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    try {
      const Pattern pattern(row.script, Letters::folded);
      FAIL() << "taken";
    } catch (const PatternError& error) {
      EXPECT_STREQ(error.what(), row.printed);
    }
  }
}

/// What takes back-tracking exponential time.
TEST(Pattern, TakesTimeInProportionToTheText) {
  const Pattern pattern("^(a+)+$|(x+x+)+y", Letters::folded);
  const std::string text(1'000'000, 'a');
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(pattern.find(text + "b"));
  EXPECT_FALSE(pattern.find(std::string(1'000'000, 'x')));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace domsec::shell
