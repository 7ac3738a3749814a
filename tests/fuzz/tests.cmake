# Fuzz targets tests/fuzz/<name>_fuzz.cpp over the seeds in tests/fuzz/corpus/<name> and fixtures/<name>.
# Always: part of domsec_tests, where fuzz_test.cpp runs them over the seeds and fixed mutations of them.
# With DOMSEC_FUZZ=ON and clang: one libFuzzer program each, fuzz_<name>, with the readers' layers built under the sanitizers:
#   cmake -S . -B build/fuzz -DDOMSEC_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++ && cmake --build build/fuzz --target fuzz_reply
#   build/fuzz/tests/fuzz_reply -max_total_time=60 NEW_CORPUS tests/fuzz/corpus/reply   (shell: and fixtures/shell)
# libcrypto allocates a lot; ASAN_OPTIONS=quarantine_size_mb=16 keeps the targets round it at 100 MB.
set(domsec_fuzz_names reply command domain path data header dns_answer http_uri crl crl_signed name_match
  read_toml certificate bundle request ocsp export_json export_clixml shell)
# Readers that stand on the whole house: with the tests only.
set(domsec_mutated_names scenario recorded_session)
set(domsec_fuzz_directory ${CMAKE_CURRENT_LIST_DIR})

foreach(name IN LISTS domsec_fuzz_names domsec_mutated_names)
  set(source ${domsec_fuzz_directory}/${name}_fuzz.cpp)
  add_library(domsec_seeds_${name} OBJECT ${source})
  target_compile_definitions(domsec_seeds_${name} PRIVATE LLVMFuzzerTestOneInput=domsec_fuzz_${name})
  target_include_directories(domsec_seeds_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(domsec_seeds_${name} PRIVATE domsec_library domsec_warnings)
  target_link_libraries(domsec_tests PRIVATE domsec_seeds_${name})
endforeach()

if(DOMSEC_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "DOMSEC_FUZZ needs clang: -DCMAKE_CXX_COMPILER=clang++")
  endif()
  file(GLOB domsec_fuzzed_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/smtp/*.cpp
    ${PROJECT_SOURCE_DIR}/src/pki/*.cpp ${PROJECT_SOURCE_DIR}/src/finding/*.cpp ${PROJECT_SOURCE_DIR}/src/exchange/*.cpp
    ${PROJECT_SOURCE_DIR}/src/shell/*.cpp
    ${PROJECT_SOURCE_DIR}/src/net/dns_message*.cpp ${PROJECT_SOURCE_DIR}/src/net/dns_name.cpp ${PROJECT_SOURCE_DIR}/src/net/http_uri.cpp)
  add_library(domsec_fuzzed STATIC ${domsec_fuzzed_sources})
  target_include_directories(domsec_fuzzed PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/tests)
  target_compile_options(domsec_fuzzed PUBLIC -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
  target_link_options(domsec_fuzzed PUBLIC -fsanitize=address,undefined)
  target_link_libraries(domsec_fuzzed PUBLIC Boost::headers OpenSSL::Crypto OpenSSL::SSL
    tomlplusplus::tomlplusplus PkgConfig::idn2 PkgConfig::pugixml ${re2_LINK_LIBRARIES} domsec_warnings)
  if(DOMSEC_DIRECT_KEY_DECODING)  # as the library has it; the certificate target asks for it
    set_source_files_properties(${PROJECT_SOURCE_DIR}/src/pki/key_decoding.cpp
      PROPERTIES COMPILE_DEFINITIONS DOMSEC_DIRECT_KEY_DECODING)
  endif()
  foreach(name IN LISTS domsec_fuzz_names)
    add_executable(fuzz_${name} ${domsec_fuzz_directory}/${name}_fuzz.cpp)
    target_link_libraries(fuzz_${name} PRIVATE domsec_fuzzed)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endif()
