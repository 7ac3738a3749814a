// The rows of the queue say nothing that no moment of its life has: a message is put, answered and settled in
// transactions (queue.cpp), so that a process that dies leaves none of these.
#include <array>

#include "check_parts.h"

namespace domsec::store {
namespace {

/// Rows that must not be, with a number or a domain in the first column.
struct Impossible {
  const char* sql;
  const char* before;  // what stands before that column, and behind it
  const char* after;
};

constexpr std::array impossible{
    Impossible{"SELECT id FROM messages WHERE state NOT IN ('queued', 'delivered', 'failed', 'removed')",
               "message ", " is in a state that there is not"},
    Impossible{"SELECT id FROM messages WHERE requirement NOT IN ('no TLS', 'opportunistic', 'encryption', "
               "'certificate validation', 'domain validation', 'domain secured')",
               "message ", " has a requirement that there is not"},
    Impossible{"SELECT id FROM messages WHERE state = 'queued' AND content IS NULL", "message ",
               " waits without its content"},
    Impossible{"SELECT id FROM messages WHERE content IS NOT NULL AND length(content) <> octets", "message ",
               " has another length than was noted"},
    Impossible{"SELECT id FROM messages WHERE state = 'queued' AND finished IS NOT NULL", "message ",
               " waits and is finished"},
    Impossible{"SELECT id FROM messages WHERE state <> 'queued' AND finished IS NULL", "message ",
               " has left the queue at no time"},
    Impossible{
        "SELECT id FROM messages WHERE NOT EXISTS (SELECT 1 FROM recipients WHERE message = messages.id)",
        "message ", " has no recipient"},
    Impossible{"SELECT id FROM messages WHERE state IN ('delivered', 'failed') AND EXISTS "
               "(SELECT 1 FROM recipients WHERE message = messages.id AND state = 'waiting')",
               "message ", " is finished and has recipients who wait"},
    Impossible{
        "SELECT DISTINCT message FROM recipients WHERE state NOT IN ('waiting', 'delivered', 'failed')",
        "message ", " has a recipient in a state that there is not"},
    Impossible{"SELECT message FROM attempts WHERE ended IS NULL GROUP BY message HAVING count(*) > 1",
               "message ", " has several attempts that have not ended"},
    Impossible{"SELECT DISTINCT message FROM notices WHERE kind NOT IN ('delay', 'failure')", "message ",
               " has a notification of a kind that there is not"},
    Impossible{"SELECT domain FROM queues WHERE connection_failures < 0", "the queue of ",
               " has a number of failures below zero"},
};

}  // namespace

void check_queue(const Database& database, StoreCheck& check) {
  Statement count = database.prepare("SELECT count(*) FROM messages WHERE state = 'queued'");
  if (count.step()) check.messages = static_cast<std::size_t>(count.integer(0));
  constexpr int most_told = 20;  // of each kind
  for (const Impossible& one : impossible) {
    Statement rows = database.prepare(one.sql);
    for (int told = 0; told < most_told && rows.step(); ++told) {
      check.problems.push_back(
          {About::queue, one.before + rows.text(0) + one.after,
           "look at it with domsec queue show, and remove it with domsec queue remove if it "
           "cannot be explained; another program has written to the store"});
    }
  }
}

}  // namespace domsec::store
