// The schedule of spec exchange 6.5 on a virtual clock: it stands at the next duty at once.
#include "domsec/policy/queue_schedule.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace domsec::policy {
namespace {

using std::chrono::minutes;

const pki::Instant start = *pki::read_rfc3339("2026-11-22T10:00:00Z");

/// What became of a message, in minutes since its submission.
struct Life {
  std::vector<long> attempts;
  std::vector<long> delays;
  std::vector<long> resubmissions;
  std::optional<long> expired;
  std::optional<long> delivered;
  QueueState queue;
};

Life live(const QueueIntervals& intervals, const std::function<DeliveryOutcome(long)>& deliver) {
  Life life;
  MessageTimes message{start, start, {}, false};
  for (pki::Instant now = start; !life.expired && !life.delivered;
       now = std::max(now, next_duty(intervals, life.queue, message))) {
    const long at = std::chrono::duration_cast<minutes>(now - start).count();
    const auto due = duty(intervals, life.queue, message, now);
    if (!due) {
      ADD_FAILURE() << "the clock stands at minute " << at << " and nothing is to be done";
      return life;
    }
    switch (*due) {
      case QueueDuty::expire:
        life.expired = at;
        break;
      case QueueDuty::tell_delay:
        life.delays.push_back(at);
        message.delay_told = true;
        break;
      case QueueDuty::resubmit:
        life.resubmissions.push_back(at);
        message.resubmitted = now;
        message.next_attempt.reset();
        break;
      case QueueDuty::attempt: {
        life.attempts.push_back(at);
        const DeliveryOutcome outcome = deliver(at);
        life.queue = after_delivery(intervals, life.queue, outcome, now);
        message.next_attempt = message_next_attempt(intervals, outcome, now);
        if (outcome == DeliveryOutcome::completed) life.delivered = at;
        break;
      }
    }
  }
  return life;
}

/// `first`, then every `step` minutes while less than two days have passed.
std::vector<long> and_then_every(std::vector<long> first, long step) {
  for (long at = first.back() + step; at < 2L * 24 * 60; at += step) first.push_back(at);
  return first;
}

const auto never = [](long) { return DeliveryOutcome::connection_failed; };

TEST(QueueSchedule, AMessageThatNeverGetsThroughIsTriedForTwoDaysAndThenReturned) {
  struct Row {
    QueueRole role;
    std::vector<long> attempts;
    std::size_t count;
  };
  const std::vector<Row> rows{
      {QueueRole::mailbox, and_then_every({0, 1, 2, 3, 4, 9, 14, 19, 24, 29, 34}, 10), 295},
      {QueueRole::edge, and_then_every({0, 1, 2, 3, 4, 14, 24, 34, 44, 54, 64}, 30), 104}};
  for (const Row& row : rows) {
    SCOPED_TRACE(text(row.role));
    const Life life = live(queue_intervals(row.role), never);
    EXPECT_EQ(life.attempts, row.attempts);
    EXPECT_EQ(life.attempts.size(), row.count);
    EXPECT_EQ(life.delays, std::vector<long>{240});
    EXPECT_EQ(life.resubmissions, (std::vector<long>{720, 1440, 2160}));
    EXPECT_EQ(life.expired, 2880);
    EXPECT_EQ(queue_status(life.queue, QueueActivity::none), QueueStatus::retry);
  }
}

TEST(QueueSchedule, AHostThatComesBackEndsTheSeries) {
  const auto back_after_half_an_hour = [](long at) {
    return at < 30 ? DeliveryOutcome::connection_failed : DeliveryOutcome::completed;
  };
  struct Row {
    QueueRole role;
    std::vector<long> attempts;
  };
  for (const Row& row : {Row{QueueRole::mailbox, {0, 1, 2, 3, 4, 9, 14, 19, 24, 29, 34}},
                         Row{QueueRole::edge, {0, 1, 2, 3, 4, 14, 24, 34}}}) {
    SCOPED_TRACE(text(row.role));
    const Life life = live(queue_intervals(row.role), back_after_half_an_hour);
    EXPECT_EQ(life.attempts, row.attempts);
    EXPECT_EQ(life.delivered, row.attempts.back());
    EXPECT_TRUE(life.delays.empty());
    EXPECT_EQ(life.queue.connection_failures, 0);
    EXPECT_EQ(queue_status(life.queue, QueueActivity::none), QueueStatus::ready);
  }
}

TEST(QueueSchedule, ADeferredMessageWaitsByItselfAndItsQueueStaysReady) {
  const Life life = live(queue_intervals(QueueRole::mailbox), [](long at) {
    return at < 40 ? DeliveryOutcome::message_deferred : DeliveryOutcome::completed;
  });
  EXPECT_EQ(life.attempts, (std::vector<long>{0, 15, 30, 45}));
  EXPECT_EQ(queue_status(life.queue, QueueActivity::none), QueueStatus::ready);
}

TEST(QueueSchedule, AGoodSessionBeginsTheSeriesOfFailuresAnew) {
  // Fails for ten minutes, is then reached and defers the message, fails again.
  const Life life = live(queue_intervals(QueueRole::mailbox), [](long at) {
    if (at == 14) return DeliveryOutcome::message_deferred;
    return at < 40 ? DeliveryOutcome::connection_failed : DeliveryOutcome::completed;
  });
  EXPECT_EQ(life.attempts, (std::vector<long>{0, 1, 2, 3, 4, 9, 14, 29, 30, 31, 32, 33, 38, 43}));
}

TEST(QueueSchedule, ADeferredMessageIsTriedAgainWhenItIsResubmitted) {
  QueueIntervals intervals;
  intervals.message_retry_interval = std::chrono::hours(24);
  const Life life = live(intervals, [](long at) {
    return at < 600 ? DeliveryOutcome::message_deferred : DeliveryOutcome::completed;
  });
  EXPECT_EQ(life.resubmissions, std::vector<long>{720});
  EXPECT_EQ(life.attempts, (std::vector<long>{0, 720}));
}

TEST(QueueSchedule, IntervalsFollowTheRecord) {
  struct Row {
    const char* name;
    int failures;
    long mailbox;
    long edge;
  };
  for (const Row& row :
       {Row{"first glitch", 1, 1, 1}, Row{"last glitch", 4, 1, 1}, Row{"first transient", 5, 5, 10},
        Row{"last transient", 10, 5, 10}, Row{"from then on", 11, 10, 30}, Row{"for ever", 1000, 10, 30}}) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(retry_interval(queue_intervals(QueueRole::mailbox), row.failures), minutes(row.mailbox));
    EXPECT_EQ(retry_interval(queue_intervals(QueueRole::edge), row.failures), minutes(row.edge));
  }
}

