// JSON of what a kept authority does.
#pragma once

#include <string>

#include "domsec/cli/cert_authority.h"

namespace domsec::cli {

[[nodiscard]] std::string authority_json(const std::string& directory, const lab::AuthorityIndex& index);
[[nodiscard]] std::string signing_json(const lab::SignedCertificate& made, const std::string& file);
[[nodiscard]] std::string issued_lists_json(const std::string& directory, const lab::AuthorityIndex& index,
                                            const std::vector<lab::IssuedList>& lists);

}  // namespace domsec::cli
