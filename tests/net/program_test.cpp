// Programs from outside are bounded: in time, in what they say, in what they leave behind.
#include "domsec/net/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "domsec/net/listener.h"
#include "domsec/net/loop.h"
#include "support/pki.h"

namespace domsec::net {
namespace {

using ::testing::HasSubstr;
using End = Program::End;
using std::chrono::milliseconds;

ProgramSettings shell(const std::string& script) {
  ProgramSettings settings;
  settings.command = {"sh", "-c", script};
  return settings;
}

TEST(Program, TellsHowItEndedAndWhatItSaid) {
  Loop loop;
  ProgramSettings settings = shell("cat; echo aloud >&2; echo $WORD; pwd; exit 7");
  settings.input = "given\n";
  settings.environment = {{"WORD", "word"}};
  settings.directory = "/";
  Program program(std::move(settings));
  EXPECT_EQ(run(loop, program.ended(milliseconds(5000))), End::exited);
  EXPECT_EQ(program.code(), 7);
  EXPECT_EQ(program.output(), "given\naloud\nword\n/\n");
  EXPECT_FALSE(program.was_cut());
}

TEST(Program, OneThatHangsIsEndedWithAllThatItStarted) {
  const testing::TemporaryDirectory directory;
  Loop loop;
  // The grandchild would write the file after the limit.
  ProgramSettings settings = shell("(sleep 1; touch left) & echo begun; sleep 30");
  settings.directory = directory.path();
  Program program(std::move(settings));
  EXPECT_EQ(run(loop, program.ended(milliseconds(200))), End::out_of_time);
  EXPECT_EQ(program.output(), "begun\n");
  run(loop, sleep(milliseconds(1200)));
  EXPECT_FALSE(std::ifstream(directory.path() + "/left").good());
}

TEST(Program, WhatItSaysBeyondTheLimitIsLeftOutAndItGoesOn) {
  Loop loop;
  ProgramSettings settings = shell("head -c 300000 /dev/zero | tr '\\0' x; exit 3");
  settings.output_limit = 1000;
  Program program(std::move(settings));
  EXPECT_EQ(run(loop, program.ended(milliseconds(5000))), End::exited);
  EXPECT_EQ(program.code(), 3);
  EXPECT_EQ(program.output().size(), 1000U);
  EXPECT_TRUE(program.was_cut());
}

TEST(Program, ASignalIsToldFromAnExit) {
  Loop loop;
  Program program(shell("kill -SEGV $$"));
  EXPECT_EQ(run(loop, program.ended(milliseconds(5000))), End::signalled);
  EXPECT_EQ(program.code(), 11);
}

TEST(Program, OneThatIsNotThereIsOneSentence) {
  ProgramSettings settings;
  settings.command = {"domsec-no-such-program"};
  try {
    const Program program(settings);
    FAIL() << "it was started";
  } catch (const ChannelError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("'domsec-no-such-program' cannot be started: there is no such program"));
  }
}

TEST(Program, GetsNoDescriptorOfOurs) {
  Loop loop;
  const Listener listener(loop, Endpoint{"127.0.0.1", 0});  // a socket of ours
  Program program(shell("ls /proc/self/fd | wc -l"));
  EXPECT_EQ(run(loop, program.ended(milliseconds(5000))), End::exited);
  EXPECT_LE(std::stoi(program.output()), 4)
      << "standard input, output, error, and the directory that is listed";
}

}  // namespace
}  // namespace domsec::net
