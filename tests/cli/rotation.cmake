target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/cert_rotate.cpp ${PROJECT_SOURCE_DIR}/src/cli/cert_rotate_report.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/cert_rotate_json.cpp)
