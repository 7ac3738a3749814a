# Several receive connectors in one `domsec serve`.
if(Python3_Interpreter_FOUND)
  add_test(NAME connectors COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/connectors.py $<TARGET_FILE:domsec>)
  set_tests_properties(connectors PROPERTIES TIMEOUT 180)
endif()
