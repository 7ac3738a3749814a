# `domsec run` over fixtures/ and over files of its own, `repro --from`.
if(Python3_Interpreter_FOUND)
  add_test(NAME scenarios COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/scenarios.py $<TARGET_FILE:domsec>
                                  ${PROJECT_SOURCE_DIR})
  # Once: under the sanitizers EveryFault has met the same faults.
  set_tests_properties(scenarios PROPERTIES TIMEOUT 600 LABELS once)
endif()
