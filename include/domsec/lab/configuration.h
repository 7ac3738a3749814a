// The configuration file of one lab host, written the way an admin would write it.
#pragma once

#include <cstdint>
#include <string>

#include "domsec/lab/fault.h"
#include "domsec/lab/recipe.h"

namespace domsec::lab {

struct Surroundings {
  std::string dns;                    // `127.0.0.1:10053`
  std::uint16_t smtp_port = 2525;     // its own
  std::uint16_t partner_port = 2525;  // of those whom it sends to
  std::string trusted_root_file;
  std::string tls_certificate_name;  // of the host's certificate
};

/// domsec.toml of `host`. Partners are all other organisations; `exactly`: their names are compared so.
[[nodiscard]] std::string configuration(const Recipe& recipe, const OrganisationRecipe& organisation,
                                        const HostRecipe& host, const Surroundings& surroundings,
                                        const ConfigurationFault& fault, bool exactly);

}  // namespace domsec::lab
