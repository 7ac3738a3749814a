// The courier with a real store, a virtual clock and a partner who answers as the test says: two days pass at
// once.
#include "../../src/cli/queue_courier.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "domsec/store/schema.h"
#include "support/pki.h"

namespace domsec::cli {
namespace {

using policy::DeliveryOutcome;
using policy::RecipientState;
using store::Listed;
using store::QueuedState;

const pki::Instant start = *pki::read_rfc3339("2026-11-22T10:00:00Z");

/// What the partner answers to one delivery.
struct Answer {
  DeliveryOutcome outcome;
  smtp::Reply reply;  // code 0: none came
  enum class Dot { never_left, unanswered, answered } dot = Dot::never_left;
};
const Answer down{DeliveryOutcome::connection_failed, {}};
const Answer later{DeliveryOutcome::message_deferred, smtp::Reply(451, "4.3.0 later")};
const Answer never{DeliveryOutcome::completed, smtp::Reply(550, "5.1.1 User unknown")};
const Answer taken{DeliveryOutcome::completed, smtp::Reply(250, "2.6.0 taken"), Answer::Dot::answered};
const Answer lost{DeliveryOutcome::connection_failed, {}, Answer::Dot::unanswered};

RecipientState state_of(const smtp::Reply& reply) {
  if (reply.completed()) return RecipientState::delivered;
  return reply.permanent_failure() ? RecipientState::failed : RecipientState::waiting;
}

class CourierTest : public ::testing::Test {
 protected:
  CourierTest() {
    settings.reporting_mta = "mail.contoso.com";
    settings.now = [this] { return now; };
    settings.tell = [this](const QueueEvent& event) { events.push_back(event); };
    settings.deliver = [this](const store::QueuedMessage& queued, const session::Message& mail,
                              const session::EndOfData& end_of_data) {
      return deliver(queued, mail, end_of_data);
    };
  }

  session::DeliveryAnswers deliver(const store::QueuedMessage&, const session::Message& mail,
                                   const session::EndOfData& end_of_data) {
    attempts.push_back(std::chrono::duration_cast<std::chrono::minutes>(now - start).count());
    contents.push_back(mail.content);
    const Answer answer = partner(attempts.back());
    session::SendResult sent;
    session::DeliveryAnswers answers;
    answers.outcome = answer.outcome;
    for (const smtp::ForwardPath& recipient : mail.recipients) {
      sent.recipients.push_back({recipient, smtp::Reply(250, "2.1.5 ok")});
      answers.recipients.push_back(
          {recipient, state_of(answer.reply), answer.reply, "mail1.woodgrovebank.com"});
    }
    if (answer.dot != Answer::Dot::never_left) {
      end_of_data.leaves(sent, "mail1.woodgrovebank.com");
      if (dies) throw std::runtime_error("killed");
      answers.unanswered = answer.dot == Answer::Dot::unanswered;
    }
    if (answer.dot == Answer::Dot::answered) {
      sent.content_reply = answer.reply;
      sent.delivered = answer.reply.completed();
      end_of_data.answered(sent, "mail1.woodgrovebank.com");
    }
    const bool failed = answer.outcome == DeliveryOutcome::connection_failed;
    answers.error = {failed ? "421 4.2.1 Unable to connect" : answer.reply.text(), "mail1.woodgrovebank.com",
                     "127.0.0.1:25", now};
    return answers;
  }

  store::MessageNumber put(const std::string& reverse_path = "alice@contoso.com") {
    store::Submission submission;
    submission.domain = "woodgrovebank.com";
    submission.message_id = "<1@contoso.com>";
    submission.reverse_path = reverse_path;
    submission.recipients = {"bob@woodgrovebank.com"};
    submission.content = "Subject: Offer\r\nMessage-ID: <1@contoso.com>\r\n\r\nHello.\r\n";
    return queue.put(submission, now).message();
  }

  /// Passes, each at the next duty, until nothing is queued.
  void live() {
    Courier courier(queue, settings);
    for (auto next = courier.next_duty({}); next; next = courier.next_duty({})) {
      now = std::max(now, *next);
      courier.pass({});
    }
  }
  std::vector<long> minutes(QueueEventKind kind) const {
    std::vector<long> out;
    for (const QueueEvent& event : events) {
      if (event.kind == kind)
        out.push_back(std::chrono::duration_cast<std::chrono::minutes>(event.at - start).count());
    }
    return out;
  }

