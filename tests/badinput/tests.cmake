# Bad input of every kind against the built program: files, flags, DNS answers, hostile servers and hostile clients.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  add_test(NAME badinput COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/run.py $<TARGET_FILE:domsec>)
  set_tests_properties(badinput PROPERTIES TIMEOUT 240 LABELS badinput)
endif()
