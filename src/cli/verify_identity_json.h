// Operations of the batch interface about what an end presents and binds to: `load-chain` and `cbt`.
#pragma once

#include <boost/json/fwd.hpp>

namespace domsec::cli {

/// May `pem_b64` be loaded as a file of private keys and their chains (pki/chain_file.h)?
[[nodiscard]] boost::json::object answer_load_chain(const boost::json::object& request);
/// `what` gss-struct: the structure around `application_data` (hex). tls-server-end-point: the hash of `leaf`
/// and the MsvAvChannelBindings of NTLM.
[[nodiscard]] boost::json::object answer_channel_binding(const boost::json::object& request);

}  // namespace domsec::cli
