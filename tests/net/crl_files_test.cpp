#include "domsec/net/crl_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/pki.h"

namespace domsec::net {
namespace {

using domsec::testing::crl_recipe;
using domsec::testing::TemporaryDirectory;
using domsec::testing::three_levels;

constexpr std::size_t largest = 1U << 20;

TEST(CrlFiles, KeepAListWithItsUriInADirectoryOfTheirOwn) {
  const TemporaryDirectory temporary;
  const std::string directory = temporary.path() + "/new/lists";
  const std::string uri = "http://crl.contoso.com/ca.crl";
  const std::string list = three_levels().issuing.crl(crl_recipe());
  EXPECT_EQ(read_crl_file(directory, uri, largest), std::nullopt);
  EXPECT_EQ(crl_file_kept(directory, uri), std::nullopt);
  EXPECT_EQ(write_crl_file(directory, uri, list), "");
  struct stat status {};
  ASSERT_EQ(::stat(directory.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_EQ(read_crl_file(directory, uri, largest), list);
  EXPECT_EQ(read_crl_file(directory, uri, list.size() - 1), std::nullopt);
  EXPECT_TRUE(crl_file_kept(directory, uri));
  const std::vector<CrlFile> files = crl_files(directory, largest);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].uri, uri);
  EXPECT_EQ(files[0].octets, list.size());
  ASSERT_TRUE(files[0].crl);
  EXPECT_EQ(files[0].crl->issuer(), three_levels().issuing.certificate()->subject);
}

TEST(CrlFiles, LeaveStrangersFilesAndPermissionsAlone) {
  const TemporaryDirectory temporary;
  std::filesystem::permissions(temporary.path(),
                               std::filesystem::perms::owner_all | std::filesystem::perms::group_read);
  temporary.write("notes.crl", "mine");
  const std::string odd = temporary.write(std::string(64, 'a') + ".crl", "no list");
  EXPECT_EQ(write_crl_file(temporary.path(), "http://a/", three_levels().root.crl(crl_recipe())), "");
  struct stat status {};
  ASSERT_EQ(::stat(temporary.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0740U);
  const std::vector<CrlFile> files = crl_files(temporary.path(), largest);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_TRUE((files[0].crl == nullptr) != (files[1].crl == nullptr));
  EXPECT_EQ(remove_crl_files(temporary.path()), 2U);
  EXPECT_FALSE(std::filesystem::exists(odd));
  EXPECT_TRUE(std::filesystem::exists(temporary.path() + "/notes.crl"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(temporary.path()), {}), 1);
}

TEST(CrlFiles, SayInAClauseWhatCannotBeKept) {
  const TemporaryDirectory temporary;
  const std::string file = temporary.write("file", "no directory");
  EXPECT_EQ(write_crl_file(file, "http://a/", "x"), "the list cannot be kept in " + file);
  EXPECT_TRUE(crl_files(file, largest).empty());
  EXPECT_EQ(remove_crl_files(file), 0U);
}

}  // namespace
}  // namespace domsec::net
