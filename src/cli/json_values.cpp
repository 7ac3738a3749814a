#include "json_values.h"

#include <boost/json.hpp>

namespace domsec::cli {

namespace json = boost::json;

json::value origin_json(const exchange::Origin& origin) {
  if (origin.file.empty()) return nullptr;
  return json::object{{"file", origin.file}, {"line", origin.line}};
}

json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

}  // namespace domsec::cli
