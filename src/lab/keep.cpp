#include "domsec/lab/edge_server.h"

namespace domsec::lab {
session::Keep keep_in_spool(const exchange::Organisation&) {
  return [n = std::make_shared<int>(0)](const session::ReceivedMessage&, const transcript::Transcript&) -> std::variant<session::Kept, session::NotKept> {
    return session::Kept{std::to_string(++*n)};
  };
}
}  // namespace domsec::lab
