# A real server killed in the middle of messages.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  add_test(NAME spool_crash COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/crash.py $<TARGET_FILE:domsec>)
  set_tests_properties(spool_crash PROPERTIES TIMEOUT 300 LABELS store)
  # Commands on certificates killed at random moments; 200 of them.
  add_test(NAME certificate_kills COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/certificate_kills.py $<TARGET_FILE:domsec>)
  set_tests_properties(certificate_kills PROPERTIES TIMEOUT 600 LABELS store)
endif()
