#include "domsec/exchange/value.h"

#include <algorithm>

namespace domsec::exchange {

namespace {

struct Same {
  bool operator()(const Null&, const Null&) const { return true; }
  bool operator()(const OtherType& a, const OtherType& b) const { return a.name == b.name; }
  bool operator()(const ValueList& a, const ValueList& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
  }
  bool operator()(const ValueTable& a, const ValueTable& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const NamedValue& x, const NamedValue& y) { return x.name == y.name && same(x.value, y.value); });
  }
  template <typename T>
  bool operator()(const T& a, const T& b) const { return a == b; }
  template <typename T, typename U>
  bool operator()(const T&, const U&) const { return false; }
};

struct TypeName {
  std::string operator()(const Null&) const { return "empty"; }
  std::string operator()(const std::string&) const { return "a text"; }
  std::string operator()(std::int64_t) const { return "a number"; }
  std::string operator()(bool) const { return "true or false"; }
  std::string operator()(const OtherType& other) const { return other.name; }
  std::string operator()(const ValueList&) const { return "a list"; }
  std::string operator()(const ValueTable&) const { return "a section"; }
};

}  // namespace

bool same(const Value& a, const Value& b) { return std::visit(Same{}, a.value, b.value); }

std::string type_name(const Value& value) { return std::visit(TypeName{}, value.value); }

}  // namespace domsec::exchange
