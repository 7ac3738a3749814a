// The value of an exported property as a parameter of its kind takes it. Exports write one value in several
// shapes: an enumeration as its words or its number, a size as `36 MB (37,748,736 bytes)`, a time span as
// `00:10:00`, as `PT10M` or as an object with Ticks, a limit as an object with IsUnlimited. Numbers of
// enumerations are those that published exports show beside the words (spec exchange 3.1); others are not
// understood rather than guessed.
#include "import_values.h"

#include <algorithm>
#include <charconv>

#include "configuration_values.h"
#include "domsec/pki/instant.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

using Object = std::shared_ptr<const ExportedObject>;
using std::chrono::seconds;

Value at(const ExportedValue& from, decltype(Value::value) value) {
  return {std::move(value), from.place.line, from.place.column};
}

/// A value as it is, for the parameter to take or to refuse.
Value plain(const ExportedValue& from) {
  struct Plain {
    decltype(Value::value) operator()(std::monostate) const { return Null{}; }
    decltype(Value::value) operator()(bool truth) const { return truth; }
    decltype(Value::value) operator()(std::int64_t number) const { return number; }
    decltype(Value::value) operator()(double) const { return OtherType{"a fraction"}; }
    decltype(Value::value) operator()(const std::string& text) const { return text; }
    decltype(Value::value) operator()(const Octets&) const { return OtherType{"octets"}; }
    decltype(Value::value) operator()(const Unreadable&) const { return OtherType{"unreadable"}; }
    decltype(Value::value) operator()(const ExportedList& list) const {
      ValueList out;
      for (const ExportedValue& item : list) out.push_back(plain(item));
      return out;
    }
    decltype(Value::value) operator()(const Object&) const { return OtherType{"an object"}; }
  };
  return at(from, std::visit(Plain{}, from.value));
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(out)
                                                                                   : std::nullopt;
}

/// A place where ConvertTo-Json stopped: it prints what it does not enter.
bool is_cut_off(std::string_view text) {
  return (text.starts_with("@{") && text.ends_with('}')) || text.starts_with("System.") ||
         text.starts_with("Microsoft.Exchange.") || text.starts_with("Deserialized.");
}

constexpr std::string_view cut_off = "the export ends at this depth; export again with -Depth 4";
constexpr std::string_view no_value =
    "the export holds no value of this object; export again with Export-Clixml";

Understood because(std::string_view why) {
  return {std::nullopt, std::string(why)};
}

/// The printed text of a value that is one; why not, otherwise.
Understood one_text(const ExportedValue& value) {
  const std::optional<std::string> text = printed(value);
  if (!text)
    return std::holds_alternative<Object>(value.value) ? because(no_value) : Understood{plain(value), {}};
  if (is_cut_off(*text)) return because(cut_off);
  return {at(value, *text), {}};
}

/// A list of printed texts; one value is a list of one.
Understood texts_of(const ExportedValue& value) {
  if (std::holds_alternative<std::monostate>(value.value)) return {at(value, ValueList{}), {}};
  const ExportedList* items = items_of(value);
  ExportedList single;
  if (items == nullptr) {
    single.push_back(value);
    items = &single;
  }
  ValueList out;
  for (const ExportedValue& item : *items) {
    Understood entry = one_text(item);
    if (!entry.value) return entry;
    out.push_back(*std::move(entry.value));
  }
  return {at(value, std::move(out)), {}};
}

struct Enumeration {
  std::string_view object;  // empty: any
  std::string_view parameter;
  bool set = false;  // the numbers are bits
  std::vector<std::pair<std::int64_t, std::string_view>> words{};
};

