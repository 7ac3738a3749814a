// What a path of a script means below the directory that `domsec shell --root DIR` gives:
//   C:\Certificates\mail1.req   DIR/Certificates/mail1.req     the drive's letter counts for nothing
//   \\server\share\mail1.req    DIR/server/share/mail1.req
//   Certificates\mail1.req, /Certificates/mail1.req            DIR/Certificates/mail1.req
// `..` and what Windows keeps for itself (a colon behind the drive, control characters) is refused, so that
// nothing leads out of DIR; whoever opens the file sees to it that no symbolic link does.
#pragma once

#include <string>
#include <string_view>

namespace domsec::shell {

/// Relative to the root, with `/`. Throws HostError.
[[nodiscard]] std::string below_root(std::string_view path);
/// Has a drive or a backslash: no path of this system.
[[nodiscard]] bool is_windows_path(std::string_view path);

}  // namespace domsec::shell
