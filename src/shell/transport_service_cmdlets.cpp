#include "domsec/shell/transport_service_cmdlets.h"

#include "parameter_values.h"

namespace domsec::shell {
namespace {

using exchange::Organisation;
using exchange::TransportConfig;
using Row = exchange::Parameter<TransportConfig>;

bool is_of_the_service(const Row& row) {
  return row.name.find("ProtocolLog") != std::string::npos;
}

std::string server_of(const Organisation& organisation) {
  return organisation.server_fqdn ? organisation.server_fqdn->text() : "localhost";
}

List get_transport_service(const Organisation& organisation) {
  Object object;
  object.type = "TransportService";
  object.name = server_of(organisation);
  object.properties.push_back({"Identity", object.name, Access::read_only});
  for (const Row& row : exchange::parameters<TransportConfig>()) {
    if (!is_of_the_service(row)) continue;
    object.properties.push_back({row.name, from_exchange(row.get(organisation.transport_config), row.kind)});
  }
  return {object};
}

List set_transport_service(const Invocation& call, ChangeableOrganisation& configuration) {
  Organisation changed = configuration.organisation();
  for (const Row& row : exchange::parameters<TransportConfig>()) {
    const Argument* argument = is_of_the_service(row) ? call.find(row.name) : nullptr;
    if (argument == nullptr) continue;
    const exchange::Origin origin{"shell", argument->place.line, argument->place.column};
    try {
      exchange::assign(row, changed.transport_config, to_exchange(argument->value, row.kind), origin);
    } catch (const exchange::ParameterError& error) {
      throw ScriptError(argument->place, error.what());
    }
  }
  if (call.is_set("WhatIf")) {
    call.host().write("What if: Setting the transport service of \"" + server_of(changed) + "\".\n");
    return {};
  }
  configuration.replace(std::move(changed));
  return {};
}

ParameterSpec identity(Presence presence) {
  return {.name = "Identity",
          .kind = ParameterKind::text,
          .about = "the server, which is this one",
          .position = 0,
          .pipeline = FromPipeline::value_or_property,
          .presence = presence};
}

}  // namespace

void add_transport_service_cmdlets(CmdletTable& table, ChangeableOrganisation& configuration) {
  std::vector<ParameterSpec> settings{identity(Presence::mandatory)};
  for (const Row& row : exchange::parameters<TransportConfig>()) {
    if (is_of_the_service(row)) settings.push_back({.name = row.name, .kind = kind_of(row.kind)});
  }
  table.add({"Get-TransportService",
             "the protocol logs of the server",
             {identity(Presence::optional)},
             Feed::each,
             [&configuration](Invocation&) { return get_transport_service(configuration.organisation()); }});
  table.add({"Set-TransportService", "changes the protocol logs of the server", std::move(settings),
             Feed::each,
             [&configuration](Invocation& call) { return set_transport_service(call, configuration); }});
}

}  // namespace domsec::shell
