# domsec shell as a process.
if(Python3_Interpreter_FOUND)
  add_test(NAME shell COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/shell.py $<TARGET_FILE:domsec> ${PROJECT_SOURCE_DIR})
  set_tests_properties(shell PROPERTIES TIMEOUT 300 ENVIRONMENT
    "ASAN_OPTIONS=fast_unwind_on_malloc=0;LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_LIST_DIR}/libedit.supp:print_suppressions=0")
endif()
# Every command of the document about domain security as it is printed, then mail both ways.
if(Python3_Interpreter_FOUND)
  add_test(NAME domain_security COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/domain_security.py
    $<TARGET_FILE:domsec> ${PROJECT_SOURCE_DIR})
  set_tests_properties(domain_security PROPERTIES TIMEOUT 300)
endif()
