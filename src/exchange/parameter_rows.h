// The rows of the parameter tables, one factory for each shape of member. `Member` is a pointer to the object's member;
// Sourced members keep their origin as well.
#pragma once

#include <algorithm>
#include <utility>

#include "configuration_values.h"
#include "domsec/exchange/organisation.h"
#include "domsec/exchange/parameter.h"
#include "parameter_values.h"
#include "shown_text.h"

namespace domsec::exchange {

template <typename Object>
Parameter<Object> flag(std::string name, bool Object::*member, Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::flag, effect};
  row.set = [name, member](Object& object, const Value& value, const Origin&) {
    object.*member = flag_of(name, value);
  };
  row.get = [member](const Object& object) { return Value{object.*member}; };
  return row;
}

template <typename Object>
Parameter<Object> flag(std::string name, Sourced<bool> Object::*member, Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::flag, effect};
  row.set = [name, member](Object& object, const Value& value, const Origin& origin) {
    object.*member = Sourced<bool>{flag_of(name, value), origin};
  };
  row.get = [member](const Object& object) { return Value{*(object.*member)}; };
  return row;
}

/// A text; empty is not set.
template <typename Object>
Parameter<Object> text(std::string name, std::string Object::*member, Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::text, effect};
  row.set = [name, member](Object& object, const Value& value, const Origin&) {
    object.*member = is_null(value) ? std::string() : text_of(name, value).text;
  };
  row.get = [member](const Object& object) {
    return (object.*member).empty() ? Value{} : text_value(object.*member);
  };
  return row;
}

/// Exchange's identities: 1 to 64 octets (spec exchange 3.2).
template <typename Object>
Parameter<Object> identity(std::string name, std::string Object::*member) {
  Parameter<Object> row{name, Kind::text};
  row.set = [name, member](Object& object, const Value& value, const Origin&) {
    const Written written = text_of(name, value);
    if (written.text.empty() || written.text.size() > 64) {
      refuse_at(value, name + " has " + std::to_string(written.text.size()) + " octets; write 1 to 64");
    }
    object.*member = written.text;
  };
  row.get = [member](const Object& object) { return text_value(object.*member); };
  return row;
}

/// A file or directory, relative to the file that holds it; empty is not set.
template <typename Object, typename Reach>
Parameter<Object> path(std::string name, Reach reach) {
  Parameter<Object> row{name, Kind::path};
  row.set = [name, reach](Object& object, const Value& value, const Origin& origin) {
    reach(object) = is_null(value) ? std::string() : resolved(text_of(name, value).text, origin);
  };
  row.get = [reach](const Object& object) {
    const std::string& path = reach(const_cast<Object&>(object));  // reach only names the member
    return path.empty() ? Value{} : text_value(path);
  };
  return row;
}

template <typename Object>
Parameter<Object> path(std::string name, std::string Object::*member) {
  return path<Object>(std::move(name), [member](Object& object) -> std::string& { return object.*member; });
}

template <typename Object>
Parameter<Object> paths(std::string name, std::vector<std::string> Object::*member) {
  Parameter<Object> row{name, Kind::paths};
  row.set = [name, member](Object& object, const Value& value, const Origin& origin) {
    std::vector<std::string> all;
    for (const Written& entry : list_of(name, value)) {
      if (entry.text.empty()) {
        throw ParameterError(name + ": a file name is empty; name the file or remove the entry", entry.line,
                             entry.column);
      }
      all.push_back(resolved(entry.text, origin));
    }
    object.*member = std::move(all);
  };
  row.get = [member](const Object& object) { return list_value(object.*member); };
  return row;
}

template <typename Object, typename Number>
Parameter<Object> number(std::string name, Number Object::*member, int least, int most,
                         Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::number, effect};
  row.set = [name, member, least, most](Object& object, const Value& value, const Origin&) {
    object.*member = static_cast<Number>(number_of(name, value, least, most));
  };
  row.get = [member](const Object& object) { return Value{static_cast<std::int64_t>(object.*member)}; };
  return row;
}

template <typename Object>
Parameter<Object> limit(std::string name, int Object::*member, int least, int most,
                        Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::limit, effect};
  row.set = [name, member, least, most](Object& object, const Value& value, const Origin&) {
    object.*member = limit_of(name, value, least, most);
  };
  row.get = [member](const Object& object) {
    if (object.*member == unlimited_number) return text_value("unlimited");
    return Value{static_cast<std::int64_t>(object.*member)};
  };
  return row;
}

