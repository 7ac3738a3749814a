# `domsec store`, and what is said of a store that cannot be used.
if(Python3_Interpreter_FOUND)
  add_test(NAME store_commands COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/store_commands.py $<TARGET_FILE:domsec>)
  set_tests_properties(store_commands PROPERTIES TIMEOUT 240 LABELS store)
endif()
