# The main job: mail both ways and every fault in both roles, each held to what is expected.
add_test(NAME lab_demo COMMAND domsec lab demo --state ${CMAKE_CURRENT_BINARY_DIR}/lab-demo)
set_tests_properties(lab_demo PROPERTIES TIMEOUT 300 LABELS lab)
# The same lab as a process of its own, asked by other commands.
add_test(NAME lab_commands COMMAND ${CMAKE_COMMAND} -DDOMSEC=$<TARGET_FILE:domsec> -DSTATE=${CMAKE_CURRENT_BINARY_DIR}/lab-commands
  -P ${CMAKE_CURRENT_LIST_DIR}/commands.cmake)
set_tests_properties(lab_commands PROPERTIES TIMEOUT 300 LABELS lab)