TEST(QueueSchedule, ASuspendedQueueTriesNothingAndItsMailGrowsOldAllTheSame) {
  const QueueIntervals intervals;
  QueueState queue;
  queue.suspended = true;
  const MessageTimes message{start, start, {}, false};
  EXPECT_EQ(queue_status(queue, QueueActivity::delivering), QueueStatus::suspended);
  EXPECT_EQ(next_attempt(queue, message), std::nullopt);
  EXPECT_EQ(duty(intervals, queue, message, start), std::nullopt);
  EXPECT_EQ(next_duty(intervals, queue, message), start + std::chrono::hours(4));
  EXPECT_EQ(duty(intervals, queue, message, start + std::chrono::hours(4)), QueueDuty::tell_delay);
  EXPECT_EQ(duty(intervals, queue, message, start + std::chrono::hours(48)), QueueDuty::expire);
}

TEST(QueueSchedule, AFreshMessageWaitsForItsQueueInRetry) {
  QueueState queue = after_delivery({}, {}, DeliveryOutcome::connection_failed, start);
  const MessageTimes message{start + minutes(0), start, {}, false};
  EXPECT_EQ(next_attempt(queue, message), start + minutes(1));
  EXPECT_EQ(duty({}, queue, message, start + std::chrono::seconds(59)), std::nullopt);
  EXPECT_EQ(duty({}, queue, message, start + minutes(1)), QueueDuty::attempt);
}

TEST(QueueSchedule, StatusIsOneOfTheFiveWords) {
  struct Row {
    bool suspended;
    bool failed;
    QueueActivity activity;
    const char* status;
  };
  for (const Row& row :
       {Row{false, false, QueueActivity::none, "Ready"}, Row{false, true, QueueActivity::none, "Retry"},
        Row{false, true, QueueActivity::connecting, "Connecting"},
        Row{false, false, QueueActivity::delivering, "Active"},
        Row{true, true, QueueActivity::none, "Suspended"}}) {
    SCOPED_TRACE(row.status);
    QueueState queue;
    queue.suspended = row.suspended;
    if (row.failed) queue.next_attempt = start;
    EXPECT_EQ(text(queue_status(queue, row.activity)), row.status);
  }
}

TEST(QueueSchedule, TheQueueCarriesTlsDomainOnlyUnderDomainSecurity) {
  const smtp::Domain partner = *smtp::Domain::parse("woodgrovebank.com");
  TlsRequirement requirement;
  for (const Requirement demanded : {Requirement::none, Requirement::opportunistic, Requirement::encryption,
                                     Requirement::certificate_validation, Requirement::domain_validation}) {
    requirement.requirement = demanded;
    EXPECT_EQ(queue_tls_domain(requirement, partner), "") << text(demanded);
  }
  requirement.requirement = Requirement::domain_secured;
  EXPECT_EQ(queue_tls_domain(requirement, partner), "woodgrovebank.com");
}

TEST(QueueSchedule, DeliveryTypeFollowsTheConnectorsRouting) {
  exchange::SendConnector connector;
  EXPECT_EQ(text(delivery_type(connector)), "DnsConnectorDelivery");
  connector.dns_routing_enabled = {false, {}};
  connector.smart_hosts = {"smart.example"};
  EXPECT_EQ(text(delivery_type(connector)), "SmartHostConnectorDelivery");
}

TEST(QueueSchedule, RolesAreReadByTheirWords) {
  EXPECT_EQ(read_queue_role("edge"), QueueRole::edge);
  EXPECT_EQ(read_queue_role("mailbox"), QueueRole::mailbox);
  EXPECT_EQ(read_queue_role("hub"), std::nullopt);
}

}  // namespace
}  // namespace domsec::policy
