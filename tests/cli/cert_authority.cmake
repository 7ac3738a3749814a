# cert authority, cert sign and crl issue as a process, with openssl and certtool as second opinions.
if(Python3_Interpreter_FOUND)
  add_test(NAME cert_authority COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/cert_authority.py $<TARGET_FILE:domsec>)
  set_tests_properties(cert_authority PROPERTIES TIMEOUT 180)
  # cert sign and crl issue killed while they write.
  add_test(NAME authority_kills COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/authority_kills.py $<TARGET_FILE:domsec>)
  set_tests_properties(authority_kills PROPERTIES TIMEOUT 300 LABELS store)
endif()