const std::vector<Enumeration>& enumerations() {
  static const std::vector<Enumeration> all{
      {"", "ProtocolLoggingLevel", false, {{0, "None"}, {1, "Verbose"}}},
      {"",
       "TlsAuthLevel",
       false,
       {{1, "EncryptionOnly"}, {2, "CertificateValidation"}, {3, "DomainValidation"}}},
      {"", "SizeEnabled", false, {{0, "Disabled"}, {1, "Enabled"}, {2, "EnabledWithoutValue"}}},
      {"", "ExtendedProtectionPolicy", false, {{0, "None"}, {1, "Allow"}, {2, "Require"}}},
      {"", "MessageRateSource", false, {{0, "None"}, {1, "IPAddress"}, {2, "User"}, {3, "All"}}},
      {"", "TransportRole", false, {{32, "HubTransport"}, {16384, "FrontendTransport"}}},
      {"", "SmartHostAuthMechanism", false, {{0, "None"}}},
      {"", "ErrorPolicies", false, {{0, "Default"}}},
      {"SendConnector", "ConnectorType", false, {{0, "Default"}, {1, "XPremises"}}},
      {"",
       "AuthMechanism",
       true,
       {{0, "None"},
        {1, "Tls"},
        {2, "Integrated"},
        {4, "BasicAuth"},
        {8, "BasicAuthRequireTLS"},
        {16, "ExchangeServer"},
        {32, "ExternalAuthoritative"}}},
      {"",
       "PermissionGroups",
       true,
       {{0, "None"},
        {1, "AnonymousUsers"},
        {2, "ExchangeUsers"},
        {4, "ExchangeServers"},
        {8, "ExchangeLegacyServers"},
        {16, "Partners"}}},
  };
  return all;
}

/// `Tls, Integrated`; nothing when a part of the number is not known.
std::optional<std::string> words_of(const Enumeration& enumeration, std::int64_t number) {
  std::string out;
  std::int64_t rest = number;
  for (const auto& [bits, word] : enumeration.words) {
    if (bits == number) return std::string(word);
    if (!enumeration.set || bits == 0 || (number & bits) != bits) continue;
    out += (out.empty() ? "" : ", ") + std::string(word);
    rest &= ~bits;
  }
  return enumeration.set && rest == 0 && number > 0 ? std::optional(out) : std::nullopt;
}

Understood of_words(const ImportedParameter& parameter, const ExportedValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value.value);
  if (number == nullptr) {
    return items_of(value) == nullptr ? one_text(value) : texts_of(value);
  }
  for (const Enumeration& enumeration : enumerations()) {
    const bool meant = same_word(enumeration.parameter, parameter.name) &&
                       (enumeration.object.empty() || enumeration.object == parameter.object);
    if (!meant) continue;
    if (const auto words = words_of(enumeration, *number)) return {at(value, *words), {}};
  }
  return because(
      "the word behind this number is not published; export again with Export-Clixml, or with "
      "ConvertTo-Json -EnumsAsStrings");
}

Understood of_flag(const ExportedValue& value) {
  const auto* object = std::get_if<Object>(&value.value);
  if (object != nullptr) {  // SwitchParameter
    const ExportedProperty* present = (*object)->find("IsPresent");
    return present == nullptr ? because(no_value) : of_flag(present->value);
  }
  const auto* text = std::get_if<std::string>(&value.value);
  if (text != nullptr && (same_word(*text, "True") || same_word(*text, "False"))) {
    return {at(value, same_word(*text, "True")), {}};
  }
  return {plain(value), {}};
}

using Read = Understood (*)(const ExportedValue&);

/// `{"IsUnlimited": false, "Value": …}`
Understood of_unlimited(const ExportedValue& value, Read read) {
  const auto* object = std::get_if<Object>(&value.value);
  const ExportedProperty* flag = object == nullptr ? nullptr : (*object)->find("IsUnlimited");
  if (flag == nullptr) return read(value);
  const bool* unlimited = std::get_if<bool>(&flag->value.value);
  if (unlimited != nullptr && *unlimited) return {at(value, std::string("unlimited")), {}};
  const ExportedProperty* inner = (*object)->find("Value");
  if (inner != nullptr) return read(inner->value);
  return (*object)->text.empty() ? because(no_value) : read({(*object)->text, value.place});
}