  testing::TemporaryDirectory directory;
  store::Database database{directory.path() + "/store.db", store::migrations()};
  store::Queue queue{database};
  pki::Instant now = start;
  std::function<Answer(long)> partner = [](long) { return taken; };
  bool dies = false;
  std::vector<long> attempts;
  std::vector<std::string> contents;
  std::vector<QueueEvent> events;
  CourierSettings settings;
};

TEST_F(CourierTest, AMessageThatNeverGetsThroughIsTriedForTwoDaysAndReturned) {
  partner = [](long) { return down; };
  const store::MessageNumber number = put();
  live();
  EXPECT_EQ(attempts.size(), 295U);
  EXPECT_EQ(std::vector<long>(attempts.begin(), attempts.begin() + 13),
            (std::vector<long>{0, 1, 2, 3, 4, 9, 14, 19, 24, 29, 34, 44, 54}));
  EXPECT_EQ(minutes(QueueEventKind::delayed), std::vector<long>{240});
  EXPECT_EQ(minutes(QueueEventKind::resubmitted), (std::vector<long>{720, 1440, 2160}));
  EXPECT_EQ(minutes(QueueEventKind::expired), std::vector<long>{2880});
  EXPECT_EQ(minutes(QueueEventKind::failed), std::vector<long>{2880});
  EXPECT_EQ(queue.message(number)->state, QueuedState::failed);
  const auto notices = queue.notices(number);
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(notices[0].kind, store::NoticeKind::delay);
  for (const char* line :
       {"Action: delayed\r\n", "Status: 4.2.1\r\n", "Remote-MTA: dns; mail1.woodgrovebank.com\r\n",
        "Diagnostic-Code: smtp; 421 4.2.1 Unable to connect\r\n",
        "Will-Retry-Until: Tue, 24 Nov 2026 10:00:00 +0000\r\n"}) {
    EXPECT_NE(notices[0].content.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(notices[1].kind, store::NoticeKind::failure);
  for (const char* line : {"To: <alice@contoso.com>\r\n", "Action: failed\r\n", "Status: 4.4.7\r\n",
                           "Diagnostic-Code: smtp; 550 4.4.7 QUEUE.Expired; message expired\r\n",
                           "\r\nSubject: Offer\r\nMessage-ID: <1@contoso.com>\r\n"}) {
    EXPECT_NE(notices[1].content.find(line), std::string::npos) << line;
  }
}

TEST_F(CourierTest, AnEdgeServerWaitsLonger) {
  settings.intervals = policy::queue_intervals(policy::QueueRole::edge);
  partner = [](long) { return down; };
  put();
  live();
  EXPECT_EQ(attempts.size(), 104U);
  EXPECT_EQ(minutes(QueueEventKind::expired), std::vector<long>{2880});
}

TEST_F(CourierTest, AHostThatComesBackGetsTheMail) {
  partner = [](long at) { return at < 30 ? down : taken; };
  const store::MessageNumber number = put();
  live();
  EXPECT_EQ(attempts, (std::vector<long>{0, 1, 2, 3, 4, 9, 14, 19, 24, 29, 34}));
  EXPECT_EQ(queue.message(number)->state, QueuedState::delivered);
  EXPECT_TRUE(queue.notices(number).empty());
  EXPECT_EQ(events.back().kind, QueueEventKind::delivered);
}

TEST_F(CourierTest, OneFailedConnectionHoldsEveryMessageOfItsQueue) {
  partner = [](long at) { return at < 1 ? down : taken; };
  put();
  put();
  put();
  live();
  EXPECT_EQ(attempts, (std::vector<long>{0, 1, 1, 1}));
}

TEST_F(CourierTest, ADeferredMessageHoldsNobodyElse) {
  partner = [this](long at) { return attempts.size() == 1 && at == 0 ? later : taken; };
  put();
  put();
  live();
  EXPECT_EQ(attempts, (std::vector<long>{0, 0, 15}));
}

TEST_F(CourierTest, APermanentReplyMakesTheNdrAtOnce) {
  partner = [](long) { return never; };
  const store::MessageNumber number = put();
  live();
  EXPECT_EQ(attempts, std::vector<long>{0});
  ASSERT_EQ(queue.notices(number).size(), 1U);
  EXPECT_NE(queue.notices(number)[0].content.find("Status: 5.1.1\r\n"), std::string::npos);
  EXPECT_EQ(queue.message(number)->recipients[0].reply, "550 5.1.1 User unknown");
}

TEST_F(CourierTest, NobodyIsToldAboutAMessageWithANullReversePath) {
  partner = [](long at) { return at < 300 ? down : never; };
  const store::MessageNumber number = put("");
  live();
  EXPECT_EQ(queue.message(number)->state, QueuedState::failed);
  EXPECT_TRUE(queue.notices(number).empty());
}

TEST_F(CourierTest, AnEndOfDataWithoutAnswerIsToldAndTheSameMessageSentAgain) {
  partner = [](long at) { return at < 1 ? lost : taken; };
  const store::MessageNumber number = put();
  live();
  EXPECT_EQ(minutes(QueueEventKind::ambiguous), std::vector<long>{0});
  EXPECT_EQ(attempts, (std::vector<long>{0, 1}));
  EXPECT_EQ(contents[0], contents[1]);
  EXPECT_TRUE(queue.attempts(number)[0].ambiguous);
  EXPECT_FALSE(queue.attempts(number)[1].ambiguous);
}

TEST_F(CourierTest, AnOwnerWhoDiedAtTheDotLeavesAnAmbiguityToTheNextOne) {
  const store::MessageNumber number = put();
  dies = true;
  EXPECT_THROW(Courier(queue, settings).pass({}), std::runtime_error);
  EXPECT_TRUE(events.empty());
  dies = false;
  now += std::chrono::seconds(5);
  live();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, QueueEventKind::ambiguous);
  EXPECT_NE(events[0].detail.find("<1@contoso.com>"), std::string::npos);
  EXPECT_EQ(events[1].kind, QueueEventKind::delivered);
  EXPECT_TRUE(queue.attempts(number)[0].ambiguous);
}

/// The 250 was noted, and its owner died before he could say so: nothing is sent again.
TEST_F(CourierTest, WhatWasAnsweredIsSettledByTheNextOneAndNotSentAgain) {
  const store::MessageNumber number = put();
  {
    const auto lease = queue.lease(number);
    const auto attempt = queue.begin_attempt(*lease, now);
    queue.end_of_data_leaves(*lease, attempt, {}, now);
    queue.end_of_data_answered(*lease, attempt,
                               {{"bob@woodgrovebank.com", RecipientState::delivered, "250 ok", ""}}, now);
  }
  live();
  EXPECT_TRUE(attempts.empty());
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, QueueEventKind::interrupted);
  EXPECT_EQ(events[1].kind, QueueEventKind::delivered);
  EXPECT_EQ(queue.message(number)->state, QueuedState::delivered);
}

TEST_F(CourierTest, WhatAnotherProcessHasIsLeftToIt) {
  const store::MessageNumber number = put();
  store::Database again(directory.path() + "/store.db", store::migrations());
  store::Queue other(again);
  {
    const auto lease = other.lease(number);
    Courier(queue, settings).pass({});
    EXPECT_TRUE(attempts.empty());
  }
  Courier(queue, settings).pass({});
  EXPECT_EQ(attempts.size(), 1U);
}

TEST_F(CourierTest, ASuspendedQueueIsNotTriedAndAResumedOneIs) {
  put();
  queue.suspend("woodgrovebank.com", true);
  Courier courier(queue, settings);
  courier.pass({});
  EXPECT_TRUE(attempts.empty());
  queue.suspend("woodgrovebank.com", false);
  courier.pass({"elsewhere.example"});
  EXPECT_TRUE(attempts.empty());
  courier.pass({"woodgrovebank.com"});
  EXPECT_EQ(attempts.size(), 1U);
}

TEST_F(CourierTest, AMessageIsRemovedWithAndWithoutAnNdr) {
  Courier courier(queue, settings);
  const store::MessageNumber silent = put();
  courier.remove(*queue.lease(silent), false);
  EXPECT_EQ(queue.message(silent)->state, QueuedState::removed);
  EXPECT_TRUE(queue.notices(silent).empty());
  const store::MessageNumber told = put();
  courier.remove(*queue.lease(told), true);
  EXPECT_EQ(queue.message(told)->state, QueuedState::failed);
  ASSERT_EQ(queue.notices(told).size(), 1U);
  EXPECT_NE(queue.notices(told)[0].content.find("Status: 4.3.2\r\n"), std::string::npos);
  EXPECT_TRUE(attempts.empty());
}

TEST_F(CourierTest, EventsAreALineAndADocument) {
  partner = [](long at) { return at < 1 ? down : taken; };
  put();
  Courier(queue, settings).pass({});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(event_line(events[0]),
            "1  woodgrovebank.com  retry  421 4.2.1 Unable to connect; next attempt 2026-11-22T10:01:00Z");
  const auto json = boost::json::parse(queue_event_json(events[0])).as_object();
  EXPECT_EQ(json.at("schema").as_string(), "domsec.queue-event/1");
  EXPECT_EQ(json.at("event").as_string(), "retry");
  EXPECT_EQ(json.at("id").as_int64(), 1);
  EXPECT_EQ(json.at("next_attempt").as_string(), "2026-11-22T10:01:00Z");
}

}  // namespace
}  // namespace domsec::cli
