#include "domsec/shell/evaluator.h"

#include <gtest/gtest.h>

#include "shell/scripted_host.h"

namespace domsec::shell {
namespace {

struct Row {
  const char* script;
  const char* printed;
};

void expect_all(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    TestShell shell;
    EXPECT_EQ(shell.run(row.script), row.printed);
  }
}

TEST(Evaluator, HasTheOperatorsOfPowerShell) {
  expect_all({
      {"1 + 2 * 3", "7\n"},
      {"7 - 2 - 1", "4\n"},
      {"7 / 2", "3.5\n"},
      {"7 % 4", "3\n"},
      {"\"a\" + 1", "a1\n"},
      {"\"ab\" * 3", "ababab\n"},
      {"1..4 -join ','", "1,2,3,4\n"},
      {"1,2 + 3", "1\n2\n3\n"},
      {"'ABC' -eq 'abc'", "True\n"},
      {"'ABC' -ceq 'abc'", "False\n"},
      {"'a' -ne 'b'", "True\n"},
      {"'mail.contoso.com' -like '*.CONTOSO.com'", "True\n"},
      {"'contoso.com' -notlike '*.contoso.com'", "True\n"},
      {"'mail1' -match '^MAIL\\d$'", "True\n"},
      {"'mail' -notmatch '\\d'", "True\n"},
      {"5 -gt 4; 5 -lt 4; 5 -ge 5; 4 -le 3", "True\nFalse\nTrue\nFalse\n"},
      {"'a','b' -contains 'B'", "True\n"},
      {"'a','b' -notcontains 'c'", "True\n"},
      {"'b' -in 'a','b'", "True\n"},
      {"'c' -notin 'a','b'", "True\n"},
      {"1,2,3 -gt 1", "2\n3\n"},
      {"$true -and $false; $true -or $false; $true -xor $true", "False\nTrue\nFalse\n"},
      {"-not $true; !0", "False\nTrue\n"},
      {"$null -eq $null; '' -eq $null", "True\nFalse\n"},
      {"'{0} of {1}' -f 1,'b'", "1 of b\n"},
      {"'a;b;;c' -split ';'", "a\nb\n\nc\n"},
      {"'mail.contoso.com' -replace '\\.contoso', '.fabrikam'", "mail.fabrikam.com\n"},
      {"\"10\" -eq 10; 10 -eq '10'", "True\nTrue\n"},
      {"[int]'5' + 1; [string]5 + 1; [bool]'x'", "6\n51\nTrue\n"},
      {"2KB; 0x1F", "2048\n31\n"},
  });
}

TEST(Evaluator, ExpandsTextAsPowerShellDoes) {
  expect_all({
      {"$x = 'a'; \"$x $($x.Length) ${x}b `$x `\"q`\" a\"\"b\"", "a 1 ab $x \"q\" a\"b\n"},
      {"'$x it''s'", "$x it's\n"},
      {"\"costs 5$\"", "costs 5$\n"},
      {"\"$((Get-Thing First).Names)\"", "a.example b.example\n"},
      {"\"$(\"in $('q')\")\"", "in q\n"},
      {"$d = 'C:\\x'; Write-Output $d\\mail1.req", "C:\\x\\mail1.req\n"},
      {"@\"\nfirst $(1+1)\n\"quoted\"\n\"@", "first 2\n\"quoted\"\n"},
      {"@'\n$x\n'@", "$x\n"},
      {"Write-Output a\"b c\"d", "ab cd\n"},
      {"\"a`tb`nc\"", "a\tb\nc\n"},
  });
}

TEST(Evaluator, HasMembersMethodsAndIndexes) {
  expect_all({
      {"(Get-Date).AddHours(49).ToString('yyyy-MM-dd HH:mm')", "2026-11-24 10:15\n"},
      {"(Get-Date).AddDays(-1).AddMinutes(30)", "Saturday, November 21, 2026 9:45:02 AM\n"},
      {"((Get-Date).AddHours(49) - (Get-Date)).TotalHours", "49\n"},
      {"(Get-Date) -lt (Get-Date).AddMinutes(1)", "True\n"},
      {"' a,b '.Trim().Split(',')[-1].ToUpper()", "B\n"},
      {"'contoso.com'.Replace('com', 'org').StartsWith('contoso')", "True\n"},
      {"'AbC'.ToLower(); 'abc'.Contains('b'); 'abc'.EndsWith('c')", "abc\nTrue\nTrue\n"},
      {"(1,2,3).Count; @().Count; @('a').Length; 'abc'.Length", "3\n0\n1\n3\n"},
      {"(1,2,3)[0]; (1,2,3)[-1]; (1,2,3)[5]", "1\n3\n"},
      {"(Get-Thing).Identity", "First\nSecond\n"},
      {"$null.Anything.More", ""},
      {"$h = @{Add='a','b'; Remove='c'}; $h.Add.Count; $h['remove']", "2\nc\n"},
      {"'abc'.Frobnicate()", "1:6: String has no method Frobnicate() in this shell"},
      {"$null.Trim()", "1:6: .Trim() is called on $null; see what the value before it should be"},
      {"[xml]$xml = $null; $xml.Diagnostics.Components", ""},
  });
}

TEST(Evaluator, GivesObjectsReferenceSemantics) {
  expect_all({
      {"$t = Get-Thing First; $t.Names += 'c.example'; $t.Names.Count", "3\n"},
      {"$t = Get-Thing First; $u = $t; $u.Enabled = $false; $t.Enabled", "False\n"},
      {"$a = 1,2; $b = $a; $a += 3; $b.Count; $a.Count", "2\n3\n"},
      {"$t = Get-Thing First; $t.Identity = 'x'", "1:25: Thing.Identity is read-only"},
      {"$t = Get-Thing First; $t.Nothing = 'x'", "1:25: Thing has no property 'Nothing' to assign to"},
      {"$t = Get-Thing First; $t.Names = $t",
       "1:25: a property holds text, numbers, dates or a list of them, not Thing"},
      {"$true = 1", "1:1: $true cannot be assigned to"},
      {"$x -= 1; $x", "-1\n"},
  });
}

TEST(Evaluator, RunsStatements) {
  expect_all({
      {"1 + `\r\n 2\r\n@'\r\na\r\nb\r\n'@\r\nif ($true) {\r\n  3\r\n}\r\n", "3\na\r\nb\n3\n"},
      {"if (1 -gt 2) { 'a' } elseif ($true) { 'b' } else { 'c' }", "b\n"},
      {"if ($null) { 'a' }\nelse\n{ 'c' }", "c\n"},
      {"foreach ($n in 1..3) { $n * 2 }", "2\n4\n6\n"},
      {"foreach ($n in $null) { 'never' }", ""},
      {"$list = foreach ($n in 1,2) { $n }; $list.Count", "2\n"},
      {"1,2 |\n ForEach-Object { $_ + 1 } |\n ? { $_ -gt 2 }", "3\n"},
      {"Get-Thing |   # both\n  Measure-Object | Select-Object -ExpandProperty Count", "2\n"},
      {"'a'; exit 3; 'b'", "a\n"},
  });
}

TEST(Evaluator, BindsParametersAsPowerShellDoes) {
  expect_all({
      {"Set-Thing Internet -Enabled:$true", "Set Enabled=True Identity=Internet\n"},
      {"Set-Thing -En $false -Id x", "Set Enabled=False Identity=x\n"},
      {"Set-Thing 434 -Names POP,IMAP", "Set Identity=434 Names={POP, IMAP}\n"},
      {"Set-Thing 0434 -Names @()", "Set Identity=0434 Names={}\n"},
      {"Set-Thing x -Names @{Add='a'; Remove='b','c'}", "Set Identity=x Names={Add, Remove}\n"},
      {"Set-Thing x -Names @{Adds='a'}", "1:20: -Names: @{ } has the keys Add and Remove here, not 'Adds'"},
      {"Get-Thing | Set-Thing -Level Verbose",
       "Set Identity=First Level=Verbose\nSet Identity=Second Level=Verbose\n"},
      {"'a','b' | Set-Thing", "Set Identity=a\nSet Identity=b\n"},
      {"$null | Set-Thing",
       "1:9: the pipeline brings $null to Set-Thing -Identity; what stands before '|' has no value"},
      {"Set-Thing -Effective (Get-Date).AddHours(49) -Identity x",
       "Set Effective=11/24/2026 10:15:02 AM Identity=x\n"},
      {"Set-Thing x -Effective soon",
       "1:24: -Effective wants a date such as (Get-Date).AddHours(49) or 2027-12-30T14:00:00Z, not 'soon'"},
      {"Set-Thing x -Enabled yes", "1:22: -Enabled wants $true or $false, not 'yes'"},
      {"Set-Thing x -Enabeld $true", "1:13: Set-Thing has no parameter -Enabeld; did you mean -Enabled?"},
      {"Set-Thing x -E $true", "1:13: -E may be any of -Enabled, -Effective, -ErrorAction; write more of it"},
      {"Set-Thing x -Level", "1:13: -Level has no value behind it"},
      {"Set-Thing x -Level -Enabled $true", "1:13: -Level has no value behind it"},
      {"Set-Thing x -Level None -Level Verbose", "1:25: -Level is given twice"},
      {"Set-Thing x y",
       "1:13: Set-Thing has no parameter left for 'y'; put text with blanks in quotes, and lists with "
       "commas"},
      {"Set-Thing", "1:1: Set-Thing needs -Identity"},
      {"Set-Thing a,b", "1:11: -Identity wants one text, not 'a b'"},
      {"Get-Thnig", "1:1: there is no cmdlet 'Get-Thnig'; did you mean Get-Thing?"},
      {"Frobnicate", "1:1: there is no cmdlet 'Frobnicate'; Get-Command lists them"},
      {"New-EdgeSubscription x",
       "1:1: New-EdgeSubscription: domsec has no EdgeSync: give each host its configuration file"},
      {"1 | Get-Date", "1:5: Get-Date takes nothing from the pipeline; put it in front of '|'"},
      {"Set-Thing x -Names (Get-Thing First).Names", "Set Identity=x Names={a.example, b.example}\n"},
  });
}

TEST(Evaluator, SkipsWithAWarningWhatConcernsNoMail) {
  TestShell shell;
  EXPECT_EQ(shell.run("Restart-WebAppPool MSExchangeOWAAppPool\n'on'"), "on\n");
  ASSERT_EQ(shell.host.warnings.size(), 1U);
  EXPECT_EQ(
      shell.host.warnings[0],
      "1:1: skipped Restart-WebAppPool: domsec has no application pools that would hold an old certificate");
}

TEST(Evaluator, ReadsAndWritesFilesThroughTheHost) {
  TestShell shell;
  shell.host.files["C:\\in.pfx"] = std::string("\x00\xFFz", 3);
  EXPECT_EQ(
      shell.run("Set-Thing x -Data ([Byte[]]$(Get-Content -Path C:\\in.pfx -Encoding Byte -ReadCount 0))"),
      "Set Data={0, 255, 122} Identity=x\n");
  EXPECT_EQ(shell.run("Set-Content -Path \"C:\\out.req\" -Value 'a','b'; Get-Content C:\\out.req"), "a\nb\n");
  EXPECT_EQ(shell.host.files["C:\\out.req"], "a\nb\n");
  EXPECT_EQ(shell.run("Get-Content C:\\none"), "1:13: C:\\none: no such file");
  EXPECT_EQ(shell.run("Get-Thing | Out-File t.txt; [System.IO.File]::WriteAllBytes('o', [byte[]](65,66))"),
            "");
  EXPECT_EQ(shell.host.files["t.txt"],
            "\nIdentity Enabled\n-------- -------\nFirst    True\nSecond   False\n\n");
  EXPECT_EQ(shell.host.files["o"], "AB");
  EXPECT_EQ(shell.run("Set-Content w.txt x -WhatIf"), "What if: Set-Content writes 2 octets to w.txt\n");
  EXPECT_FALSE(shell.host.files.contains("w.txt"));
}

TEST(Evaluator, BoundsWhatAScriptCanMakeGrow) {
  const Row rows[] = {
      {"$x = 'a' * 1000000; foreach ($i in 1..10000) { $y = $x + 'b' }", "memory"},
      {"$x = 'abcdefghij'; foreach ($i in 1..100) { $x = $x + $x }", "memory"},
      {"$l = @(); foreach ($i in 1..100000) { $l += $i }; $l += 1; $l += 2", "entries"},
      {"1..100000000", "entries"},
      {"'a' * 1000000000000", "MiB"},
      {"$b = { 1 | ForEach-Object $b }; 1 | ForEach-Object $b", "too deeply"},
      {"foreach ($i in 1..90000) { foreach ($j in 1..90000) { $y = 1 } }", "too many"},
      {"'a' * 10000 -match '(a*)*b'", "False"},
      {"'x' -match '(((a{400}){400}){400})'", "too large"},
      {"'x' -match '((((){500}){500}){500})'", "too large"},
      {"@(1,2) * 'x'", "cannot join"},
      {"foreach ($i in 1..30000) { $l = ,$l }; 'deep'", "deep"},
      {"foreach ($i in 1..30000) { $h = @{a=$h} }; 'deep'", "deep"},
      {"foreach ($i in 1..9000) { $o = 1 | select @{n='a';e={$o}} }; 'deep'", "deep"},
      {"9223372036854775807 + 1", "too large a number"},
      {"(Get-Date).AddDays(9999999)", "years 1 to 9999"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    TestShell shell;
    shell.limits.steps = 400'000;
    const std::string printed = shell.run(row.script);
    EXPECT_NE(printed.find(row.printed), std::string::npos) << printed.substr(0, 200);
  }
}

TEST(Evaluator, KeepsItsOwnLoopCheap) {
  TestShell shell;
  shell.limits.octets = 64 << 20;
  EXPECT_EQ(shell.run("$l = @(); foreach ($i in 1..20000) { $l += $i }; $l.Count"), "20000\n");
}

TEST(Evaluator, LeavesErrorsOutWhenToldTo) {
  TestShell shell;
  EXPECT_EQ(shell.run("Get-Content none -ErrorAction SilentlyContinue; 'on'"), "on\n");
}

TEST(Evaluator, SaysWhatACmdletTakes) {
  TestShell shell;
  EXPECT_EQ(
      shell.run("Get-Help Set-Thing").substr(0, 95),
      "Set-Thing: keeps what it was given\n  -Identity text   (mandatory)\n  -Names text,... | @{Add=...");
  EXPECT_NE(shell.run("Get-Command *-Thing").find("Set-Thing keeps what it was given"), std::string::npos);
}

}  // namespace
}  // namespace domsec::shell
