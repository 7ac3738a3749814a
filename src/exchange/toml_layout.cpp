// A walk over a text that is known to be TOML: nothing is checked again, whatever is unexpected ends the value.
#include "toml_layout.h"

#include <algorithm>

#include "shown_text.h"

namespace domsec::exchange {

namespace {

class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  std::vector<SectionPlace> sections() {
    std::vector<SectionPlace> all(1);
    while (skip_to_content()) {
      const std::size_t start = at_;
      const int line = line_;
      if (text_[at_] == '[') {
        all.push_back(header(start, line));
      } else {
        KeyPlace key = key_value(start, line);
        all.back().whole.end = key.whole.end;
        all.back().keys.push_back(std::move(key));
      }
    }
    return all;
  }

 private:
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }

  void step() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }

  void skip_comment() {
    while (!done() && text_[at_] != '\n') step();
  }

  void skip_blanks() {
    while (!done() && (text_[at_] == ' ' || text_[at_] == '\t')) step();
  }

  /// Over blanks, comments and line ends; false at the end of the text.
  bool skip_to_content() {
    while (!done()) {
      const char c = text_[at_];
      if (c == '#') {
        skip_comment();
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        step();
      } else {
        return true;
      }
    }
    return false;
  }

  /// To behind the line end.
  void finish_line() {
    skip_comment();
    if (!done()) step();
  }

  [[nodiscard]] std::size_t line_start(std::size_t at) const {
    const auto before = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
    return before == std::string_view::npos ? 0 : before + 1;
  }

  SectionPlace header(std::size_t start, int line) {
    while (!done() && text_[at_] == '[') step();
    const std::size_t name = at_;
    while (!done() && text_[at_] != ']' && text_[at_] != '\n') step();
    SectionPlace section{std::string(without_outer_blanks(text_.substr(name, at_ - name))), line, {}, {}};
    finish_line();
    section.whole = {line_start(start), at_};
    return section;
  }

  KeyPlace key_value(std::size_t start, int line) {
    while (!done() && text_[at_] != '=' && text_[at_] != '\n') {
      if (text_[at_] == '"' || text_[at_] == '\'') {
        string();
      } else {
        step();
      }
    }
    KeyPlace key{std::string(without_outer_blanks(text_.substr(start, at_ - start))), line, {}, {}, {}};
    if (!done()) step();
    skip_blanks();
    key.value.begin = at_;
    value(&key.elements);
    key.value.end = at_;
    finish_line();
    key.whole = {line_start(start), at_};
    return key;
  }

  /// A string of any of the four kinds.
  void string() {
    const char mark = text_[at_];
    const bool long_form = text_.substr(at_, 3) == std::string(3, mark);
    for (std::size_t i = 0; i < (long_form ? 3U : 1U) && !done(); ++i) step();
    while (!done()) {
      if (mark == '"' && text_[at_] == '\\') {
        step();
        if (!done()) step();
      } else if (text_[at_] != mark) {
        step();
      } else if (!long_form) {
        step();
        return;
      } else if (text_.substr(at_, 3) == std::string(3, mark)) {
        while (!done() && text_[at_] == mark) step();
        return;
      } else {
        step();
      }
    }
  }

  /// `elements` receives the values of a list, not of the lists in it.
  void value(std::vector<Span>* elements) {
    if (done()) return;
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      string();
    } else if (c == '[' || c == '{') {
      enclosed(c == '[' ? ']' : '}', c == '[' ? elements : nullptr);
    } else {
      while (!done() && std::string_view(",]}#\n\r").find(text_[at_]) == std::string_view::npos) step();
      while (text_[at_ - 1] == ' ' || text_[at_ - 1] == '\t') --at_;  // a bare value has no line end in it
    }
  }

  void enclosed(char closing, std::vector<Span>* elements) {
    step();
    while (skip_to_content() && text_[at_] != closing) {
      const std::size_t start = at_;
      if (text_[at_] == ',') {
        step();
      } else if (closing == '}' && text_[at_] == '=') {
        step();
      } else {
        value(nullptr);
        if (at_ == start) step();  // a key of an inline table, octet by octet
        if (elements != nullptr) elements->push_back({start, at_});
      }
    }
    if (!done()) step();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<SectionPlace> toml_layout(std::string_view text) { return Walk(text).sections(); }

}  // namespace domsec::exchange
