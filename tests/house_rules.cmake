# The layer table of src/README.md as a test: cmake -P tests/house_rules.cmake
# 1. A file includes only headers of its own layer and of the layers listed for it.
# 2. A third-party header appears only where the table allows it, never in a public header (net/task.h has awaitable.hpp).
# 3. No braced temporary inside a co_await expression, and no co_await inside ?: (g++ 12 destroys such values twice).
# 4. Folders and files are named after nouns of the field.
cmake_minimum_required(VERSION 3.25)
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

set(allow_smtp "")
set(allow_pki "")
set(allow_finding "")
set(allow_exchange smtp pki finding)
set(allow_policy exchange pki smtp finding)
set(allow_transcript policy exchange pki smtp finding)
set(allow_net pki smtp)
set(allow_session net transcript policy exchange pki smtp finding)
set(allow_store transcript policy exchange pki smtp finding)
set(allow_shell store exchange policy pki smtp finding)
set(allow_lab session store net transcript policy exchange pki smtp finding)
set(allow_report transcript policy exchange pki smtp finding)
set(allow_web report store session net transcript policy exchange pki smtp finding)
set(allow_cli smtp pki finding exchange policy transcript net session store shell lab report web)

# Third-party include pattern -> the files (relative to the root) that may have it.
set(third_party
  "boost/asio|^(src/net/|src/session/|src/lab/|src/cli/|src/web/|include/domsec/net/task.h)"
  "boost/beast|^(src/net/|src/lab/|src/web/)"
  "ares.h|^src/net/(dns_channel|ares_status).cpp"
  "openssl/|^src/(pki|net)/"
  "toml\\+\\+|^src/(exchange/read_toml[a-z_]*|lab/toml_table)[.](h|cpp)"
  "boost/json|^src/[a-z]+/[a-z_]*json[a-z_]*[.](cpp|h)|^src/(exchange/read_export|cli/verify|lab/state_file).cpp"
  "sqlite3|^src/store/"
  "pugixml|^src/exchange/"
  "re2/|^src/shell/pattern.cpp"
  "histedit|^src/cli/shell"
  "idn2|^src/smtp/domain.cpp"
  "CLI/|^src/cli/")

set(problems "")
file(GLOB_RECURSE files RELATIVE "${root}" "${root}/include/domsec/*.h" "${root}/src/*.h" "${root}/src/*.cpp")
foreach(file IN LISTS files)
  string(REGEX REPLACE "^(include/domsec|src)/([a-z]+)/.*$" "\\2" layer "${file}")
  if(NOT DEFINED allow_${layer})
    list(APPEND problems "${file}: '${layer}' is no layer of the house")
    continue()
  endif()
  get_filename_component(name "${file}" NAME_WE)
  if(name MATCHES "(^|_)(util|utils|common|misc|helper|helpers|manager|handler)($|_)")
    list(APPEND problems "${file}: the name is no noun of the field")
  endif()

  file(STRINGS "${root}/${file}" includes REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS includes)
    if(line MATCHES "[<\"]domsec/([a-z]+)/")
      set(used "${CMAKE_MATCH_1}")
      if(NOT used STREQUAL layer AND NOT used IN_LIST allow_${layer})
        list(APPEND problems "${file}: layer '${layer}' may not include '${used}'")
      endif()
    endif()
    foreach(rule IN LISTS third_party)
      string(REGEX MATCH "^([^|]*)[|](.*)$" ignored "${rule}")
      set(pattern "${CMAKE_MATCH_1}")
      set(places "${CMAKE_MATCH_2}")
      if(line MATCHES "<${pattern}" AND NOT file MATCHES "${places}")
        list(APPEND problems "${file}: '${line}' does not belong here")
      endif()
    endforeach()
  endforeach()
endforeach()

file(GLOB_RECURSE coroutines RELATIVE "${root}" "${root}/src/*.h" "${root}/src/*.cpp" "${root}/tests/*.h" "${root}/tests/*.cpp"
  "${root}/include/domsec/*.h")
foreach(file IN LISTS coroutines)
  file(READ "${root}/${file}" text)
  # co_await f(Type{...}) and co_await f({...}): name the value first (see src/README.md).
  if(text MATCHES "co_await[^;{]*[(,] *[A-Za-z_:<>]*{[^;]*;")
    string(STRIP "${CMAKE_MATCH_0}" where)
    list(APPEND problems "${file}: braced temporary in a co_await expression: ${where}")
  endif()
  if(text MATCHES "co_await[^;{]*\\[[^]]*[=a-z][^]]*\\] *[({]")
    string(STRIP "${CMAKE_MATCH_0}" where)
    list(APPEND problems "${file}: closure in a co_await expression: ${where}")
  endif()
  if(text MATCHES "[?][^;{}]*co_await[^;]*;")
    string(STRIP "${CMAKE_MATCH_0}" where)
    list(APPEND problems "${file}: co_await in a conditional expression: ${where}")
  endif()
endforeach()

if(problems)
  list(JOIN problems "\n  " report)
  message(FATAL_ERROR "house rules:\n  ${report}")
endif()
list(LENGTH files count)
message(STATUS "house rules hold in ${count} files")
