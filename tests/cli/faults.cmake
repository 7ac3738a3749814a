# `domsec faults` and `domsec repro`, as processes: the broken peer against domsec itself and against openssl.
if(Python3_Interpreter_FOUND)
  add_test(NAME faults COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/faults.py $<TARGET_FILE:domsec>)
  set_tests_properties(faults PROPERTIES TIMEOUT 180)
endif()
