#include "domsec/shell/connector_cmdlets.h"

#include <algorithm>
#include <array>
#include <utility>

#include "domsec/policy/connector_lint.h"
#include "domsec/shell/evaluator.h"
#include "parameter_values.h"

namespace domsec::shell {
namespace {

using exchange::InboundConnector;
using exchange::Organisation;
using exchange::OutboundConnector;
using exchange::ReceiveConnector;
using exchange::SendConnector;
using exchange::TransportConfig;

/// In place of a file's name in the origin of a value that a cmdlet has set.
constexpr const char* shell_origin = "shell";

/// What the cmdlets of one noun have in common.
template <typename T>
struct Noun;
template <>
struct Noun<SendConnector> {
  static constexpr auto all = &Organisation::send_connectors;
  static constexpr const char* spoken = "send connector";
  static constexpr std::array shown = {"Identity", "AddressSpaces", "Enabled"};
};
template <>
struct Noun<ReceiveConnector> {
  static constexpr auto all = &Organisation::receive_connectors;
  static constexpr const char* spoken = "receive connector";
  static constexpr std::array shown = {"Identity", "Bindings", "Enabled"};
};
template <>
struct Noun<InboundConnector> {
  static constexpr auto all = &Organisation::inbound_connectors;
  static constexpr const char* spoken = "inbound connector";
  static constexpr std::array shown = {"Name", "SenderDomains", "Enabled"};
};
template <>
struct Noun<OutboundConnector> {
  static constexpr auto all = &Organisation::outbound_connectors;
  static constexpr const char* spoken = "outbound connector";
  static constexpr std::array shown = {"Name", "RecipientDomains", "Enabled"};
};

std::string noun(const auto& object) {
  return std::string(exchange::object_name<std::remove_cvref_t<decltype(object)>>());
}

// --- objects of the configuration as objects of the language

template <typename T>
void add_properties(const T& from, Object& object) {
  for (const exchange::Parameter<T>& parameter : exchange::parameters<T>())
    object.properties.push_back({parameter.name, from_exchange(parameter.get(from), parameter.kind)});
}

template <typename T>
Value object_of(const T& connector) {
  Object object;
  object.type = noun(connector);
  object.name = connector.name;
  add_properties(connector, object);
  object.properties.push_back({"Identity", connector.name, Access::read_only});
  object.shown.assign(Noun<T>::shown.begin(), Noun<T>::shown.end());
  object.view = View::table;
  return object;
}

Value object_of(const TransportConfig& config) {
  Object object;
  object.type = noun(config);
  add_properties(config, object);
  return object;
}

// --- finding one

/// `Internet`, or `EDGE1\Internet` as Exchange prints a receive connector's identity.
bool is_called(const std::string& name, std::string_view identity) {
  if (exchange::same_word(name, identity)) return true;
  const std::size_t server = identity.rfind('\\');
  return server != std::string_view::npos && exchange::same_word(name, identity.substr(server + 1));
}

template <typename T>
T& named(const Invocation& call, Organisation& organisation) {
  std::vector<T>& all = organisation.*Noun<T>::all;
  const std::string identity = call.text("Identity");
  std::string names;
  for (T& connector : all) {
    if (is_called(connector.name, identity)) return connector;
    names += (names.empty() ? "" : ", ") + connector.name;
  }
  call.refuse("Identity", std::string("no ") + Noun<T>::spoken + " is called '" + identity + "'; there is " +
                              (names.empty() ? "none at all" : names));
}

// --- changing one

/// Sets every parameter that was given. Throws ScriptError at the argument at fault.
template <typename T>
void set_all(const Invocation& call, T& object) {
  for (const exchange::Parameter<T>& parameter : exchange::parameters<T>()) {
    const Argument* argument = call.find(parameter.name);
    if (!argument) continue;
    const exchange::Origin origin{shell_origin, argument->place.line, argument->place.column};
    try {
      if (const Hashtable* edits = argument->value.hashtable()) {
        const auto entries = [&](const char* key) {
          const Value* found = edits->find(key);
          const exchange::Value list = found ? to_exchange(*found, parameter.kind) : exchange::Value{};
          const auto* values = std::get_if<exchange::ValueList>(&list.value);
          return values ? *values : exchange::ValueList{};
        };
        exchange::edit(parameter, object, entries("Add"), entries("Remove"), origin);
      } else {
        exchange::assign(parameter, object, to_exchange(argument->value, parameter.kind), origin);
      }
    } catch (const exchange::ParameterError& error) {
      throw ScriptError(argument->place, error.what());
    }
  }
}

bool same_finding(const policy::LintFinding& a, const policy::LintFinding& b) {
  return a.rule == b.rule && a.finding.detail == b.finding.detail;
}

/// What a rule says of this connector without its title: an attested text is printed as it is.
std::string sentence_of(const policy::LintFinding& one, const std::string& title) {
  const std::string& detail = one.finding.detail;
  return detail.starts_with(title + ": ") ? detail.substr(title.size() + 2) : detail;
}

bool refused_by_exchange(const policy::LintFinding& one) {
  return one.finding.code == finding::Code::send_connector_conflict ||
         one.finding.code == finding::Code::receive_connector_conflict;
}

bool can_never_work(const policy::LintFinding& one) {
  return one.finding.code == finding::Code::send_connector_dead || one.rule == "R38";
}

/// The place of the argument that the rule names, else of the cmdlet.
Place place_of(const Invocation& call, const policy::LintFinding& one) {
  if (one.origin.file != shell_origin || one.origin.line < 1) return call.place;
  return {one.origin.line, one.origin.column};
}

/// A connector must hold to the rules whole, also where an older line breaks them, as Exchange has it.
/// Returns the warnings.
std::vector<std::string> checked(const Invocation& call, const Organisation& before,
                                 const Organisation& after, const std::string& title) {
  const std::vector<policy::LintFinding> old = policy::lint_connectors(before);
  std::vector<std::string> warnings;
  for (const policy::LintFinding& one : policy::lint_connectors(after)) {
    const bool fresh =
        std::none_of(old.begin(), old.end(), [&](const auto& other) { return same_finding(one, other); });
    const bool ours = one.finding.detail.starts_with(title + ": ");
    if (refused_by_exchange(one) && (ours || (fresh && one.rule == "RC-6")))
      throw ScriptError(place_of(call, one), sentence_of(one, title));
    if (can_never_work(one) && ours) warnings.push_back(one.finding.detail + " (" + one.rule + ")");
  }
  return warnings;
}

/// Says it, or does it: lint, then the configuration, then the warnings.
void put_in_force(const Invocation& call, ChangeableOrganisation& configuration, const Organisation& changed,
                  const std::string& title, const std::string& doing) {
  const std::vector<std::string> warnings = checked(call, configuration.organisation(), changed, title);
  if (call.is_set("WhatIf")) {
    call.host().write("What if: " + doing + ".\n");
    return;
  }
  configuration.replace(changed);
  for (const std::string& warning : warnings) call.host().warn(warning);
}

/// Nothing given, or everything as it was: Exchange says so in these words.
template <typename T>
bool unchanged(const Invocation& call, const T& before, const T& after, const std::string& name) {
  for (const exchange::Parameter<T>& parameter : exchange::parameters<T>())
    if (!exchange::same(parameter.get(before), parameter.get(after))) return false;
  call.host().warn("The command completed successfully but no settings of '" + name +
                   "' have been modified.");
  return true;
}

template <typename T>
void require_new_name(const Invocation& call, const Organisation& organisation, const T* self) {
  const Argument* name = call.find("Name");
  if (!name) return;
  for (const T& other : organisation.*Noun<T>::all)
    if (&other != self && exchange::same_word(other.name, text_of(name->value)))
      call.refuse("Name", std::string("there is already a ") + Noun<T>::spoken + " called '" + other.name +
                              "'; choose another name");
}

// --- the cmdlets

template <typename T>
List get_connector(Invocation& call, ChangeableOrganisation& configuration) {
  List all;
  if (call.has("Identity")) {
    Organisation copy = configuration.organisation();
    all.push_back(object_of(named<T>(call, copy)));
    return all;
  }
  for (const T& connector : configuration.organisation().*Noun<T>::all) all.push_back(object_of(connector));
  return all;
}

template <typename T>
List set_connector(Invocation& call, ChangeableOrganisation& configuration) {
  Organisation changed = configuration.organisation();
  T& connector = named<T>(call, changed);
  const T before = connector;
  require_new_name(call, changed, &connector);
  set_all(call, connector);
  const std::string title = noun(connector) + ' ' + connector.name;
  const std::string doing = std::string("Setting ") + Noun<T>::spoken + " \"" + before.name + '"';
  if (unchanged(call, before, connector, before.name)) return {};
  put_in_force(call, configuration, changed, title, doing);
  return {};
}

/// What the switches -Internet, -Partner … of New-ReceiveConnector stand for (spec exchange 3.1).
struct Template {
  const char* usage;
  const char* permission_groups;
  const char* auth_mechanism;
};
constexpr std::array templates = {
    Template{"Internet", "AnonymousUsers", "Tls"},
    Template{"Partner", "Partners", "Tls"},
    Template{"Internal", "ExchangeLegacyServers, ExchangeServers", "Tls, ExchangeServer"},
    Template{"Client", "ExchangeUsers", "Tls, Integrated, BasicAuth, BasicAuthRequireTLS"},
    Template{"Custom", "", ""},
};

template <typename T>
void set_default(T& object, const char* name, const std::string& text, const Invocation& call) {
  const exchange::Parameter<T>* parameter = exchange::find_parameter<T>(name);
  if (!parameter || call.has(parameter->name) || text.empty()) return;
  exchange::assign(*parameter, object, exchange::Value{text, 0, 0},
                   {shell_origin, call.place.line, call.place.column});
}

template <typename T>
void apply_template(T& object, const Invocation& call) {
  for (const Template& one : templates) {
    if (!call.is_set(one.usage) && !exchange::same_word(call.text("Usage"), one.usage)) continue;
    set_default(object, "Usage", one.usage, call);
    set_default(object, "PermissionGroups", one.permission_groups, call);
    set_default(object, "AuthMechanism", one.auth_mechanism, call);
    return;
  }
}

template <typename T>
List new_connector(Invocation& call, ChangeableOrganisation& configuration) {
  Organisation changed = configuration.organisation();
  require_new_name<T>(call, changed, nullptr);
  T connector;
  apply_template(connector, call);
  set_all(call, connector);
  connector.origin = {shell_origin, call.place.line, call.place.column};
  (changed.*Noun<T>::all).push_back(connector);
  const std::string title = noun(connector) + ' ' + connector.name;
  put_in_force(call, configuration, changed, title,
               std::string("Creating ") + Noun<T>::spoken + " \"" + connector.name + '"');
  if (call.is_set("WhatIf")) return {};
  return {object_of(connector)};
}

template <typename T>
List remove_connector(Invocation& call, ChangeableOrganisation& configuration) {
  Organisation changed = configuration.organisation();
  T& connector = named<T>(call, changed);
  const std::string doing = std::string("Removing ") + Noun<T>::spoken + " \"" + connector.name + '"';
  if (call.is_set("WhatIf")) {
    call.host().write("What if: " + doing + ".\n");
    return {};
  }
  if (!call.confirmed("Are you sure you want to perform this action?\n" + doing + ".")) return {};
  std::vector<T>& all = changed.*Noun<T>::all;
  all.erase(all.begin() + (&connector - all.data()));
  configuration.replace(changed);
  return {};
}

List get_transport_config(Invocation&, ChangeableOrganisation& configuration) {
  return {object_of(configuration.organisation().transport_config)};
}

List set_transport_config(Invocation& call, ChangeableOrganisation& configuration) {
  Organisation changed = configuration.organisation();
  const TransportConfig before = changed.transport_config;
  set_all(call, changed.transport_config);
  if (unchanged(call, before, changed.transport_config, "Transport Settings")) return {};
  put_in_force(call, configuration, changed, noun(before), "Setting the transport configuration");
  return {};
}

/// The configuration describes one Edge Transport server.
List get_exchange_server(Invocation& call, ChangeableOrganisation& configuration) {
  const Organisation& organisation = configuration.organisation();
  if (!organisation.server_fqdn) {
    call.host().warn("ServerFqdn of [organization] is not set: the server has no name here");
    return {};
  }
  const std::string fqdn = organisation.server_fqdn->text();
  const std::string name = fqdn.substr(0, fqdn.find('.'));
  const std::string wanted = call.text("Identity", fqdn);
  if (!exchange::same_word(wanted, fqdn) && !exchange::same_word(wanted, name))
    call.refuse("Identity", "no server is called '" + wanted + "'; there is " + fqdn);
  return {
      Object{"ExchangeServer",
             {{"Name", name}, {"Fqdn", fqdn}, {"ServerRole", "Edge"}, {"Identity", name, Access::read_only}},
             {"Name", "ServerRole", "Fqdn"},
             View::table,
             name}};
}

// --- their parameters

std::string about(exchange::Effect effect) {
  return effect == exchange::Effect::in_force ? std::string() : "kept and shown; no session obeys it";
}

template <typename T>
std::vector<ParameterSpec> settings() {
  std::vector<ParameterSpec> specs;
  for (const exchange::Parameter<T>& parameter : exchange::parameters<T>())
    specs.push_back({.name = parameter.name,
                     .kind = kind_of(parameter.kind),
                     .about = about(parameter.effect),
                     .words = parameter.words});
  return specs;
}

ParameterSpec identity(Presence presence) {
  return {.name = "Identity",
          .kind = ParameterKind::text,
          .about = "the connector's name",
          .position = 0,
          .pipeline = FromPipeline::value_or_property,
          .presence = presence};
}

void add_exchange_server(CmdletTable& table, ChangeableOrganisation& configuration) {
  table.add({"Get-ExchangeServer",
             "the server of this configuration",
             {{.name = "Identity",
               .kind = ParameterKind::text,
               .about = "its name; there is one",
               .position = 0,
               .pipeline = FromPipeline::value_or_property}},
             Feed::each,
             [&configuration](Invocation& call) { return get_exchange_server(call, configuration); }});
}

template <typename T>
void add_noun(CmdletTable& table, ChangeableOrganisation& configuration) {
  const std::string name(exchange::object_name<T>());
  const std::string spoken = Noun<T>::spoken;
  const auto with = [&configuration](List (*run)(Invocation&, ChangeableOrganisation&)) {
    return [&configuration, run](Invocation& call) { return run(call, configuration); };
  };
  table.add({"Get-" + name,
             "the " + spoken + "s, or one of them",
             {identity(Presence::optional)},
             Feed::each,
             with(get_connector<T>)});
  std::vector<ParameterSpec> set{identity(Presence::mandatory)};
  std::vector<ParameterSpec> add;
  for (ParameterSpec& spec : settings<T>()) {
    set.push_back(spec);
    if (spec.name == "Name") {
      spec.position = 0;
      spec.presence = Presence::mandatory;
    }
    add.push_back(std::move(spec));
  }
  if (exchange::find_parameter<T>("Usage"))
    for (const Template& one : templates)
      add.push_back(
          {.name = one.usage, .kind = ParameterKind::flag, .about = std::string("-Usage ") + one.usage});
  table.add({"Set-" + name, "changes a " + spoken, std::move(set), Feed::each, with(set_connector<T>)});
  table.add({"New-" + name, "makes a " + spoken, std::move(add), Feed::none, with(new_connector<T>)});
  table.add({"Remove-" + name,
             "takes a " + spoken + " away",
             {identity(Presence::mandatory)},
             Feed::each,
             with(remove_connector<T>)});
}

}  // namespace

void add_connector_cmdlets(CmdletTable& table, ChangeableOrganisation& configuration) {
  table.add({"Get-TransportConfig",
             "the transport configuration of the organisation",
             {},
             Feed::none,
             [&configuration](Invocation& call) { return get_transport_config(call, configuration); }});
  table.add({"Set-TransportConfig", "changes the transport configuration of the organisation",
             settings<TransportConfig>(), Feed::none,
             [&configuration](Invocation& call) { return set_transport_config(call, configuration); }});
  add_exchange_server(table, configuration);
  add_noun<SendConnector>(table, configuration);
  add_noun<ReceiveConnector>(table, configuration);
  add_noun<InboundConnector>(table, configuration);
  add_noun<OutboundConnector>(table, configuration);
}

}  // namespace domsec::shell
