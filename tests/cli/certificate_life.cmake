# `domsec cert request` to `remove` as processes, with openssl and certtool on the other side.
if(Python3_Interpreter_FOUND)
  add_test(NAME certificate_life COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/certificate_life.py $<TARGET_FILE:domsec>)
  set_tests_properties(certificate_life PROPERTIES TIMEOUT 240)
endif()
