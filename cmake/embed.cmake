# Turns a text file into a C++ source with a string: cmake -DINPUT=f -DOUTPUT=g.cpp -DFUNCTION=ns::name -P embed.cmake
file(READ "${INPUT}" text)
string(REGEX REPLACE "::[^:]*$" "" namespace "${FUNCTION}")
string(REGEX REPLACE "^.*::" "" name "${FUNCTION}")
file(WRITE "${OUTPUT}" "#include <string_view>
namespace ${namespace} {
std::string_view ${name}();
std::string_view ${name}() {
  return R\"embedded(${text})embedded\";
}
}  // namespace ${namespace}
")
