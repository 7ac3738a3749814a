// Kinds of exported objects. Type names are those of published exports; a type name of CLIXML may begin with
// `Deserialized.`, and ConvertTo-Json has none, so that properties have to tell.
#include "import_kinds.h"

#include <algorithm>
#include <array>
#include <string>

#include "import_values.h"
#include "shown_text.h"

namespace domsec::exchange {

namespace {

struct Named {
  std::string_view name;
  ExportedKind kind;
};

constexpr std::array types{
    Named{"TransportConfigContainer", ExportedKind::transport_config},
    Named{"TransportServer", ExportedKind::transport_service},
    Named{"SmtpSendConnectorConfig", ExportedKind::send_connector},
    Named{"ReceiveConnector", ExportedKind::receive_connector},
    Named{"InboundConnector", ExportedKind::inbound_connector},
    Named{"TenantInboundConnector", ExportedKind::inbound_connector},
    Named{"OutboundConnector", ExportedKind::outbound_connector},
    Named{"TenantOutboundConnector", ExportedKind::outbound_connector},
    Named{"ExchangeCertificate", ExportedKind::exchange_certificate},
    Named{"AuthConfig", ExportedKind::auth_config},
};

/// Of `$type` in domsec's own export.
constexpr std::array sections{
    Named{"TransportConfig", ExportedKind::transport_config},
    Named{"SendConnector", ExportedKind::send_connector},
    Named{"ReceiveConnector", ExportedKind::receive_connector},
    Named{"InboundConnector", ExportedKind::inbound_connector},
    Named{"OutboundConnector", ExportedKind::outbound_connector},
    Named{"AuthConfig", ExportedKind::auth_config},
    Named{"organization", ExportedKind::organization},
    Named{"Certificate", ExportedKind::certificate},
    Named{"Revocation", ExportedKind::revocation},
};

/// Properties of one kind alone, so that a selection of properties is known as well.
constexpr std::array signatures{
    Named{"TLSSendDomainSecureList", ExportedKind::transport_config},
    Named{"TLSReceiveDomainSecureList", ExportedKind::transport_config},
    Named{"SendProtocolLogPath", ExportedKind::transport_service},
    Named{"ReceiveProtocolLogPath", ExportedKind::transport_service},
    Named{"AddressSpaces", ExportedKind::send_connector},
    Named{"DNSRoutingEnabled", ExportedKind::send_connector},
    Named{"IgnoreSTARTTLS", ExportedKind::send_connector},
    Named{"Bindings", ExportedKind::receive_connector},
    Named{"RemoteIPRanges", ExportedKind::receive_connector},
    Named{"AuthMechanism", ExportedKind::receive_connector},
    Named{"SenderDomains", ExportedKind::inbound_connector},
    Named{"RestrictDomainsToCertificate", ExportedKind::inbound_connector},
    Named{"RecipientDomains", ExportedKind::outbound_connector},
    Named{"UseMXRecord", ExportedKind::outbound_connector},
    Named{"CurrentCertificateThumbprint", ExportedKind::auth_config},
    Named{"Thumbprint", ExportedKind::exchange_certificate},
    Named{"RawData", ExportedKind::exchange_certificate},
};

std::string_view class_name(std::string_view type) {
  type = type.substr(0, type.find('`'));
  const std::size_t point = type.find_last_of(".+");
  return point == std::string_view::npos ? type : type.substr(point + 1);
}

template <std::size_t size>
std::optional<ExportedKind> named(const std::array<Named, size>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const Named& one) { return one.name == name; });
  return found == all.end() ? std::nullopt : std::optional(found->kind);
}

}  // namespace

std::optional<ExportedKind> kind_of(const ExportedObject& object) {
  for (const std::string& type : object.types) {
    if (const auto kind = named(types, class_name(type))) return kind;
  }
  if (const ExportedProperty* type = object.find("$type")) {
    if (const auto name = printed(type->value)) return named(sections, *name);
  }
  for (const Named& signature : signatures) {
    if (object.find(signature.name) != nullptr) return signature.kind;
  }
  return std::nullopt;
}

std::string_view text(ExportedKind kind) {
  switch (kind) {
    case ExportedKind::transport_config:
      return "TransportConfig";
    case ExportedKind::transport_service:
      return "TransportService";
    case ExportedKind::send_connector:
      return "SendConnector";
    case ExportedKind::receive_connector:
      return "ReceiveConnector";
    case ExportedKind::inbound_connector:
      return "InboundConnector";
    case ExportedKind::outbound_connector:
      return "OutboundConnector";
    case ExportedKind::exchange_certificate:
      return "ExchangeCertificate";
    case ExportedKind::auth_config:
      return "AuthConfig";
    case ExportedKind::organization:
      return "organization";
    case ExportedKind::certificate:
      return "Certificate";
    case ExportedKind::revocation:
      return "Revocation";
  }
  return "";
}

bool is_bookkeeping(std::string_view property) {
  static constexpr std::array names{"$type",
                                    "AdminDisplayName",
                                    "CertificateSubject",
                                    "ConnectedDomains",
                                    "DistinguishedName",
                                    "ExchangeObjectId",
                                    "ExchangeVersion",
                                    "Guid",
                                    "HomeMTA",
                                    "HomeMtaServerId",
                                    "Id",
                                    "Identity",
                                    "ImmutableId",
                                    "IsSmtpConnector",
                                    "IsValid",
                                    "Name",
                                    "ObjectCategory",
                                    "ObjectClass",
                                    "ObjectState",
                                    "OrganizationId",
                                    "OrganizationalUnitRoot",
                                    "OriginatingServer",
                                    "PSComputerName",
                                    "PSShowComputerName",
                                    "PSSourceJobInstanceId",
                                    "Region",
                                    "RunspaceId",
                                    "SerializationData",
                                    "Server",
                                    "SmartHostsString",
                                    "SourceRoutingGroup",
                                    "WhenChanged",
                                    "WhenChangedUTC",
                                    "WhenCreated",
                                    "WhenCreatedUTC"};
  return std::any_of(names.begin(), names.end(),
                     [property](std::string_view name) { return lower_case(name) == lower_case(property); });
}

}  // namespace domsec::exchange
