# The lab as its user meets it: one process in the background, other commands that ask it for something.
#   cmake -DDOMSEC=<program> -DSTATE=<directory> -P tests/lab/commands.cmake
cmake_minimum_required(VERSION 3.25)

# Runs domsec with ARGN; its standard output and exit code are in `out` and `code`.
function(domsec)
  execute_process(COMMAND ${DOMSEC} ${ARGN} OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE code)
  set(out "${out}" PARENT_SCOPE)
  set(err "${err}" PARENT_SCOPE)
  set(code "${code}" PARENT_SCOPE)
endfunction()

# What the last domsec ended with and said on standard output.
macro(expect wanted_code)
  if(NOT code EQUAL ${wanted_code})
    list(APPEND problems "expected exit code ${wanted_code}, got ${code}:\n${out}${err}")
  endif()
  foreach(text ${ARGN})
    string(FIND "${out}${err}" "${text}" at)
    if(at EQUAL -1)
      list(APPEND problems "expected '${text}' in:\n${out}${err}")
    endif()
  endforeach()
endmacro()

set(problems)
file(REMOVE_RECURSE ${STATE})
domsec(lab up --detach --state ${STATE} --smtp-port 0 --dns-port 0 --http-port 0)
expect(0 "lab up: DNS 127.0.0.1:")

domsec(check woodgrovebank.com --lab ${STATE})
expect(0 "domain secured")

# IPv6: the host that has ::1, or the sentence that nobody has it.
domsec(lab ls --state ${STATE})
expect(0 "IPv")
if(out MATCHES "IPv4 only")
  message(STATUS "check -6 is left out: this machine has no ::1")
else()
  expect(0 "IPv6 mail2.mail.contoso.com at [::1]:")
  domsec(check -6 contoso.com --lab ${STATE})
  expect(0 "mail2.mail.contoso.com -> [::1]:" "verdict PASS" "domain secured")
  domsec(doctor --lab ${STATE})
  string(FIND "${out}" "IPv6 mail2.mail.contoso.com at [::1]:" at)
  if(at EQUAL -1)
    list(APPEND problems "doctor does not say that the lab has IPv6:\n${out}")
  endif()
endif()

domsec(lab down --state ${STATE})
expect(0 "lab down")
if(problems)
  list(JOIN problems "\n" problems)
  message(FATAL_ERROR "${problems}")
endif()
