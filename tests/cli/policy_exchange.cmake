# `domsec policy import|export` as their user meets them.
if(Python3_Interpreter_FOUND)
  add_test(NAME policy_exchange COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/policy_exchange.py
    $<TARGET_FILE:domsec> ${PROJECT_SOURCE_DIR}/fixtures/exchange)
  set_tests_properties(policy_exchange PROPERTIES TIMEOUT 300)
endif()
