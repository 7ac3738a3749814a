# Subcommands whose streams are parameters are tested inside the test binary; src/cli is not part of the library.
target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/verify.cpp ${PROJECT_SOURCE_DIR}/src/cli/verify_path_json.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/verify_identity_json.cpp ${PROJECT_SOURCE_DIR}/src/cli/verify_command.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/verify_details_json.cpp ${PROJECT_SOURCE_DIR}/src/cli/revocation_json.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/issuer_fetch.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/issuers_json.cpp ${PROJECT_SOURCE_DIR}/src/cli/base64.cpp ${PROJECT_SOURCE_DIR}/src/cli/verification_request.cpp)
target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/policy.cpp ${PROJECT_SOURCE_DIR}/src/cli/policy_explanation.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/policy_json.cpp ${PROJECT_SOURCE_DIR}/src/cli/policy_store.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/cert_select.cpp ${PROJECT_SOURCE_DIR}/src/cli/certificate_choice_json.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/policy_apply.cpp ${PROJECT_SOURCE_DIR}/src/cli/policy_apply_json.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/json_values.cpp)
target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/clock.cpp ${PROJECT_SOURCE_DIR}/src/cli/doctor_checks.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/doctor_json.cpp ${PROJECT_SOURCE_DIR}/src/cli/doctor_network.cpp)
target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/cert_match.cpp ${PROJECT_SOURCE_DIR}/src/cli/options.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/outcome.cpp)

add_test(NAME documents COMMAND ${CMAKE_COMMAND} -DDOMSEC=$<TARGET_FILE:domsec> -DSOURCE=${PROJECT_SOURCE_DIR}
  -P ${CMAKE_CURRENT_LIST_DIR}/documents.cmake)
add_test(NAME package COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DCPACK=${CMAKE_CPACK_COMMAND}
  -P ${CMAKE_CURRENT_LIST_DIR}/package.cmake)

# What each flag changes, over real sockets against the built program.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  add_test(NAME flags COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/flags.py $<TARGET_FILE:domsec>)
  set_tests_properties(flags PROPERTIES TIMEOUT 300)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/rotation.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/connectors.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/policy_exchange.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/shell.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/queue.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/certificates.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/auth.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/store.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/cert_lint.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/cert_authority.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/certificate_life.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/bad_certificates.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/scenarios.cmake)
