// What an exported object prints. CLIXML brings it as ToString; ConvertTo-Json brings the public properties,
// from which the text of each kind of object is put together as Exchange prints it (spec
// exchange 2.3, 2.5, 3.1).
#include <algorithm>

#include "import_values.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

using Object = std::shared_ptr<const ExportedObject>;

const ExportedValue* find(const ExportedObject& object, std::string_view name) {
  const ExportedProperty* property = object.find(name);
  return property == nullptr ? nullptr : &property->value;
}

std::optional<std::string> printed(const ExportedObject& object, std::string_view name) {
  const ExportedValue* value = find(object, name);
  return value == nullptr ? std::nullopt : printed(*value);
}

bool is_true(const ExportedObject& object, std::string_view name) {
  const ExportedValue* value = find(object, name);
  const bool* truth = value == nullptr ? nullptr : std::get_if<bool>(&value->value);
  return truth != nullptr && *truth;
}

using Print = std::optional<std::string> (*)(const ExportedObject&);

/// SmtpX509Identifier
std::optional<std::string> certificate_name(const ExportedObject& object) {
  const auto issuer = printed(object, "CertificateIssuer");
  const auto subject = printed(object, "CertificateSubject");
  if (!issuer || !subject) return std::nullopt;
  return "<I>" + *issuer + "<S>" + *subject;
}

/// AddressSpace
std::optional<std::string> address_space(const ExportedObject& object) {
  const auto type = printed(object, "Type");
  const auto address = printed(object, "Address");
  const auto cost = printed(object, "Cost");
  if (!type || !address || !cost) return std::nullopt;
  return *type + ":" + *address + ";" + *cost;
}

/// IPBinding, SmartHost by address. System.Net.IPAddress itself prints from IPAddressToString.
std::optional<std::string> binding(const ExportedObject& object) {
  const auto address = printed(object, "Address");
  const auto port = printed(object, "Port");
  if (!address || !port) return std::nullopt;
  const bool ipv6 = address->find(':') != std::string::npos;
  return (ipv6 ? "[" + *address + "]" : *address) + ":" + *port;
}

std::optional<std::string> smart_host(const ExportedObject& object) {
  if (find(object, "IsIPAddress") == nullptr) return std::nullopt;
  if (!is_true(object, "IsIPAddress")) return printed(object, "Domain");
  const auto address = printed(object, "Address");
  return address ? std::optional("[" + *address + "]") : std::nullopt;
}

/// IPRange
std::optional<std::string> ip_range(const ExportedObject& object) {
  if (const auto expression = printed(object, "Expression")) return expression;
  const auto lower = printed(object, "LowerBound");
  const auto upper = printed(object, "UpperBound");
  if (!lower || !upper) return std::nullopt;
  return *lower == *upper ? *lower : *lower + "-" + *upper;
}

/// SmtpReceiveDomainCapabilities: the domain is a domain or a certificate's name.
std::optional<std::string> domain_capabilities(const ExportedObject& object) {
  const auto capabilities = printed(object, "Capabilities");
  auto domain = printed(object, "Domain");
  if (!domain || domain->empty()) domain = printed(object, "SmtpX509Identifier");
  const ExportedValue* value = find(object, "Capabilities");
  const bool words =
      value != nullptr && !std::holds_alternative<std::int64_t>(value->value);  // numbers: not public
  if (!domain || !capabilities || !words) return std::nullopt;
  return *domain + ":" + *capabilities;
}

/// SmtpDomainWithSubdomains, SmtpDomain, Fqdn
std::optional<std::string> domain(const ExportedObject& object) {
  if (find(object, "Capabilities") != nullptr) return std::nullopt;
  const auto name = printed(object, "Domain");
  if (!name || !is_true(object, "IncludeSubDomains") || name->starts_with('*')) return name;
  return "*." + *name;
}

template <const char* const& name>
std::optional<std::string> one(const ExportedObject& object) {
  return printed(object, name);
}

constexpr const char* address_text = "IPAddressToString";
constexpr const char* user_name = "UserName";
constexpr const char* path_name = "PathName";
constexpr const char* identity_name = "Name";    // ADObjectId
constexpr const char* value_name = "Value";      // an enumeration that came through remoting
constexpr const char* address_name = "Address";  // SmtpDomainWithSubdomains

/// A list among the properties' values, as of Capabilities: `A,B`.
std::optional<std::string> joined(const ExportedList& list) {
  std::string out;
  for (const ExportedValue& item : list) {
    const auto text = printed(item);
    if (!text) return std::nullopt;
    out += (out.empty() ? "" : ",") + *text;
  }
  return out;
}

std::optional<std::string> printed(const ExportedObject& object) {
  if (!object.text.empty()) return object.text;
  if (object.items && object.properties.empty()) return joined(*object.items);
  // From the shape with most properties to that with fewest: some have the names of others among theirs.
  constexpr Print shapes[] = {certificate_name, address_space,     binding,
                              smart_host,       ip_range,          domain_capabilities,
                              domain,           one<address_text>, one<user_name>,
                              one<path_name>,   one<address_name>, one<identity_name>,
                              one<value_name>};
  for (const Print shape : shapes) {
    if (auto text = shape(object)) return text;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> printed(const ExportedValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value.value)) return std::to_string(*number);
  if (const auto* truth = std::get_if<bool>(&value.value)) return *truth ? "True" : "False";
  if (const auto* list = std::get_if<ExportedList>(&value.value)) return joined(*list);
  if (const auto* object = std::get_if<Object>(&value.value)) return printed(**object);
  return std::nullopt;
}

const ExportedList* items_of(const ExportedValue& value) {
  if (const auto* list = std::get_if<ExportedList>(&value.value)) return list;
  const auto* object = std::get_if<Object>(&value.value);
  if (object == nullptr) return nullptr;
  if ((*object)->items) return &*(*object)->items;
  // Windows PowerShell 5.1 writes a collection that something counted as {"value": […], "Count": n}.
  const bool counted = (*object)->properties.size() == 2 && (*object)->find("Count") != nullptr;
  const ExportedValue* inner = counted ? find(**object, "value") : nullptr;
  return inner == nullptr ? nullptr : std::get_if<ExportedList>(&inner->value);
}

std::optional<std::string> octets_of(const ExportedValue& value) {
  if (const auto* octets = std::get_if<Octets>(&value.value)) return octets->octets;
  const ExportedList* list = items_of(value);
  if (list == nullptr) return std::nullopt;
  std::string out;
  for (const ExportedValue& item : *list) {
    const auto* number = std::get_if<std::int64_t>(&item.value);
    if (number == nullptr || *number < 0 || *number > 255) return std::nullopt;
    out += static_cast<char>(static_cast<unsigned char>(*number));
  }
  return out;
}

std::string shown(const ExportedValue& value) {
  if (std::holds_alternative<std::monostate>(value.value)) return "null";
  if (std::holds_alternative<std::int64_t>(value.value) || std::holds_alternative<bool>(value.value))
    return *printed(value);
  if (const auto text = printed(value)) return shown(std::string_view(*text));
  const auto* object = std::get_if<Object>(&value.value);
  if (object == nullptr) return {};
  std::string names;
  for (const ExportedProperty& property : (*object)->properties)
    names += (names.empty() ? "" : ", ") + property.name;
  return shown(std::string_view("{" + names + "}"));
}

}  // namespace domsec::exchange
