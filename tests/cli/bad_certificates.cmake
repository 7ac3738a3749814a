# What goes wrong round the certificates of a store.
if(Python3_Interpreter_FOUND)
  add_test(NAME bad_certificates COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/bad_certificates.py $<TARGET_FILE:domsec>)
  set_tests_properties(bad_certificates PROPERTIES TIMEOUT 300)
endif()
