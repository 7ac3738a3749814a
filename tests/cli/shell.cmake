# domsec shell as a process.
if(Python3_Interpreter_FOUND)
  add_test(NAME shell COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/shell.py $<TARGET_FILE:domsec> ${PROJECT_SOURCE_DIR})
  set_tests_properties(shell PROPERTIES TIMEOUT 120)
endif()
