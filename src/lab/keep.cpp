// Where a running Edge server keeps what it accepted.
#include <iostream>

#include "domsec/lab/edge_server.h"
#include "domsec/store/messages.h"

namespace domsec::lab {
namespace {

store::Message stored_form(const session::ReceivedMessage& received, const std::string& fqdn) {
  store::Message message;
  message.reverse_path = received.reverse_path;
  message.recipients = received.recipients;
  message.content = received.content;
  message.partner = received.partner;
  message.verdict = received.verdict;
  message.helo = received.helo;
  message.remote = received.remote;
  message.fqdn = fqdn;
  message.esmtp = received.esmtp;
  message.tls = received.tls;
  return message;
}

}  // namespace

session::Keep keep_in_spool(const exchange::Organisation& organisation) {
  const std::string fqdn =
      organisation.server_fqdn ? organisation.server_fqdn->text() : "localhost.localdomain";
  if (organisation.spool.empty()) {
    return [](const session::ReceivedMessage& received,
              const transcript::Transcript&) -> std::variant<session::Kept, session::NotKept> {
      return session::Kept{received.session};
    };
  }
  auto spool = std::make_shared<store::Spool>(organisation.spool);
  if (const std::size_t count = spool->unfinished_removed(); count > 0) {
    std::cerr << "domsec: " << organisation.spool << ": removed " << count
              << (count == 1 ? " message that an earlier run had not"
                             : " messages that an earlier run had not")
              << " finished keeping; no sender was told that it was taken\n";
  }
  return
      [spool, fqdn](const session::ReceivedMessage& received,
                    const transcript::Transcript& session) -> std::variant<session::Kept, session::NotKept> {
        const auto kept = spool->keep(stored_form(received, fqdn), session);
        if (const auto* failed = std::get_if<store::NotStored>(&kept)) return session::NotKept{failed->what};
        return session::Kept{std::get<store::Stored>(kept).id};
      };
}

}  // namespace domsec::lab
