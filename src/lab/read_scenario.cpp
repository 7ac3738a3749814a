#include <algorithm>
#include <filesystem>
#include <sstream>

#include "domsec/exchange/organisation.h"
#include "domsec/lab/configuration.h"
#include "domsec/pki/bundle.h"
#include "merged_configuration.h"
#include "placeholders.h"
#include "read_fault_parts.h"
#include "read_scenario_parts.h"

namespace domsec::lab {
namespace {

std::vector<std::string> places_of(const Recipe& recipe) {
  std::vector<std::string> places;
  for (const OrganisationRecipe& organisation : recipe.organisations) {
    places.push_back(organisation.name);
    for (const HostRecipe& host : organisation.hosts) places.push_back(host.name);
  }
  return places;
}

pki::Instant read_time(const toml::table& root, const std::string& file) {
  const toml::node& node = *root.get("time");
  const auto written = node.value_exact<toml::date_time>();
  if (!written || !written->offset) {
    throw LabError(place(file, node) + "'time' is no instant; write one such as 2026-05-04T08:00:00Z");
  }
  using namespace std::chrono;
  const sys_days day = year(written->date.year) / month(written->date.month) / written->date.day;
  const auto& clock = written->time;
  return pki::Instant(day + hours(clock.hour) + minutes(clock.minute) + seconds(clock.second) -
                      minutes(written->offset->minutes));
}

std::string recipe_text(const Table& table, const std::string& file) {
  const std::optional<std::string> name = table.text_if("recipe");
  if (!name) return std::string(built_in_recipe());
  const std::filesystem::path at = std::filesystem::path(file).parent_path() / *name;
  try {
    return pki::read_file(at.string());
  } catch (const pki::BundleError& error) {
    throw LabError(table.where("recipe") + error.what());
  }
}

ExternalServer read_external(const toml::table& source, const std::string& file, const Recipe& recipe) {
  const Table table(source, file, {"program", "host", "ready_within"});
  ExternalServer external;
  external.line = table.line();
  external.program = table.texts("program");
  check_placeholders(external.program, recipe, table.where("program"));
  external.ready_within = table.span_if("ready_within").value_or(external.ready_within);
  if (const auto host = table.text_if("host")) {
    external.host = net::read_endpoint(*host);
    if (!external.host)
      throw LabError(table.where("host") + "'" + *host + "' is no address with port; write 127.0.0.1:2525");
  }
  if (external.program.empty() && !external.host) {
    throw LabError(table.where() +
                   "neither 'program' nor 'host' says where the server is; write one of them, or both");
  }
  return external;
}

Side read_side(const toml::table& source, const std::string& file, const Recipe& recipe,
               const std::string& name) {
  const Table table(source, file);
  Side side;
  side.line = table.line();
  side.fault = table.text_or("fault", "");
  if (const toml::table* external = table.table_if("external"))
    side.external = read_external(*external, file, recipe);
  toml::table configuration = source;
  configuration.erase("fault");
  configuration.erase("external");
  if (!configuration.empty())
    side.configuration = read_configuration(configuration, recipe, name, table.where());
  return side;
}

void check_fault(const Scenario& scenario, const std::string& name, int line) {
  const auto is_it = [&name](const Fault& fault) { return fault.name == name; };
  if (name.empty() || std::any_of(scenario.faults.begin(), scenario.faults.end(), is_it)) return;
  try {
    (void)fault_named(name);
  } catch (const LabError& error) {
    throw LabError(scenario.file + ":" + std::to_string(line) + ": " + error.what());
  }
}

void check_faults(const Scenario& scenario) {
  for (const auto& [name, side] : scenario.sides) check_fault(scenario, side.fault, side.line);
  for (const Step& step : scenario.steps) {
    const auto* broken = std::get_if<BreakStep>(&step.what);
    if (broken == nullptr) continue;
    for (const auto& [name, fault] : broken->faults) check_fault(scenario, fault, step.line);
  }
}

/// An end that is somebody else's program is nothing that the lab could break, configure or look into.
void check_external(const Scenario& scenario) {
  const auto refuse = [&scenario](const std::string& where, int line, const std::string& what) {
    const auto side = scenario.sides.find(where);
    if (side == scenario.sides.end() || !side->second.external) return;
    throw LabError(scenario.file + ":" + std::to_string(line) + ": '" + where + "' is external: " + what);
  };
  for (const auto& [name, side] : scenario.sides) {
    if (!side.external) continue;
    if (!side.fault.empty()) refuse(name, side.line, "a fault cannot be given to it");
    if (!side.configuration.empty()) refuse(name, side.line, "it has no configuration here");
    const bool organisation =
        std::any_of(scenario.recipe.organisations.begin(), scenario.recipe.organisations.end(),
                    [&name = name](const OrganisationRecipe& each) { return each.name == name; });
    if (!organisation) refuse(name, side.external->line, "only a whole organisation can be");
  }
  for (const Step& step : scenario.steps) {
    if (const auto* send = std::get_if<SendStep>(&step.what)) {
      refuse(send->from, step.line, "it sends with a 'run' step of its own");
      if (send->receiver.line != 0) refuse(send->to, send->receiver.line, "what it sees is not known here");
    }
    if (const auto* broken = std::get_if<BreakStep>(&step.what)) {
      for (const auto& [name, fault] : broken->faults) refuse(name, step.line, "it cannot be broken");
    }
    if (const auto* configure = std::get_if<ConfigureStep>(&step.what)) {
      for (const auto& [name, text] : configure->configurations)
        refuse(name, step.line, "it has no configuration here");
    }
  }
}

Scenario read(const toml::table& root, const std::string& file) {
  std::vector<std::string_view> keys{"title", "requirements", "time", "patience", "recipe", "fault", "step"};
  Scenario scenario;
  scenario.file = file;
  // The places are keys of the file: the recipe says which there are.
  const Table any(root, file);
  scenario.recipe_text = recipe_text(any, file);
  scenario.recipe = read_recipe(scenario.recipe_text, any.text_or("recipe", "lab.toml"));
  const std::vector<std::string> places = places_of(scenario.recipe);
  keys.insert(keys.end(), places.begin(), places.end());
  const Table table(root, file, keys);
  scenario.title = table.text("title");
  scenario.requirements = table.texts("requirements");
  if (table.has("time")) scenario.time = read_time(root, file);
  scenario.patience = table.span_if("patience").value_or(scenario.patience);
  for (const toml::table* fault : table.tables("fault")) {
    scenario.faults.push_back(read_fault(*fault, file, FaultOf::scenario));
    if (find_fault(scenario.faults.back().name) != nullptr) {
      throw LabError(place(file, *fault) + "the catalogue has a fault '" + scenario.faults.back().name +
                     "'; give this one another name");
    }
  }
  for (const std::string& name : places) {
    if (const toml::table* side = table.table_if(name.c_str()))
      scenario.sides[name] = read_side(*side, file, scenario.recipe, name);
  }
  for (const toml::table* step : table.tables("step"))
    scenario.steps.push_back(read_step(*step, file, scenario.recipe));
  if (scenario.steps.empty())
    throw LabError(file + ": there is no [[step]]; a scenario without one shows nothing");
  check_faults(scenario);
  check_external(scenario);
  return scenario;
}

}  // namespace

void check_place(const Recipe& recipe, const std::string& place, const std::string& where) {
  const std::vector<std::string> places = places_of(recipe);
  if (std::find(places.begin(), places.end(), place) != places.end()) return;
  std::string known;
  for (const std::string& each : places) known += (known.empty() ? "" : ", ") + each;
  throw LabError(where + "there is no '" + place + "'; the places are " + known);
}

std::string read_configuration(const toml::table& over, const Recipe& recipe, const std::string& name,
                               const std::string& where) {
  toml::table whole = over;
  whole.is_inline(false);  // { … } is no document
  std::ostringstream text;
  text << whole;
  const OrganisationRecipe* organisation = nullptr;
  const HostRecipe* host = nullptr;
  for (const OrganisationRecipe& each : recipe.organisations) {
    for (const HostRecipe& its : each.hosts) {
      if (host != nullptr || (each.name != name && its.name != name)) continue;
      organisation = &each;
      host = &its;
    }
  }
  try {
    Surroundings surroundings;
    surroundings.dns = "127.0.0.1:53";
    surroundings.trusted_root_file = "root.pem";
    const std::string usual = configuration(recipe, *organisation, *host, surroundings, {}, false);
    (void)exchange::read_toml_text(merged(usual, text.str()), "configuration");
  } catch (const exchange::ConfigError& error) {
    // It tells lines of the whole: nobody wrote those.
    const std::string_view said = error.what();
    const std::size_t sentence = said.find(": ");
    throw LabError(where + name + ": " +
                   std::string(sentence == std::string_view::npos ? said : said.substr(sentence + 2)));
  }
  return text.str();
}

Scenario read_scenario(std::string_view text, const std::string& file) {
  try {
    return read(toml::parse(text, file), file);
  } catch (const toml::parse_error& error) {
    throw no_toml(file, error);
  }
}

}  // namespace domsec::lab
