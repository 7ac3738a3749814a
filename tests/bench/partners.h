// Two partners whose certificates have one kind of key: root -> issuing CA -> leaf; leaf and CA are sent, the
// root is trusted. The plans are those of a correct, domain-secured end; the floor uses the same
// certificates.
#pragma once

#include <memory>
#include <string>

#include "domsec/session/receive_session.h"
#include "domsec/session/send_session.h"
#include "support/pki.h"

namespace domsec::bench {

struct Partners {
  explicit Partners(pki::KeyKind kind);

  [[nodiscard]] session::SendPlan send_plan() const;
  /// Lists contoso.com. `keep` takes the messages.
  [[nodiscard]] std::shared_ptr<const session::ReceivePlan> receive_plan(session::Keep keep) const;

  pki::Authority root;
  pki::Authority issuing;
  pki::Credentials contoso;    // client
  pki::Credentials woodgrove;  // server
  pki::KeyDecoding decoding = pki::KeyDecoding::direct;  // of both ends; F is always measured with `providers`

 private:
  [[nodiscard]] session::ExaminationPlan examination() const;
  [[nodiscard]] net::TlsSettings tls_settings() const;
};

/// Certificates are in force now, at this instant.
inline constexpr pki::Instant instant = testing::test_instant;

}  // namespace domsec::bench
