#include "parameter_values.h"

#include <utility>

namespace domsec::shell {
namespace {

exchange::Value entry_of(const Value& value) {
  exchange::Value out;
  if (value.number())
    out.value = *value.number();
  else if (value.truth())
    out.value = *value.truth();
  else
    out.value = text_of(value);
  return out;
}

/// `10485760` written as a word is octets; `10MB` and `unlimited` stay text.
exchange::Value amount_of(const Value& value) {
  const std::string text = text_of(value);
  exchange::Value out;
  const bool digits =
      !text.empty() && text.size() < 18 && text.find_first_not_of("0123456789") == std::string::npos;
  if (digits)
    out.value = *read_whole_number(text);
  else
    out.value = text;
  return out;
}

}  // namespace

exchange::Value to_exchange(const Value& value, exchange::Kind kind) {
  exchange::Value out;
  if (value.is_null()) return out;
  if (kind == exchange::Kind::words && value.list() && !value.list()->empty()) {
    std::string words;  // `Tls,BasicAuth` and `"Tls, BasicAuth"` are the same set
    for (const Value& entry : *value.list()) words += (words.empty() ? "" : ", ") + text_of(entry);
    out.value = std::move(words);
    return out;
  }
  if (const List* list = value.list()) {
    exchange::ValueList entries;
    for (const Value& entry : *list) entries.push_back(entry_of(entry));
    out.value = std::move(entries);
    return out;
  }
  switch (kind) {
    case exchange::Kind::number:
    case exchange::Kind::limit:
    case exchange::Kind::size:
      return amount_of(value);
    case exchange::Kind::flag:
    case exchange::Kind::text:
    case exchange::Kind::word:
    case exchange::Kind::words:
    case exchange::Kind::time_span:
    case exchange::Kind::list:
    case exchange::Kind::path:
    case exchange::Kind::paths:
      return entry_of(value);
  }
  return out;
}

Value from_exchange(const exchange::Value& value, exchange::Kind kind) {
  struct Reader {
    exchange::Kind kind;
    Value operator()(const exchange::Null&) const { return {}; }
    Value operator()(const std::string& text) const {
      const auto span = kind == exchange::Kind::time_span ? read_time_span(text) : std::nullopt;
      return span ? Value(*span) : Value(text);
    }
    Value operator()(std::int64_t number) const { return number; }
    Value operator()(bool flag) const { return flag; }
    Value operator()(const exchange::OtherType&) const { return {}; }  // no parameter gives one
    Value operator()(const exchange::ValueList& list) const {
      List entries;
      for (const exchange::Value& entry : list) entries.push_back(from_exchange(entry, exchange::Kind::text));
      return entries;
    }
    Value operator()(const exchange::ValueTable&) const { return {}; }  // no parameter gives one
  };
  return std::visit(Reader{kind}, value.value);
}

ParameterKind kind_of(exchange::Kind kind) {
  switch (kind) {
    case exchange::Kind::flag:
      return ParameterKind::truth;
    case exchange::Kind::words:
      return ParameterKind::texts;
    case exchange::Kind::list:
    case exchange::Kind::paths:
      return ParameterKind::edits;
    case exchange::Kind::text:
    case exchange::Kind::word:
    case exchange::Kind::number:
    case exchange::Kind::limit:
    case exchange::Kind::size:
    case exchange::Kind::time_span:
    case exchange::Kind::path:
      return ParameterKind::text;
  }
  return ParameterKind::text;
}

}  // namespace domsec::shell
