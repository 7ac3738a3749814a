# The queue: its courier inside the test binary, on a virtual clock; the commands against a real server; and killed.
target_sources(domsec_tests PRIVATE ${PROJECT_SOURCE_DIR}/src/cli/queue_courier.cpp ${PROJECT_SOURCE_DIR}/src/cli/queue_json.cpp)
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  add_test(NAME queue_commands COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/queue_commands.py $<TARGET_FILE:domsec>)
  set_tests_properties(queue_commands PROPERTIES TIMEOUT 300)
  add_test(NAME queue_kills COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/queue_kills.py $<TARGET_FILE:domsec>)
  set_tests_properties(queue_kills PROPERTIES TIMEOUT 240 LABELS store)
endif()
