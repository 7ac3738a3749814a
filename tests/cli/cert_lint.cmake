# `domsec cert lint` and `domsec preflight`: inside the test binary, and as processes with openssl as the authority.
target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/certificate_subjects.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/cert_lint.cpp ${PROJECT_SOURCE_DIR}/src/cli/fitness_text.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/fitness_json.cpp)
target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/preflight.cpp ${PROJECT_SOURCE_DIR}/src/cli/preflight_checks.cpp
  ${PROJECT_SOURCE_DIR}/src/cli/preflight_json.cpp)
if(Python3_Interpreter_FOUND)
  foreach(name cert_lint preflight)
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/${name}.py $<TARGET_FILE:domsec>)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endforeach()
endif()
