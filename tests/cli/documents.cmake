# The documents that are made from the program, or must keep up with it, against the program itself.
#   cmake -DDOMSEC=<program> -DSOURCE=<repository> -P tests/cli/documents.cmake
execute_process(COMMAND ${DOMSEC} explain --markdown OUTPUT_FILE ${CMAKE_CURRENT_BINARY_DIR}/findings.got RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "domsec explain --markdown ended with ${code}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${CMAKE_CURRENT_BINARY_DIR}/findings.got ${SOURCE}/docs/findings.md
  RESULT_VARIABLE different)
if(different)
  message(FATAL_ERROR "docs/findings.md is not what the program says: domsec explain --markdown > docs/findings.md")
endif()
