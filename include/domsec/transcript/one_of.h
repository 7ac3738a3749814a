// One of several kinds of facts. A kind that is larger than most lies on the heap, unchangeable and shared by
// copies: an event takes what the common ones need, and the transcript of an idle session stays small.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace domsec::transcript {

template <typename... Kinds>
class OneOf {
 public:
  template <typename T>
    requires(std::same_as<T, Kinds> || ...)
  OneOf(T facts) : stored_(keep(std::move(facts))) {}

  /// Null when it is of another kind.
  template <typename T>
  [[nodiscard]] const T* as() const {
    const Stored<T>* const stored = std::get_if<Stored<T>>(&stored_);
    return stored != nullptr ? &facts(*stored) : nullptr;
  }
  template <typename T>
  [[nodiscard]] bool is() const { return std::holds_alternative<Stored<T>>(stored_); }
  template <typename Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit([&](const auto& stored) -> decltype(auto) { return visitor(facts(stored)); }, stored_);
  }

 private:
  static constexpr std::size_t largest_in_place = 64;
  template <typename T>
  using Stored = std::conditional_t<(sizeof(T) > largest_in_place), std::shared_ptr<const T>, T>;

  template <typename T>
  static Stored<T> keep(T facts) {
    if constexpr (std::same_as<Stored<T>, T>) return facts;
    else return std::make_shared<const T>(std::move(facts));
  }
  template <typename T>
  static const T& facts(const T& stored) { return stored; }
  template <typename T>
  static const T& facts(const std::shared_ptr<const T>& stored) { return *stored; }

  std::variant<Stored<Kinds>...> stored_;
};

}  // namespace domsec::transcript
