# The kept test reports under the schemas and the parser of those who read them: what cannot be had is a printed
# SKIP. Alone: tests/report/schema_check.py build/schemas
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  add_test(NAME report_schemas
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/schema_check.py ${PROJECT_SOURCE_DIR}/build/schemas)
  set_tests_properties(report_schemas PROPERTIES LABELS once TIMEOUT 300 SKIP_RETURN_CODE 77)
endif()
