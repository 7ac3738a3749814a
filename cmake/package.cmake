# What is installed, and the Debian package:   cmake --install <build>   or   cd <build> && cpack -G DEB
include(GNUInstallDirs)

install(FILES docs/domsec.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)   # Debian policy 12.5
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
install(FILES certs/lab.toml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(DIRECTORY faults DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples FILES_MATCHING PATTERN "*.toml")

# The program writes its own completion scripts, so that they know the flags that it has.
set(completions ${PROJECT_BINARY_DIR}/completions)
install(CODE "
  file(MAKE_DIRECTORY \"${completions}\")
  foreach(shell bash zsh fish)
    execute_process(COMMAND \"$<TARGET_FILE:domsec>\" completion \${shell} OUTPUT_FILE \"${completions}/domsec.\${shell}\"
      COMMAND_ERROR_IS_FATAL ANY)
  endforeach()")
install(FILES ${completions}/domsec.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME domsec)
install(FILES ${completions}/domsec.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _domsec)
install(FILES ${completions}/domsec.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME domsec)
set(CPACK_PACKAGE_VENDOR "The domsec authors")
set(CPACK_PACKAGE_CONTACT "The domsec authors <maintainers@domsec.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "domsec plays either end of a mutual-TLS mail session for real, examines name, certification path and
revocation of its peer, and says who refuses whom, and why. A lab with two organisations comes with it.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Trusted roots where the configuration names none.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
include(CPack)
