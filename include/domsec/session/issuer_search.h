// The question that authorityInfoAccess answers: would the chain be good with the certificates that the peer
// did not send (D-21)? Up the path, from each certificate whose issuer is missing to the URI that it names.
#pragma once

#include <memory>

#include "domsec/net/issuer_source.h"
#include "domsec/net/task.h"
#include "domsec/pki/path.h"

namespace domsec::session {

/// At most 4 fetches and 8 URIs, none twice. Null when nothing is missing: an anchor was reached, or the path
/// ends in a self-signed certificate. `first` is what examine_path made of `question`.
[[nodiscard]] net::task<std::shared_ptr<const pki::IssuersFetched>> search_issuers(
    std::shared_ptr<net::IssuerSource> source, pki::PathInput question, pki::PathExamination first);

}  // namespace domsec::session