/// `reach` gives the std::uint64_t of the object.
template <typename Object, typename Reach>
Parameter<Object> size_at(std::string name, Reach reach, std::uint64_t least, std::uint64_t most,
                          Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::size, effect};
  row.set = [name, reach, least, most](Object& object, const Value& value, const Origin&) {
    reach(object) = size_of(name, value, least, most);
  };
  row.get = [reach](const Object& object) { return text_value(size_text(reach(const_cast<Object&>(object)))); };
  return row;
}

template <typename Object>
Parameter<Object> size(std::string name, std::uint64_t Object::*member, std::uint64_t least, std::uint64_t most,
                       Effect effect = Effect::in_force) {
  const auto reach = [member](Object& object) -> std::uint64_t& { return object.*member; };
  return size_at<Object>(std::move(name), reach, least, most, effect);
}

template <typename Object>
Parameter<Object> time_span(std::string name, std::chrono::seconds Object::*member, std::chrono::seconds least,
                            std::chrono::seconds most, Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::time_span, effect};
  row.set = [name, member, least, most](Object& object, const Value& value, const Origin&) {
    object.*member = time_span_of(name, value, least, most);
  };
  row.get = [member](const Object& object) { return text_value(time_span_text(object.*member)); };
  return row;
}

/// The words of an enumeration with their values, in Exchange's order.
template <typename Enum>
using Words = std::vector<std::pair<std::string, Enum>>;

/// `A, B or C`
[[nodiscard]] std::string alternatives(const std::vector<std::string>& words);

/// One word. `what` completes "is not …": `a level`.
template <typename Object, typename Enum>
Parameter<Object> word(std::string name, Enum Object::*member, const Words<Enum>& words, std::string what,
                       Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::word, effect};
  for (const auto& [text, value] : words) row.words.push_back(text);
  const std::string expected = what + "; write " + alternatives(row.words);
  row.set = [name, member, words, expected](Object& object, const Value& value, const Origin&) {
    const Written written = text_of(name, value);
    for (const auto& [text, one] : words) {
      if (!same_word(text, written.text)) continue;
      object.*member = one;
      return;
    }
    refuse_value(name, written, expected);
  };
  row.get = [member, words](const Object& object) {
    for (const auto& [text, one] : words) {
      if (one == object.*member) return text_value(text);
    }
    return Value{};
  };
  return row;
}

/// One word or nothing; Null and an empty text empty it.
template <typename Object, typename Enum>
Parameter<Object> word(std::string name, std::optional<Enum> Object::*member, const Words<Enum>& words,
                       std::string what, Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::word, effect};
  for (const auto& [text, value] : words) row.words.push_back(text);
  const std::string expected = what + "; write " + alternatives(row.words);
  row.set = [name, member, words, expected](Object& object, const Value& value, const Origin&) {
    if (is_null(value)) {
      object.*member = std::nullopt;
      return;
    }
    const Written written = text_of(name, value);
    for (const auto& [text, one] : words) {
      if (!same_word(text, written.text)) continue;
      object.*member = one;
      return;
    }
    refuse_value(name, written, expected);
  };
  row.get = [member, words](const Object& object) {
    for (const auto& [text, one] : words) {
      if (object.*member && one == *(object.*member)) return text_value(text);
    }
    return Value{};
  };
  return row;
}

/// Words that are kept as texts.
template <typename Object>
Parameter<Object> one_of(std::string name, std::string Object::*member, const std::vector<std::string>& words,
                         std::string what) {
  Words<std::string> pairs;
  for (const std::string& one : words) pairs.emplace_back(one, one);
  return word<Object, std::string>(std::move(name), member, pairs, std::move(what));
}

/// A value with a notation of its own, or nothing. `parse`: text -> optional<Value>; `write`: value -> text.
template <typename Object, typename Held, typename Parse, typename Write>
Parameter<Object> notation(std::string name, std::optional<Held> Object::*member, Parse parse, Write write,
                           std::string expected, Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::text, effect};
  row.set = [name, member, parse, expected](Object& object, const Value& value, const Origin&) {
    if (is_null(value)) {
      object.*member = std::nullopt;
      return;
    }
    const Written written = text_of(name, value);
    auto held = parse(std::string_view(written.text));
    if (!held) refuse_value(name, written, expected);
    object.*member = *std::move(held);
  };
  row.get = [member, write](const Object& object) {
    return object.*member ? text_value(write(*(object.*member))) : Value{};
  };
  return row;
}

