# The store behind the certificate cmdlets is tested inside the test binary, and as a process with openssl as authority.
target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/shell_certificates.cpp)
if(Python3_Interpreter_FOUND)
  add_test(NAME shell_certificates COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/shell_certificates.py $<TARGET_FILE:domsec>)
  set_tests_properties(shell_certificates PROPERTIES TIMEOUT 300)
endif()
