# The main job: mail both ways and every fault in both roles, each held to what is expected.
add_test(NAME lab_demo COMMAND domsec lab demo --state ${CMAKE_CURRENT_BINARY_DIR}/lab-demo)
set_tests_properties(lab_demo PROPERTIES TIMEOUT 120 LABELS lab)