/// A list of values with a notation of their own.
template <typename Object, typename Held, typename Parse, typename Write>
Parameter<Object> list(std::string name, std::vector<Held> Object::*member, Parse parse, Write write,
                       std::string expected, Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::list, effect};
  row.set = [name, member, parse, expected](Object& object, const Value& value, const Origin&) {
    std::vector<Held> all;
    for (const Written& entry : list_of(name, value)) {
      auto held = parse(std::string_view(entry.text));
      if (!held) refuse_value(name, entry, expected);
      all.push_back(*std::move(held));
    }
    object.*member = std::move(all);
  };
  row.get = [member, write](const Object& object) {
    std::vector<std::string> texts;
    for (const Held& held : object.*member) texts.push_back(write(held));
    return list_value(texts);
  };
  return row;
}

/// A list of texts that `good` accepts.
template <typename Object, typename Good>
Parameter<Object> texts(std::string name, std::vector<std::string> Object::*member, Good good, std::string expected,
                        Effect effect = Effect::in_force) {
  const auto parse = [good](std::string_view text) {
    return good(std::string(text)) ? std::optional<std::string>(text) : std::nullopt;
  };
  const auto as_it_is = [](const std::string& text) { return text; };
  return list<Object, std::string>(std::move(name), member, parse, as_it_is, std::move(expected), effect);
}

/// A set of words, kept as texts; a single text is cut at its commas.
template <typename Object>
Parameter<Object> set_of_words(std::string name, std::vector<std::string> Object::*member,
                               std::vector<std::string> words, std::string what, Effect effect = Effect::in_force) {
  Parameter<Object> row{name, Kind::words, effect, words};
  const std::string expected = what + "; write " + alternatives(words);
  row.set = [name, member, words, expected](Object& object, const Value& value, const Origin&) {
    std::vector<std::string> all;
    for (const Written& entry : set_of(name, value)) {
      const auto found = std::find_if(words.begin(), words.end(),
                                      [&entry](const std::string& one) { return same_word(one, entry.text); });
      if (found == words.end()) refuse_value(name, entry, expected);
      all.push_back(*found);
    }
    object.*member = std::move(all);
  };
  row.get = [member](const Object& object) { return list_value(object.*member); };
  return row;
}

[[nodiscard]] std::string domain_text(const smtp::Domain& domain);
[[nodiscard]] std::string domain_with_subdomains_text(const SmtpDomainWithSubdomains& domain);

constexpr std::string_view a_domain_name = "a domain name; write a name such as mail.contoso.com";
constexpr std::string_view a_certificate_name = "a certificate name; write <I>issuer<S>subject";
constexpr std::string_view a_domain_or_more = "a domain; write contoso.com, or *.contoso.com for it and its sub-domains";
constexpr std::string_view a_host =
    "a host; write a name such as relay.contoso.com or an address such as [192.0.2.1]";

template <typename Object>
Parameter<Object> domain(std::string name, std::optional<smtp::Domain> Object::*member) {
  return notation<Object, smtp::Domain>(std::move(name), member, smtp::Domain::parse, domain_text,
                                        std::string(a_domain_name));
}

template <typename Object>
Parameter<Object> domain_or_more(std::string name, std::optional<SmtpDomainWithSubdomains> Object::*member) {
  return notation<Object, SmtpDomainWithSubdomains>(std::move(name), member, read_domain_with_subdomains,
                                                    domain_with_subdomains_text, std::string(a_domain_or_more));
}

template <typename Object>
Parameter<Object> certificate_name(std::string name, std::optional<TlsCertificateName> Object::*member) {
  const auto write = [](const TlsCertificateName& held) { return held.text(); };
  return notation<Object, TlsCertificateName>(std::move(name), member, read_tls_certificate_name, write,
                                              std::string(a_certificate_name));
}

[[nodiscard]] const Words<TlsAuthLevel>& tls_auth_levels();
[[nodiscard]] const Words<ProtocolLoggingLevel>& protocol_logging_levels();
[[nodiscard]] const Words<Usage>& usages();

/// An entry of AddressSpaces, SenderDomains or RecipientDomains; the spellings that are near a right one get a remedy of
/// their own (spec exchange 2.5). Throws ParameterError.
[[nodiscard]] AddressSpace address_space_of(std::string_view name, const Written& entry);

template <typename Object>
Parameter<Object> address_spaces(std::string name, std::vector<AddressSpace> Object::*member) {
  Parameter<Object> row{name, Kind::list};
  row.set = [name, member](Object& object, const Value& value, const Origin&) {
    std::vector<AddressSpace> all;
    for (const Written& entry : list_of(name, value)) all.push_back(address_space_of(name, entry));
    object.*member = std::move(all);
  };
  row.get = [member](const Object& object) {
    std::vector<std::string> texts;
    for (const AddressSpace& space : object.*member) texts.push_back(space.text);
    return list_value(texts);
  };
  return row;
}

}  // namespace domsec::exchange
