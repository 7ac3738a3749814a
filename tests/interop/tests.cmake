# domsec's command line against Postfix, Exim, swaks, curl, openssl and gnutls-cli. Fetches the mail servers' packages at the
# first run; what cannot be had is a printed SKIP. Alone, with its output: tests/interop/run
add_test(NAME interop COMMAND ${CMAKE_CURRENT_LIST_DIR}/run --binary $<TARGET_FILE:domsec> --peers ${PROJECT_SOURCE_DIR}/build/peers)
set_tests_properties(interop PROPERTIES LABELS interop TIMEOUT 300)
