// Every fault of the catalogue in each of its roles, over real sockets: the finding is that of the other,
// sound end; and from that end's record the fault is recognised again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domsec/finding/catalogue.h"
#include "domsec/lab/recorded_session.h"
#include "domsec/lab/trial.h"
#include "support/pki.h"

namespace domsec::lab {
namespace {

using testing::TemporaryDirectory;

LabSettings settings(const std::string& directory) {
  LabSettings settings;
  settings.directory = directory;
  settings.recipe = read_recipe(built_in_recipe(), "lab.toml");
  settings.smtp_port = settings.dns_port = settings.http_port = 0;
  settings.now = [] { return testing::test_instant; };
  settings.clock = [] { return transcript::Time(testing::test_instant); };
  settings.timeouts = session::Timeouts::capped(net::Milliseconds(1500));
  settings.crl_timeout = net::Milliseconds(500);
  settings.key_decoding = pki::KeyDecoding::providers;  // labs in several threads
  settings.keep = [](const exchange::Organisation&) -> session::Keep {
    return
        [](const session::ReceivedMessage&, const transcript::Transcript&) { return session::Kept{"kept"}; };
  };
  return settings;
}

/// A fault is applied, tried and mended, in as many labs as there are threads.
std::vector<Trial> played() {
  std::vector<Candidate> all;
  for (const Fault& fault : faults()) {
    if (fault.as_server) all.push_back({&fault, policy::Role::receive});
    if (fault.as_client) all.push_back({&fault, policy::Role::send});
  }
  constexpr std::size_t labs = 4;
  std::vector<Trial> trials(all.size());
  std::vector<std::jthread> threads;
  for (std::size_t lab = 0; lab < labs; ++lab) {
    threads.emplace_back([&, lab] {
      const TemporaryDirectory directory;
      net::Loop loop;
      Trials own(loop, settings(directory.path() + "/lab"));
      for (std::size_t i = lab; i < all.size(); i += labs)
        trials[i] = net::run(loop, own.meet(*all[i].fault, all[i].role, "woodgrove", "contoso"));
      own.lab().stop();
    });
  }
  threads.clear();  // joins
  return trials;
}

class EveryFault : public ::testing::Test {
 protected:
  /// Once for all tests.
  static const std::vector<Trial>& trials() {
    static const std::vector<Trial> all = played();
    return all;
  }
  static void expect_found(FaultFamily family) {
    for (const Trial& trial : trials()) {
      if (trial.fault->family != family) continue;
      EXPECT_EQ(trial.difference, "")
          << trial.name() << ": " << policy::text(trial.seen.verdict.headline.level) << " "
          << trial.seen.verdict.headline.detail << " | " << trial.seen.reply;
    }
  }
};

TEST_F(EveryFault, OfCertificatesIsFoundByThePartner) {
  expect_found(FaultFamily::certificate);
}
TEST_F(EveryFault, OfRevocationIsFoundByThePartner) {
  expect_found(FaultFamily::revocation);
}
TEST_F(EveryFault, OfTlsIsFoundByThePartner) {
  expect_found(FaultFamily::tls);
}
TEST_F(EveryFault, OfSmtpIsFoundByThePartner) {
  expect_found(FaultFamily::smtp);
}
TEST_F(EveryFault, OfPolicyIsFoundByThePartner) {
  expect_found(FaultFamily::policy);
}

/// The record is of one run, what it is compared with another.
TEST_F(EveryFault, IsReproducedFromTheRecordOfThePartner) {
  const std::vector<Trial> again = played();
  const auto of = [&again](const Candidate& candidate) -> const Trial& {
    return *std::find_if(again.begin(), again.end(), [&](const Trial& trial) {
      return trial.fault == candidate.fault && trial.role == candidate.role;
    });
  };
  std::size_t same = 0;
  std::size_t refused = 0;
  std::string others;
  for (const Trial& trial : trials()) {
    SCOPED_TRACE(trial.name());
    ASSERT_TRUE(trial.seen.partners.has_value());
    const RecordedSession record = recorded(*trial.seen.partners);
    // A remark beside mail that passes is not the headline: the record judges with another code then.
    const std::vector<Candidate> likely = candidates(record);
    ASSERT_FALSE(likely.empty()) << (record.code ? finding::name(*record.code) : "nothing judged");
    const Candidate* best = nullptr;
    double most = -1;
    for (const Candidate& candidate : likely) {
      const double alike = likeness(record, recorded(*of(candidate).seen.partners));
      if (alike > most) best = &candidate;
      most = std::max(most, alike);
    }
    const Trial& reproduced = of(*best);
    EXPECT_EQ(reproduced.seen.verdict.headline.code, trial.seen.verdict.headline.code);
    EXPECT_EQ(reproduced.seen.delivered, trial.seen.delivered);
    if (trial.seen.delivered) continue;  // the acknowledgement names the message
    EXPECT_EQ(reproduced.seen.reply, trial.seen.reply) << reproduced.name();
    ++refused;
    same += best->fault == trial.fault ? 1 : 0;
    if (best->fault != trial.fault) others += " " + trial.name() + "=" + reproduced.name();
  }
  // Some look the same from the other end: the log has no message of a handshake that broke.
  EXPECT_GE(same * 4, refused * 3) << same << " of " << refused << ":" << others;
}

}  // namespace
}  // namespace domsec::lab