Understood of_number(const ExportedValue& value) {
  const auto text = printed(value);
  if (!text)
    return std::holds_alternative<Object>(value.value) ? because(no_value) : Understood{plain(value), {}};
  if (same_word(*text, "unlimited")) return {at(value, std::string("unlimited")), {}};
  const bool a_number =
      std::holds_alternative<std::string>(value.value) || std::holds_alternative<Object>(value.value);
  if (const auto read = number(*text); a_number && read) return {at(value, *read), {}};
  return {plain(value), {}};
}

/// ByteQuantifiedSize prints `36 MB (37,748,736 bytes)`; the mark between the digits is the server's.
Understood of_size(const ExportedValue& value) {
  const bool prints =
      std::holds_alternative<std::string>(value.value) || std::holds_alternative<Object>(value.value);
  if (!prints) return {plain(value), {}};
  Understood text = one_text(value);
  if (!text.value) return text;
  const std::string& written = std::get<std::string>(text.value->value);
  const std::size_t open = written.find('(');
  if (open == std::string::npos) return text;
  std::string digits;
  for (const char c : written.substr(open)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const auto octets = number(digits);
  return octets ? Understood{at(value, *octets), {}} : text;
}

/// `PT10M`, `P1DT2H3M4S`: XML Schema's duration without years and months.
std::optional<std::int64_t> ticks_of_duration(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  constexpr std::int64_t second = 10'000'000;
  std::int64_t out = 0;
  bool time = false;
  for (std::size_t i = 1; i < text.size();) {
    if (text[i] == 'T') {
      time = true;
      ++i;
      continue;
    }
    const std::size_t end = text.find_first_not_of("0123456789", i);
    const auto count = end == std::string_view::npos ? std::nullopt : number(text.substr(i, end - i));
    if (!count || *count > 1'000'000'000) return std::nullopt;
    const char unit = text[end];
    const std::int64_t length = !time && unit == 'D'  ? 86400
                                : time && unit == 'H' ? 3600
                                : time && unit == 'M' ? 60
                                : time && unit == 'S' ? 1
                                                      : 0;
    if (length == 0) return std::nullopt;  // fractions of a second, too: no parameter has them
    out += *count * length * second;
    i = end + 1;
  }
  return out;
}

/// `00:10:00.0000000` without its zeros.
std::string_view without_fraction(std::string_view text) {
  const std::size_t point = text.rfind('.');
  const bool fraction = point != std::string_view::npos && point > text.find(':');
  const bool zero = fraction && text.find_first_not_of('0', point + 1) == std::string_view::npos;
  return zero ? text.substr(0, point) : text;
}

Understood of_time_span(const ExportedValue& value) {
  constexpr std::int64_t second = 10'000'000;
  const auto* object = std::get_if<Object>(&value.value);
  std::optional<std::int64_t> ticks;
  if (object != nullptr) {
    const ExportedProperty* property = (*object)->find("Ticks");
    const auto* count = property == nullptr ? nullptr : std::get_if<std::int64_t>(&property->value.value);
    if (count != nullptr) ticks = *count;
  }
  const std::optional<std::string> text = printed(value);
  if (!ticks && text) ticks = ticks_of_duration(*text);
  if (ticks) {
    if (*ticks % second != 0 || *ticks < 0)
      return because("this is no number of whole seconds; set one that is");
    return {at(value, time_span_text(seconds(*ticks / second))), {}};
  }
  if (!text) return object != nullptr ? because(no_value) : Understood{plain(value), {}};
  if (is_cut_off(*text)) return because(cut_off);
  return {at(value, std::string(without_fraction(*text))), {}};
}

/// What domsec has no counterpart of: an Edge server's own organisation, other message systems than SMTP.
std::string_view without_counterpart(std::string_view parameter, std::string_view entry) {
  if (parameter != "AddressSpaces" && parameter != "SmartHosts") return {};
  if (entry == "--" || same_word(entry.substr(0, 7), "SMTP:--")) {
    return "-- is the organisation behind an Edge server, which domsec has not";
  }
  const std::size_t colon = entry.find(':');
  const bool type = parameter == "AddressSpaces" && colon != std::string_view::npos;
  return type && !same_word(entry.substr(0, colon), "SMTP") ? "domsec sends by SMTP alone" : "";
}

Understood of_list(const ImportedParameter& parameter, const ExportedValue& value) {
  Understood list = texts_of(value);
  if (!list.value) return list;
  for (const Value& entry : std::get<ValueList>(list.value->value)) {
    const auto* text = std::get_if<std::string>(&entry.value);
    const std::string_view why =
        text == nullptr ? std::string_view() : without_counterpart(parameter.name, *text);
    if (!why.empty()) return because(why);
  }
  return list;
}

/// `\/Date(1543019643000)\/` of Windows PowerShell, ISO 8601 elsewhere; an instant needs its zone.
std::optional<std::string> rfc3339_of(std::string_view text) {
  if (text.starts_with("/Date(") && text.ends_with(")/")) {
    const auto milliseconds = number(text.substr(6, text.size() - 8));
    if (!milliseconds || *milliseconds < 0 || *milliseconds > 253402300799000) return std::nullopt;
    return pki::rfc3339(pki::Instant(seconds(*milliseconds / 1000)));
  }
  if (text.size() < 20) return std::nullopt;
  std::string_view zone = text.substr(19);
  if (zone.starts_with('.'))
    zone.remove_prefix(std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
  const auto local = pki::read_rfc3339(std::string(text.substr(0, 19)) + "Z");
  if (!local) return std::nullopt;
  if (zone == "Z") return pki::rfc3339(*local);
  const auto hours = zone.size() == 6 ? number(zone.substr(1, 2)) : std::nullopt;
  const auto minutes = zone.size() == 6 && zone[3] == ':' ? number(zone.substr(4)) : std::nullopt;
  if (!hours || !minutes || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  const seconds offset((*hours * 60 + *minutes) * 60);
  return pki::rfc3339(zone[0] == '+' ? *local - offset : *local + offset);
}

Understood of_text(const ImportedParameter& parameter, const ExportedValue& value) {
  const auto* text = std::get_if<std::string>(&value.value);
  if (text != nullptr && parameter.name == "Name") return {plain(value), {}};
  if (text != nullptr && text->empty()) return {at(value, Null{}), {}};
  if (parameter.name == "NextCertificateEffectiveDate" && printed(value)) {
    const auto instant = rfc3339_of(*printed(value));
    return instant ? Understood{at(value, *instant), {}} : because("this time has no zone; export it as UTC");
  }
  if (text != nullptr && parameter.name == "Comment") return {plain(value), {}};
  return std::holds_alternative<Object>(value.value) || text != nullptr ? one_text(value)
                                                                        : Understood{plain(value), {}};
}

/// A log directory of the Windows server means nothing here.
Understood of_path(const ImportedParameter& parameter, const ExportedValue& value) {
  Understood text = of_text(parameter, value);
  const auto* path = text.value ? std::get_if<std::string>(&text.value->value) : nullptr;
  const bool windows = path != nullptr && (path->starts_with("\\\\") || path->substr(0, 3).ends_with(":\\"));
  return windows ? because("this is a directory of the Windows server; name one of this machine yourself")
                 : text;
}

}  // namespace

Understood understood(const ImportedParameter& parameter, const ExportedValue& value) {
  if (const auto* unreadable = std::get_if<Unreadable>(&value.value)) return because(unreadable->why);
  switch (parameter.kind) {
    case Kind::flag:
      return of_flag(value);
    case Kind::text:
      return of_text(parameter, value);
    case Kind::path:
      return of_path(parameter, value);
    case Kind::word:
      if (printed(value) == "") return {at(value, Null{}), {}};
      return of_words(parameter, value);
    case Kind::words:
      return of_words(parameter, value);
    case Kind::number:
    case Kind::limit:
      return of_unlimited(value, of_number);
    case Kind::size:
      return of_unlimited(value, of_size);
    case Kind::time_span:
      return of_time_span(value);
    case Kind::list:
    case Kind::paths:
      return of_list(parameter, value);
  }
  return {plain(value), {}};
}

}  // namespace domsec::exchange
