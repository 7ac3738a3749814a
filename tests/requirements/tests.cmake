# Each requirement and each rule names the tests that prove it, and those exist.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  add_test(NAME requirements COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/check.py ${PROJECT_SOURCE_DIR})
endif()
