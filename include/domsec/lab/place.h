// Where in the lab something can be broken: an organisation, which is each of its hosts, or one host.
#pragma once

#include <string>
#include <string_view>

#include "domsec/lab/fault.h"
#include "domsec/lab/state_file.h"

namespace domsec::lab {

/// What is broken in a running lab, by place.
[[nodiscard]] Wanted broken_places(const State& state);
/// The fault of one place, empty when it has none or is none.
[[nodiscard]] std::string broken_at(const State& state, std::string_view place);
/// `Woodgrove Bank`, `mail2.mail.contoso.com`; empty when the lab has no such place.
[[nodiscard]] std::string title_of(const State& state, std::string_view place);
/// Every place, for a message: `contoso, mail1.contoso.com, …`
[[nodiscard]] std::string places_text(const State& state);

/// Why this fault cannot be added to what is broken, as one sentence with its remedy; empty when it can. A
/// new fault of the same place takes the place of the old one.
[[nodiscard]] std::string contradiction(const State& state, std::string_view place, const Fault& fault);

}  // namespace domsec::lab
