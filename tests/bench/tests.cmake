# domsec_bench: what domsec costs, as ratios to a bare handshake of OpenSSL in the same run (docs/performance.md).
# ctest runs it small and asks only that the ratios are printed: times are not asserted anywhere.
if(DOMSEC_BENCH)
  file(GLOB domsec_bench_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
  add_executable(domsec_bench ${domsec_bench_sources} ${PROJECT_SOURCE_DIR}/tests/support/pki.cpp
    ${PROJECT_SOURCE_DIR}/tests/support/large_crl.cpp)
  set_target_properties(domsec_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/bench)
  target_include_directories(domsec_bench PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(domsec_bench PRIVATE domsec_library domsec_warnings)
  add_test(NAME bench_prints_ratios COMMAND domsec_bench --smoke)
  set_tests_properties(bench_prints_ratios PROPERTIES TIMEOUT 120
    PASS_REGULAR_EXPRESSION "x F.*x client floor.*KiB")
endif()
