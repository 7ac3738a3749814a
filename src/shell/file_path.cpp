#include "domsec/shell/file_path.h"

#include <algorithm>

#include "domsec/shell/host.h"

namespace domsec::shell {
namespace {

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool has_drive(std::string_view path) {
  return path.size() >= 2 && letter(path[0]) && path[1] == ':';
}

bool fit(std::string_view part) {
  return part != ".." && std::none_of(part.begin(), part.end(), [](char c) {
           return c == ':' || (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
         });
}

}  // namespace

bool is_windows_path(std::string_view path) {
  return has_drive(path) || path.find('\\') != std::string_view::npos;
}

std::string below_root(std::string_view path) {
  const std::string whole(path);
  if (has_drive(path)) path.remove_prefix(2);
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find_first_of("/\\"), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (!fit(part))
      throw HostError("'" + whole.substr(0, 200) +
                      "' leads out of the directory of --root; name a file below it");
    out += (out.empty() ? "" : "/") + std::string(part);
  }
  if (out.empty()) throw HostError("'" + whole.substr(0, 200) + "' names no file");
  return out;
}

}  // namespace domsec::shell
