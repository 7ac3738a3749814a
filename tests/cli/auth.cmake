# domsec auth as a process: seed 003, then the servicelet on a virtual clock.
if(Python3_Interpreter_FOUND)
  add_test(NAME auth COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/auth.py $<TARGET_FILE:domsec> ${PROJECT_SOURCE_DIR})
  set_tests_properties(auth PROPERTIES TIMEOUT 300)
endif()
