#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "domsec/pki/bundle.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using ::testing::HasSubstr;
using domsec::testing::TemporaryDirectory;
using Kind = BundleError::Kind;

std::optional<BundleError> reading(const std::string& path, std::size_t limit = 1024) {
  try {
    (void)read_file(path, limit);
  } catch (const BundleError& error) {
    return error;
  }
  return std::nullopt;
}

TEST(ReadFile, GivesTheBytesUpToTheLimit) {
  const TemporaryDirectory directory;
  const std::string bytes("a\0b\r\n", 5);
  EXPECT_EQ(read_file(directory.write("some", bytes)), bytes);
  EXPECT_EQ(read_file(directory.write("none", "")), "");
  EXPECT_EQ(read_file(directory.write("full", std::string(1024, 'x')), 1024).size(), 1024U);
  std::filesystem::create_symlink(directory.path() + "/some", directory.path() + "/link");
  EXPECT_EQ(read_file(directory.path() + "/link"), bytes);
}

TEST(ReadFile, SaysWhyAFileCannotBeRead) {
  const TemporaryDirectory directory;
  const std::string& at = directory.path();
  directory.write("large", std::string(1025, 'x'));
  std::filesystem::create_symlink(at + "/loop2", at + "/loop1");
  std::filesystem::create_symlink(at + "/loop1", at + "/loop2");
  ASSERT_EQ(::mkfifo((at + "/pipe").c_str(), 0600), 0);
  const struct {
    const char* name;
    std::string path;
    Kind kind;
    const char* cause;
  } rows[] = {
      {"it is not there", at + "/absent", Kind::unreadable, "check the path"},
      {"a directory", at, Kind::unreadable, "is a directory"},
      {"a loop of symbolic links", at + "/loop1", Kind::unreadable, "symbolic link"},
      {"a pipe, without waiting for its writer", at + "/pipe", Kind::unreadable, "pipe"},
      {"a device", "/dev/zero", Kind::unreadable, "device"},
      {"too large", at + "/large", Kind::too_large, "1024 bytes"},
      {"a path below a file", at + "/large/x", Kind::unreadable, "large/x"},
      {"a path with NUL", at + std::string("/large\0x", 8), Kind::unreadable, "\\x00"},
      {"an empty path", "", Kind::unreadable, "cannot be read"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto error = reading(row.path);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, row.kind);
    EXPECT_THAT(error->what(), HasSubstr(row.cause));
  }
}

TEST(ReadFile, DoesNotTrustTheSizeThatIsTold) {
  // The files of /proc say 0 and give more.
  const auto error = reading("/proc/self/smaps", 64);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::too_large);
}

TEST(ReadFile, SaysThatTheRightIsMissing) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  const TemporaryDirectory directory;
  const std::string path = directory.write("closed", "x");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const auto error = reading(path);
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("right to read"));
}

TEST(WritePrivateFile, LeavesOneFileForTheOwnerOnly) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/mail1.key";
  const mode_t before = ::umask(0);
  write_private_file(path, "first");
  write_private_file(path, "second");
  ::umask(before);
  EXPECT_EQ(read_file(path), "second");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  const auto entries = std::distance(std::filesystem::directory_iterator(directory.path()), {});
  EXPECT_EQ(entries, 1);
}

TEST(WritePrivateFile, ReplacesALinkInsteadOfFollowingIt) {
  const TemporaryDirectory directory;
  const std::string target = directory.write("target", "untouched");
  std::filesystem::create_symlink(target, directory.path() + "/link");
  write_private_file(directory.path() + "/link", "secret");
  EXPECT_EQ(read_file(target), "untouched");
  EXPECT_EQ(read_file(directory.path() + "/link"), "secret");
}

TEST(WritePrivateFile, LeavesNothingBehindWhenItFails) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path() + "/taken");
  for (const std::string& path :
       {directory.path() + "/taken", directory.path() + "/absent/x", std::string("/proc/x")}) {
    SCOPED_TRACE(path);
    try {
      write_private_file(path, "secret");
      FAIL() << "written";
    } catch (const BundleError& error) {
      EXPECT_EQ(error.kind, Kind::unwritable);
      EXPECT_THAT(error.what(), HasSubstr(path));
    }
  }
  const auto entries = std::distance(std::filesystem::directory_iterator(directory.path()), {});
  EXPECT_EQ(entries, 1);
}

}  // namespace
}  // namespace domsec::pki
