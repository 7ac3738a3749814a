// The look of the HTML test report: light and dark after the reader's system, one column that fits 360
// pixels.
#pragma once

#include <string_view>

namespace domsec::report {

[[nodiscard]] std::string_view page_style();

}  // namespace domsec::report
