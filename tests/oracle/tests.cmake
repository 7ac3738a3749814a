# What mail programs do with ten faults of the catalogue, held to faults/peers. All of them, with every program: tests/oracle/run
add_test(NAME oracle COMMAND ${CMAKE_CURRENT_LIST_DIR}/run --binary $<TARGET_FILE:domsec> --peers ${PROJECT_SOURCE_DIR}/build/peers
  --peer postfix --peer openssl server/rsa-key server/expired server/wrong-name server/untrusted-root server/missing-intermediate
  server/alert-40 server/ehlo-again-421-none server/mail-454-name client/rsa-key client/expired client/no-client-cert client/no-tls)
set_tests_properties(oracle PROPERTIES LABELS "interop;once" TIMEOUT 300)
