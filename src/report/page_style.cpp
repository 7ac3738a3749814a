#include "page_style.h"

namespace domsec::report {

// Colours repeat what a word says already; each pair has a contrast of 4.5 : 1 or more (WCAG 2.1, 1.4.3).
std::string_view page_style() {
  return R"css(
:root { color-scheme: light dark; --text: #1c1c1e; --page: #ffffff; --soft: #5a5a60; --line: #d0d0d6;
  --box: #f5f5f8; --bad: #a3231f; --bad-box: #fdeceb; --odd: #7a4b00; --odd-box: #fff3dc; --good: #17633a; }
@media (prefers-color-scheme: dark) { :root { --text: #ececf0; --page: #17171a; --soft: #a9a9b2; --line: #3c3c44;
  --box: #212126; --bad: #ff9c94; --bad-box: #3a1d1c; --odd: #ffc766; --odd-box: #37290f; --good: #7fd6a2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--text); background: var(--page);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0; }
a { color: inherit; }
.soft { color: var(--soft); font-size: .9rem; font-weight: normal; }
.whole { font-size: 1.15rem; font-weight: 600; }
.failed { color: var(--bad); }
.broken { color: var(--odd); }
.passed { color: var(--good); }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--box); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.outcome { white-space: nowrap; font-weight: 600; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: 0 .75rem; }
details[open] { padding-bottom: .5rem; }
summary { cursor: pointer; padding: .5rem 0; }
summary strong { font-weight: 600; }
:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
.timeline { table-layout: fixed; font-size: .85rem; }
.timeline .time { width: 4.5rem; }
.disagreement th, .disagreement td { background: var(--odd-box); }
.disagreement strong { color: var(--odd); }
.differences td:nth-child(3) { background: var(--bad-box); }
code { font: .9em ui-monospace, monospace; }
@media (max-width: 40rem) { body { padding: .6rem; } details { padding: 0 .4rem; } th, td { padding: .2rem .3rem; }
  .differences { table-layout: fixed; font-size: .85rem; }
  .timeline { font-size: .78rem; } .timeline .time { width: 3.2rem; } .index .soft { display: block; } }
@media print { details { border: 0; } }
)css";
}

}  // namespace domsec::report
