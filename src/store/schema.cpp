#include "domsec/store/schema.h"

#include <array>
#include <cstdlib>

namespace domsec::store {
namespace {

/// Version 1: the queue (queue.h). Instants are seconds since 1970, UTC; an absent one is NULL.
/// AUTOINCREMENT: an id is never given twice, not even after its message is gone.
constexpr std::string_view queue_tables = R"sql(
CREATE TABLE queues (
  domain TEXT PRIMARY KEY,
  delivery_type TEXT NOT NULL,
  tls_domain TEXT NOT NULL,
  suspended INTEGER NOT NULL DEFAULT 0,
  connection_failures INTEGER NOT NULL DEFAULT 0,
  last_attempt INTEGER,
  next_attempt INTEGER,
  error TEXT NOT NULL DEFAULT '',
  error_host TEXT NOT NULL DEFAULT '',
  error_address TEXT NOT NULL DEFAULT '',
  error_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  domain TEXT NOT NULL REFERENCES queues(domain),
  message_id TEXT NOT NULL,
  reverse_path TEXT NOT NULL,
  requirement TEXT NOT NULL,
  state TEXT NOT NULL,
  submitted INTEGER NOT NULL,
  resubmitted INTEGER NOT NULL,
  next_attempt INTEGER,
  delay_told INTEGER NOT NULL DEFAULT 0,
  finished INTEGER,
  octets INTEGER NOT NULL,
  content BLOB
) STRICT;
CREATE INDEX messages_by_queue ON messages(domain, state);

CREATE TABLE recipients (
  message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL,
  reply TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  replied INTEGER,
  told INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  began INTEGER NOT NULL,
  end_of_data_left INTEGER NOT NULL DEFAULT 0,
  answered INTEGER NOT NULL DEFAULT 0,
  ambiguous INTEGER NOT NULL DEFAULT 0,
  ended INTEGER,
  outcome TEXT NOT NULL DEFAULT '',
  reply TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX attempts_by_message ON attempts(message);

CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  made INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT;
CREATE INDEX notices_by_message ON notices(message);
)sql";

/// Version 2: own certificates and pending requests (certificates.h). Keys are PEM, NULL = none; services are the bits of
/// policy::Service; a thumbprint is the SHA-1 of the DER, upper-case.
constexpr std::string_view certificate_tables = R"sql(
CREATE TABLE certificates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  thumbprint TEXT NOT NULL UNIQUE,
  der BLOB NOT NULL,
  issuers TEXT NOT NULL DEFAULT '',
  friendly_name TEXT NOT NULL DEFAULT '',
  key TEXT,
  key_exportable INTEGER NOT NULL DEFAULT 0,
  services INTEGER NOT NULL DEFAULT 0,
  added INTEGER NOT NULL
) STRICT;

CREATE TABLE certificate_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  thumbprint TEXT NOT NULL UNIQUE,
  der BLOB NOT NULL,
  key_sha256 TEXT NOT NULL UNIQUE,
  friendly_name TEXT NOT NULL DEFAULT '',
  key TEXT NOT NULL,
  key_exportable INTEGER NOT NULL DEFAULT 0,
  made INTEGER NOT NULL
) STRICT;

CREATE TABLE default_certificates (
  purpose TEXT PRIMARY KEY,
  thumbprint TEXT NOT NULL REFERENCES certificates(thumbprint)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array<std::string_view, 2> steps{queue_tables, certificate_tables};

}  // namespace

Migrations migrations() {
  return steps;
}

std::string default_store_file() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return std::string(state) + "/domsec/store.db";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::string(home) + "/.local/state/domsec/store.db";
  throw StoreError(StoreFault::unwritable,
                   "there is neither XDG_STATE_HOME nor HOME: name the store with --store");
}

}  // namespace domsec::store
