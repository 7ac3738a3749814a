// Which cmdlet an exported object came from, and which of its properties nobody sets.
#pragma once

#include <optional>
#include <string_view>

#include "domsec/exchange/exported_object.h"

namespace domsec::exchange {

enum class ExportedKind {
  transport_config,
  transport_service,  // Get-TransportService, Get-FrontendTransportService: the protocol logs
  send_connector,
  receive_connector,
  inbound_connector,
  outbound_connector,
  exchange_certificate,
  auth_config,
  // sections that only domsec's own export has
  organization,
  certificate,
  revocation,
};

/// By the .NET type, by `$type` of domsec's own export, or by properties that only one kind has.
[[nodiscard]] std::optional<ExportedKind> kind_of(const ExportedObject& object);
/// `SendConnector`, `ExchangeCertificate`
[[nodiscard]] std::string_view text(ExportedKind kind);

/// Written by Exchange or by PowerShell's remoting, never by an operator.
[[nodiscard]] bool is_bookkeeping(std::string_view property);

}  // namespace domsec::exchange
