# Reads the scripts of fixtures/shell.
set_source_files_properties(shell/syntax_test.cpp shell/connector_cmdlets_test.cpp
  PROPERTIES COMPILE_DEFINITIONS DOMSEC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
