// The place of an exported value is one where such a value can begin.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "domsec/exchange/exported_object.h"
#include "fuzz/property.h"

/// Each object and each property's value begins with one of the signs that JSON and CLIXML begin a value
/// with.
class ExportedPlaces {
 public:
  explicit ExportedPlaces(const domsec::exchange::ExportedText& text) : text_(text) {
    lines_.push_back(0);
    for (std::size_t at = 0; at < text.text().size(); ++at) {
      if (text.text()[at] == '\n') lines_.push_back(at + 1);
    }
  }

  void check(const domsec::exchange::ExportedObject& object) {
    if (!seen_.insert(&object).second) return;
    check(object.place);
    for (const domsec::exchange::ExportedProperty& property : object.properties) {
      check(property.place);
      check(property.value);
    }
    if (object.items) check(domsec::exchange::ExportedValue{*object.items, object.place});
  }

 private:
  void check(const domsec::exchange::ExportedValue& value) {
    check(value.place);
    if (const auto* list = std::get_if<domsec::exchange::ExportedList>(&value.value)) {
      for (const domsec::exchange::ExportedValue& item : *list) check(item);
    }
    const auto* object = std::get_if<std::shared_ptr<const domsec::exchange::ExportedObject>>(&value.value);
    if (object != nullptr) check(**object);
  }

  void check(domsec::exchange::Place place) const {
    property(place.line >= 1 && static_cast<std::size_t>(place.line) <= lines_.size(),
             "the line is in the text");
    std::size_t at = lines_[static_cast<std::size_t>(place.line) - 1];
    for (int column = 1; column < place.column; ++column) {
      do {
        ++at;
      } while (at < text_.text().size() && (static_cast<unsigned char>(text_.text()[at]) & 0xc0U) == 0x80U);
    }
    property(at < text_.text().size(), "the column is in the text");
    property(std::string_view("<{[\"tfn-0123456789").find(text_.text()[at]) != std::string_view::npos,
             "a value begins there");
  }

  const domsec::exchange::ExportedText& text_;
  std::vector<std::size_t> lines_;
  std::set<const domsec::exchange::ExportedObject*> seen_;
};

inline void check_places(
    const domsec::exchange::ExportedText& text,
    const std::vector<std::shared_ptr<const domsec::exchange::ExportedObject>>& objects) {
  ExportedPlaces places(text);
  for (const auto& object : objects) places.check(*object);
}
