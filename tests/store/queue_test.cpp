#include "domsec/store/queue.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "domsec/store/schema.h"
#include "support/pki.h"

namespace domsec::store {
namespace {

namespace fs = std::filesystem;
using policy::DeliveryOutcome;
using policy::RecipientState;

const pki::Instant start = *pki::read_rfc3339("2026-11-22T10:00:00Z");
constexpr std::chrono::seconds second{1};

class QueueTest : public ::testing::Test {
 protected:
  static Submission submission() {
    Submission submission;
    submission.domain = "woodgrovebank.com";
    submission.message_id = "<1@contoso.com>";
    submission.reverse_path = "alice@contoso.com";
    submission.recipients = {"bob@woodgrovebank.com", "carol@woodgrovebank.com"};
    submission.requirement = policy::Requirement::domain_secured;
    submission.tls_domain = "woodgrovebank.com";
    submission.content = "Subject: x\r\n\r\nHello.\r\n";
    return submission;
  }
  MessageNumber put() { return queue.put(submission(), start).message(); }

  testing::TemporaryDirectory directory;
  std::string file = directory.path() + "/store.db";
  Database database{file, migrations()};
  Queue queue{database};
};

TEST_F(QueueTest, KeepsAMessageAcrossProcesses) {
  const MessageNumber number = put();
  Database again(file, migrations());
  const Queue other(again);
  const auto message = other.message(number);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->state, QueuedState::queued);
  EXPECT_EQ(message->message_id, "<1@contoso.com>");
  EXPECT_EQ(message->reverse_path, "alice@contoso.com");
  EXPECT_EQ(message->requirement, policy::Requirement::domain_secured);
  EXPECT_EQ(message->times.submitted, start);
  EXPECT_EQ(message->octets, submission().content.size());
  ASSERT_EQ(message->recipients.size(), 2U);
  EXPECT_EQ(message->recipients[1].address, "carol@woodgrovebank.com");
  EXPECT_EQ(other.content(number), submission().content);
  const auto destination = other.queue("woodgrovebank.com");
  ASSERT_TRUE(destination);
  EXPECT_EQ(destination->tls_domain, "woodgrovebank.com");
  EXPECT_EQ(destination->messages, 1U);
}

TEST_F(QueueTest, ANumberIsNeverGivenTwice) {
  const MessageNumber first = put();
  {
    const Lease lease = *queue.lease(first);
    queue.remove(lease, start);
    queue.remove(lease, start);
  }
  EXPECT_FALSE(queue.message(first));
  EXPECT_GT(put(), first);
}

TEST_F(QueueTest, OneOwnerAtATimeInThisProcessToo) {
  const Lease held = queue.put(submission(), start);
  EXPECT_FALSE(queue.lease(held.message()));
  Database again(file, migrations());
  Queue other(again);
  EXPECT_FALSE(other.lease(held.message()));
  {
    const Lease moved(std::move(const_cast<Lease&>(held)));
    EXPECT_FALSE(other.lease(moved.message()));
  }
  const auto lease = other.lease(held.message());
  EXPECT_TRUE(lease);
  EXPECT_FALSE(queue.lease(held.message()));
}

/// The lease ends with its owner, even by SIGKILL, and what he had begun is found.
TEST_F(QueueTest, ALeaseDiesWithItsOwner) {
  const MessageNumber number = put();
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Database own(file, migrations());
    Queue others(own);
    const auto lease = others.lease(number);
    if (lease) (void)others.begin_attempt(*lease, start);
    (void)!::write(ready[1], lease ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(queue.lease(number));
  EXPECT_EQ(queue.activity(number), policy::QueueActivity::connecting);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  const auto lease = queue.lease(number);
  ASSERT_TRUE(lease);
  const auto left = queue.recover(*lease, start + second);
  ASSERT_TRUE(left);
  EXPECT_EQ(left->outcome, "interrupted");
  EXPECT_FALSE(left->ambiguous);
}

/// Each moment at which an owner may die, and what his successor must know.
TEST_F(QueueTest, TheNextOwnerKnowsWhetherThePeerMayHaveTheMessage) {
  enum class Died { before_the_dot, at_the_dot, after_the_answer, at_the_dot_of_the_second_host };
  struct Row {
    const char* name;
    Died died;
    bool ambiguous;
  };
  for (const Row& row :
       {Row{"before the dot", Died::before_the_dot, false}, Row{"at the dot", Died::at_the_dot, true},
        Row{"after the answer", Died::after_the_answer, false},
        Row{"at the dot of the second host", Died::at_the_dot_of_the_second_host, true}}) {
    SCOPED_TRACE(row.name);
    const MessageNumber number = put();
    const Lease lease = *queue.lease(number);
    EXPECT_FALSE(queue.recover(lease, start)) << "nothing was begun";
    const AttemptNumber attempt = queue.begin_attempt(lease, start);
    if (row.died >= Died::at_the_dot) queue.end_of_data_leaves(lease, attempt, {}, start);
    if (row.died >= Died::after_the_answer) {
      const NotedAnswer later{"bob@woodgrovebank.com", RecipientState::waiting, "451 4.3.0 later", "mail1"};
      queue.end_of_data_answered(lease, attempt, {later}, start);
    }
    if (row.died >= Died::at_the_dot_of_the_second_host) queue.end_of_data_leaves(lease, attempt, {}, start);
    const auto left = queue.recover(lease, start + second);
    ASSERT_TRUE(left);
    EXPECT_EQ(left->ambiguous, row.ambiguous);
    EXPECT_FALSE(queue.recover(lease, start + second)) << "it is told once";
  }
}

TEST_F(QueueTest, AHostThatDidNotAnswerStaysAmbiguousWhenTheNextOneTakesTheMessage) {
  const Lease lease = queue.put(submission(), start);
  const AttemptNumber attempt = queue.begin_attempt(lease, start);
  queue.end_of_data_leaves(lease, attempt, {}, start);
  queue.end_of_data_leaves(lease, attempt, {}, start);
  queue.end_of_data_answered(lease, attempt, {}, start);
  EXPECT_TRUE(queue.attempts(lease.message()).back().ambiguous);
}

TEST_F(QueueTest, AFinalAnswerIsNeverReplaced) {
  const Lease lease = queue.put(submission(), start);
  const AttemptNumber attempt = queue.begin_attempt(lease, start);
  const NotedAnswer refused{"bob@woodgrovebank.com", RecipientState::failed, "550 5.1.1 User unknown",
                            "mail1"};
  queue.end_of_data_leaves(lease, attempt, {refused}, start);
  const NotedAnswer taken{"bob@woodgrovebank.com", RecipientState::delivered, "250 2.6.0 taken", "mail2"};
  queue.end_of_data_answered(lease, attempt, {taken}, start + second);
  const auto message = queue.message(lease.message());
  EXPECT_EQ(message->recipients[0].state, RecipientState::failed);
  EXPECT_EQ(message->recipients[0].reply, "550 5.1.1 User unknown");
  EXPECT_EQ(message->recipients[0].replied, start);
  EXPECT_EQ(message->recipients[1].state, RecipientState::waiting);
}

TEST_F(QueueTest, AMessageLeavesWhenNobodyWaitsAndItsContentWithIt) {
  const Lease lease = queue.put(submission(), start);
  const AttemptNumber attempt = queue.begin_attempt(lease, start);
  AttemptEnd end;
  end.outcome = DeliveryOutcome::message_deferred;
  end.answers = {{"bob@woodgrovebank.com", RecipientState::delivered, "250 2.6.0 taken", "mail1"},
                 {"carol@woodgrovebank.com", RecipientState::waiting, "450 4.2.1 later", "mail1"}};
  end.next_attempt = start + 900 * second;
  queue.end_attempt(lease, attempt, end, start);
  EXPECT_FALSE(queue.settle(lease, std::nullopt, start));
  EXPECT_EQ(queue.message(lease.message())->times.next_attempt, start + 900 * second);
  EXPECT_NE(queue.content(lease.message()), "");

  queue.fail_waiting(lease, "550 4.4.7 QUEUE.Expired; message expired", start + second);
  EXPECT_TRUE(queue.settle(lease, Notice{NoticeKind::failure, start + second, "the NDR"}, start + second));
  const auto message = queue.message(lease.message());
  EXPECT_EQ(message->state, QueuedState::failed);
  EXPECT_EQ(message->finished, start + second);
  EXPECT_EQ(message->recipients[0].state, RecipientState::delivered);
  EXPECT_EQ(message->recipients[1].reply, "550 4.4.7 QUEUE.Expired; message expired");
  EXPECT_TRUE(message->recipients[1].told);
  EXPECT_EQ(queue.content(lease.message()), "");
  ASSERT_EQ(queue.notices(lease.message()).size(), 1U);
  EXPECT_EQ(queue.notices(lease.message())[0].content, "the NDR");
  EXPECT_TRUE(queue.messages(Listed::queued).empty());
  EXPECT_EQ(queue.messages(Listed::all).size(), 1U);
}

TEST_F(QueueTest, AQueueKeepsItsFailuresWhileItHasMessages) {
  const MessageNumber second_message = put();
  const Lease lease = queue.put(submission(), start);
  AttemptEnd end;
  end.queue = policy::after_delivery({}, {}, DeliveryOutcome::connection_failed, start);
  end.error = {"454 4.7.5 Certificate validation failure, Reason:UntrustedRoot", "mail1", "127.0.0.1:25",
               start};
  queue.end_attempt(lease, queue.begin_attempt(lease, start), end, start);
  auto destination = queue.queue("woodgrovebank.com");
  EXPECT_EQ(destination->state.connection_failures, 1);
  EXPECT_EQ(destination->state.next_attempt, start + 60 * second);
  EXPECT_EQ(destination->error.text, end.error.text);
  EXPECT_EQ(destination->error.at, start);
  queue.remove(lease, start);
  EXPECT_EQ(queue.queue("woodgrovebank.com")->state.connection_failures, 1);
  queue.remove(*queue.lease(second_message), start);
  EXPECT_EQ(queue.queue("woodgrovebank.com")->state.connection_failures, 0);
  EXPECT_TRUE(queue.queues().empty());
}

TEST_F(QueueTest, TheOperatorSuspendsResumesAndRetries) {
  const Lease lease = queue.put(submission(), start);
  EXPECT_FALSE(queue.suspend("elsewhere.example", true));
  EXPECT_FALSE(queue.retry("elsewhere.example"));
  EXPECT_TRUE(queue.suspend("woodgrovebank.com", true));
  // An attempt that was under way does not undo it.
  AttemptEnd end;
  end.queue = policy::after_delivery({}, {}, DeliveryOutcome::connection_failed, start);
  end.next_attempt = start + 900 * second;
  queue.end_attempt(lease, queue.begin_attempt(lease, start), end, start);
  EXPECT_TRUE(queue.queue("woodgrovebank.com")->state.suspended);
  EXPECT_TRUE(queue.suspend("woodgrovebank.com", false));
  EXPECT_FALSE(queue.queue("woodgrovebank.com")->state.suspended);
  EXPECT_TRUE(queue.retry("woodgrovebank.com"));
  EXPECT_FALSE(queue.queue("woodgrovebank.com")->state.next_attempt);
  EXPECT_FALSE(queue.message(lease.message())->times.next_attempt);
}

TEST_F(QueueTest, DeliveredMailIsForgottenLater) {
  const Lease lease = queue.put(submission(), start);
  queue.end_of_data_answered(lease, queue.begin_attempt(lease, start),
                             {{"bob@woodgrovebank.com", RecipientState::delivered, "250 ok", ""},
                              {"carol@woodgrovebank.com", RecipientState::delivered, "250 ok", ""}},
                             start);
  EXPECT_TRUE(queue.settle(lease, std::nullopt, start));
  queue.forget_delivered(start);
  EXPECT_TRUE(queue.message(lease.message()));
  queue.forget_delivered(start + second);
  EXPECT_FALSE(queue.message(lease.message()));
  EXPECT_TRUE(queue.attempts(lease.message()).empty());
}

/// What a crash leaves is what lies on the disk at that moment: a copy is taken after each step and opened.
TEST_F(QueueTest, ACopyTakenAtAnyMomentHoldsTheMessageWholeAndTheLastThingThatWasNoted) {
  int taken = 0;
  const auto crash = [&](MessageNumber number, bool left, RecipientState state) {
    SCOPED_TRACE("copy " + std::to_string(++taken));
    const std::string copy = directory.path() + "/copy" + std::to_string(taken) + ".db";
    fs::copy_file(file, copy);
    if (fs::exists(file + "-wal")) fs::copy_file(file + "-wal", copy + "-wal");
    Database opened(copy, migrations());
    const Queue after(opened);
    const auto message = after.message(number);
    ASSERT_TRUE(message);
    EXPECT_EQ(after.content(number), submission().content);
    EXPECT_EQ(message->recipients[0].state, state);
    const auto attempts = after.attempts(number);
    EXPECT_EQ(!attempts.empty() && attempts.back().end_of_data_left, left);
  };
  const Lease lease = queue.put(submission(), start);
  crash(lease.message(), false, RecipientState::waiting);
  const AttemptNumber attempt = queue.begin_attempt(lease, start);
  crash(lease.message(), false, RecipientState::waiting);
  queue.end_of_data_leaves(lease, attempt, {}, start);
  crash(lease.message(), true, RecipientState::waiting);
  queue.end_of_data_answered(lease, attempt,
                             {{"bob@woodgrovebank.com", RecipientState::delivered, "250 ok", ""}}, start);
  crash(lease.message(), true, RecipientState::delivered);
}

}  // namespace
}  // namespace domsec::store
