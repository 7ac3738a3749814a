#include "domsec/lab/place.h"

namespace domsec::lab {
namespace {

std::string mended_first(const std::string& place, const std::string& fault) {
  return place + " is broken already (" + fault + "): mend it first with: domsec lab fix " + place;
}

}  // namespace

Wanted broken_places(const State& state) {
  Wanted broken;
  for (const StateOrganisation& organisation : state.organisations) {
    if (!organisation.broken.empty()) broken[organisation.name] = organisation.broken;
    for (const StateHost& host : organisation.hosts) {
      if (!host.broken.empty()) broken[host.name] = host.broken;
    }
  }
  return broken;
}

std::string broken_at(const State& state, std::string_view place) {
  const Wanted broken = broken_places(state);
  const auto found = broken.find(std::string(place));
  return found == broken.end() ? std::string() : found->second;
}

std::string title_of(const State& state, std::string_view place) {
  for (const StateOrganisation& organisation : state.organisations) {
    if (organisation.name == place) return organisation.title;
    for (const StateHost& host : organisation.hosts) {
      if (host.name == place) return host.name;
    }
  }
  return {};
}

std::string places_text(const State& state) {
  std::string text;
  for (const StateOrganisation& organisation : state.organisations) {
    text += (text.empty() ? "" : ", ") + organisation.name;
    for (const StateHost& host : organisation.hosts) text += ", " + host.name;
  }
  return text;
}

std::string contradiction(const State& state, std::string_view place, const Fault& fault) {
  for (const StateOrganisation& organisation : state.organisations) {
    for (const StateHost& host : organisation.hosts) {
      if (organisation.name == place && !host.broken.empty()) return mended_first(host.name, host.broken);
      if (host.name != place) continue;
      if (fault.configuration.partners_compare_exactly) {
        return fault.name + " breaks what all hosts of " + organisation.title +
               " share: break the organisation with: domsec lab break " + organisation.name + " " +
               fault.name;
      }
      if (!organisation.broken.empty()) return mended_first(organisation.name, organisation.broken);
    }
  }
  return {};
}

}  // namespace domsec::lab
