#include "domsec/pki/chain_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pki.h"

namespace domsec::pki {
namespace {

using domsec::testing::leaf_recipe;
using domsec::testing::three_levels;
using ::testing::HasSubstr;
using Kind = BundleError::Kind;

const Credentials& one() {
  static const Credentials credentials = three_levels().leaf("mail1.contoso.com");
  return credentials;
}
const Credentials& other() {
  static const Credentials credentials = three_levels().leaf("mail2.contoso.com");
  return credentials;
}
std::string key(const Credentials& of) {
  return of.key.pem();
}
std::string leaf(const Credentials& of) {
  return of.chain[0]->pem();
}
std::string issuers(const Credentials& of) {
  return of.chain[1]->pem() + of.chain[2]->pem();
}

TEST(ChainFile, TakesEachKeyWithTheCertificatesBehindIt) {
  const struct {
    const char* name;
    std::string bytes;
    std::vector<std::size_t> lengths;
  } rows[] = {
      {"one chain", key(one()) + leaf(one()) + issuers(one()), {3}},
      {"comments between the blocks", "subject=x\n" + key(one()) + "\n# leaf\n" + leaf(one()), {1}},
      {"two chains", key(one()) + leaf(one()) + issuers(one()) + key(other()) + leaf(other()), {3, 1}},
      {"one chain with its key at the end", leaf(one()) + issuers(one()) + key(one()), {3}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    std::vector<std::size_t> lengths;
    for (const Credentials& chain : read_chain_file(row.bytes, "chains.pem")) {
      lengths.push_back(chain.chain.size());
      EXPECT_TRUE(belongs_to(chain.key, *chain.chain.front()));
    }
    EXPECT_EQ(lengths, row.lengths);
  }
}

TEST(ChainFile, RefusesAnOrderThatDoesNotSayWhatBelongsTogether) {
  const struct {
    const char* name;
    std::string bytes;
    Kind kind;
    const char* words;
  } rows[] = {
      {"two keys in a row", key(other()) + key(one()) + leaf(one()), Kind::no_certificate, "block 1"},
      {"a certificate before its key", leaf(one()) + key(one()) + issuers(one()), Kind::key_missing,
       "block 1"},
      {"another key's certificate", key(other()) + leaf(one()), Kind::key_mismatch, "block 1"},
      {"the intermediate before the leaf", key(one()) + issuers(one()) + leaf(one()), Kind::key_mismatch,
       "block 1"},
      {"a second key without a certificate", key(one()) + leaf(one()) + key(other()), Kind::no_certificate,
       "block 3"},
      {"another key at the end", leaf(one()) + issuers(one()) + key(other()), Kind::key_mismatch, "mail1"},
      {"certificates alone", leaf(one()) + issuers(one()), Kind::key_missing, "block 1"},
      {"a key alone", key(one()), Kind::no_certificate, "block 1"},
      {"nothing in PEM", "\x30\x01\x01", Kind::key_missing, "neither"},
      {"nothing at all", "", Kind::empty, "empty"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    try {
      (void)read_chain_file(row.bytes, "chains.pem");
      ADD_FAILURE() << "was loaded";
    } catch (const BundleError& error) {
      EXPECT_EQ(error.kind, row.kind) << error.what();
      EXPECT_THAT(error.what(), HasSubstr("chains.pem"));
      EXPECT_THAT(error.what(), HasSubstr(row.words));
    }
  }
}

}  // namespace
}  // namespace domsec::pki
