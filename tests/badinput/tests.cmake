# Bad input of every kind against the built program: files, flags, DNS answers, hostile servers and hostile clients;
# hostile certificates and revocation lists.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  foreach(part sessions verification)
    add_test(NAME badinput_${part} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/run.py $<TARGET_FILE:domsec> ${part})
    set_tests_properties(badinput_${part} PROPERTIES TIMEOUT 660 LABELS badinput)
  endforeach()
endif()
