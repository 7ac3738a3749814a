# What is installed is whole, and so is the Debian package where its tools are at hand.
#   cmake -DBUILD=<build directory> -DCPACK=<cpack> -P tests/cli/package.cmake
cmake_minimum_required(VERSION 3.25)

function(check_tree root)
  foreach(file bin/domsec share/man/man1/domsec.1 share/doc/domsec/README.md share/doc/domsec/LICENSE
      share/doc/domsec/docs/guide.md share/doc/domsec/examples/lab.toml share/bash-completion/completions/domsec
      share/zsh/vendor-completions/_domsec share/fish/vendor_completions.d/domsec.fish)
    file(SIZE ${root}/${file} octets)
    if(octets EQUAL 0)
      message(SEND_ERROR "${file} is empty")
    endif()
  endforeach()
  execute_process(COMMAND ${root}/bin/domsec --version OUTPUT_VARIABLE version RESULT_VARIABLE code)
  if(NOT code EQUAL 0 OR NOT version MATCHES "^domsec [0-9]")
    message(SEND_ERROR "the installed program does not run: ${code} ${version}")
  endif()
endfunction()

set(place ${BUILD}/package-test)
file(REMOVE_RECURSE ${place})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${place}/prefix OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
check_tree(${place}/prefix)

find_program(shlibdeps dpkg-shlibdeps)
if(shlibdeps)
  execute_process(COMMAND ${CPACK} -G DEB --config ${BUILD}/CPackConfig.cmake -B ${place} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  file(GLOB package ${place}/domsec_*.deb)
  execute_process(COMMAND dpkg -x ${package} ${place}/root COMMAND_ERROR_IS_FATAL ANY)
  check_tree(${place}/root/usr)
  execute_process(COMMAND dpkg-deb -f ${package} Depends OUTPUT_VARIABLE depends)
  if(NOT depends MATCHES "libssl3")
    message(SEND_ERROR "the package does not depend on OpenSSL: ${depends}")
  endif()
endif()
file(REMOVE_RECURSE ${place})
