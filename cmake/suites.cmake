# Makes one ctest test of each gtest suite, so that a run starts about a hundred programs and not one for each test.
# domsec_discover_suites(TARGET) asks the built program for its suites; as a script (-P) it writes what ctest includes.
if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "(^|\n)[A-Za-z0-9_/]+[.]" suites "${listed}")  # its tests are indented
  set(script "")
  foreach(suite IN LISTS suites)
    string(STRIP "${suite}" suite)
    string(REGEX REPLACE "[.]$" "" name "${suite}")
    string(APPEND script "add_test([=[${name}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${suite}*]=])\n"
      "set_tests_properties([=[${name}]=] PROPERTIES TIMEOUT 300)\n")
  endforeach()
  file(WRITE "${OUTPUT}" "${script}")
  return()
endif()

set(domsec_suites_script ${CMAKE_CURRENT_LIST_FILE})
function(domsec_discover_suites target)
  set(listed ${CMAKE_CURRENT_BINARY_DIR}/${target}_suites.cmake)
  if(NOT EXISTS ${listed})
    file(WRITE ${listed} "add_test(${target}_NOT_BUILT ${target}_NOT_BUILT)\n")
  endif()
  add_custom_command(TARGET ${target} POST_BUILD BYPRODUCTS ${listed}
    COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:${target}> -DOUTPUT=${listed} -P ${domsec_suites_script})
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${listed})
endfunction()
