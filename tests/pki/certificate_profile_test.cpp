// RFC 5280 4.1 and 4.2, one row for each rule of certificate_profile.cpp and for what OpenSSL's strict checks
// add: a sound path root -> CA -> leaf with one thing changed. What only the profile strict refuses is good
// under trust.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <functional>

#include "domsec/pki/path.h"
#include "support/altered_certificate.h"
#include "support/pki.h"

namespace domsec::pki {
namespace {

using testing::altered_certificate;
using testing::append_raw_extension;
using testing::ca_recipe;
using testing::Criticality;
using testing::drop_extension;
using testing::leaf_recipe;
using testing::set_extension;
using testing::test_instant;
using testing::three_levels;

using Change = std::function<void(X509*)>;

const PrivateKey& some_key() {
  static const PrivateKey key = make_key(KeyKind::ec_p256);
  return key;
}

void unchanged(X509*) {}

Chain chain_of(const Change& of_leaf, const Change& of_authority) {
  const auto authority = altered_certificate(three_levels().root, ca_recipe("CN=Profiled CA, O=Contoso"),
                                             some_key(), of_authority);
  const Authority issuer(Credentials{{authority}, some_key()});
  return {altered_certificate(issuer, leaf_recipe({"mail.contoso.com"}), some_key(), of_leaf), authority};
}

/// `0 expired 10`; what has no number in its words.
std::string told(const Chain& presented, PathProfile profile) {
  PathInput input;
  input.presented = presented;
  auto anchors = std::make_shared<TrustStore>();
  anchors->add(three_levels().anchors());
  input.anchors = anchors;
  input.at = test_instant;
  input.profile = profile;
  std::string lines;
  for (const PathProblem& problem : examine_path(input).problems) {
    lines += (lines.empty() ? "" : "; ") + std::to_string(problem.depth) + " ";
    lines += problem.x509_error == 0
                 ? problem.text
                 : std::string(text(problem.fault)) + " " + std::to_string(problem.x509_error);
  }
  return lines;
}

void set_serial(X509* x509, const std::string& octets, int type) {
  ASN1_INTEGER* serial = X509_get_serialNumber(x509);
  ASN1_STRING_set(serial, octets.data(), static_cast<int>(octets.size()));
  serial->type = type;
}

void set_date(X509* x509, bool begins, int type, const char* text) {
  ASN1_TIME* date = begins ? X509_getm_notBefore(x509) : X509_getm_notAfter(x509);
  ASN1_STRING_set(date, text, -1);
  date->type = type;
}

void make_not_critical(X509* x509, int nid) {
  X509_EXTENSION_set_critical(X509_get_ext(x509, X509_get_ext_by_NID(x509, nid, -1)), 0);
}

void make_critical(X509* x509, int nid) {
  X509_EXTENSION_set_critical(X509_get_ext(x509, X509_get_ext_by_NID(x509, nid, -1)), 1);
}

struct Row {
  const char* name;
  Change change;
  const char* told;
};

/// Under trust good, under strict told at `depth`.
void hold(int depth, const std::vector<Row>& table) {
  for (const Row& row : table) {
    SCOPED_TRACE(row.name);
    const Chain chain = depth == 0 ? chain_of(row.change, unchanged) : chain_of(unchanged, row.change);
    ASSERT_NE(chain[static_cast<std::size_t>(depth)], nullptr);
    EXPECT_EQ(told(chain, PathProfile::trust), "");
    EXPECT_EQ(told(chain, PathProfile::strict), row.told);
  }
}

TEST(CertificateProfile, ASoundPathIsGoodUnderBoth) {
  const Chain chain = chain_of(unchanged, unchanged);
  EXPECT_EQ(told(chain, PathProfile::trust), "");
  EXPECT_EQ(told(chain, PathProfile::strict), "");
}

TEST(CertificateProfile, Serial) {
  constexpr const char* not_positive = "0 the serial number is not positive";
  const auto serial = [](std::string octets, int type = V_ASN1_INTEGER) {
    return [octets = std::move(octets), type](X509* x509) { set_serial(x509, octets, type); };
  };
  hold(0, {{"zero", serial(std::string(1, '\0')), not_positive},
           {"negative", serial("\x05", V_ASN1_NEG_INTEGER), not_positive},
           {"20 octets", serial(std::string(20, '\x7F')), ""},
           {"20 octets and a sign", serial(std::string(20, '\xFF')),
            "0 the serial number is longer than 20 octets"},
           {"21 octets", serial(std::string(21, '\x01')), "0 the serial number is longer than 20 octets"}});
}

TEST(CertificateProfile, Validity) {
  constexpr const char* bad_form = "0 a date is not in the form that RFC 5280 wants of it";
  const auto date = [](bool begins, int type, const char* text) {
    return [=](X509* x509) { set_date(x509, begins, type, text); };
  };
  hold(0, {{"GeneralizedTime from 2050", date(false, V_ASN1_GENERALIZEDTIME, "20500101000000Z"), ""},
           {"GeneralizedTime through 2049", date(false, V_ASN1_GENERALIZEDTIME, "20491231235959Z"), bad_form},
           {"notBefore too", date(true, V_ASN1_GENERALIZEDTIME, "20200101000000Z"), bad_form}});
}

// RFC 5280 4.1.2.5.2 forbids the fraction; what the date says is not in doubt.
TEST(CertificateProfile, AFractionOfASecondIsRefusedUnderStrictOnly) {
  struct {
    bool begins;
    const char* date;
    const char* trust;
    int strict;
  } const table[] = {
      {false, "20261122000001.5Z", "", 14},
      {false, "20261122000000.5Z", "", 14},  // the last second, which is inside
      {false, "20261121235959.999Z", "0 expired 10", 14},
      {true, "20261122000000.0Z", "", 13},
      {true, "20261122000001.0Z", "0 not-yet-valid 9", 13},
      {false, "20271122000000.Z", "0 other 14", 14},
      {false, "20271122000000.5", "0 other 14", 14},
      {false, "202711220000Z", "0 other 14", 14},
      {false, "20271122000000+0100", "0 other 14", 14},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.date);
    const Chain chain = chain_of(
        [&](X509* x509) { set_date(x509, row.begins, V_ASN1_GENERALIZEDTIME, row.date); }, unchanged);
    EXPECT_EQ(told(chain, PathProfile::trust), row.trust);
    EXPECT_THAT(told(chain, PathProfile::strict),
                ::testing::HasSubstr("0 other " + std::to_string(row.strict)));
  }
}

TEST(CertificateProfile, Usages) {
  hold(0, {{"an empty key usage",
            [](X509* x509) {
              drop_extension(x509, NID_key_usage);
              append_raw_extension(x509, "keyUsage", Criticality::critical,
                                   std::string("\x03\x02\x07\x80", 4));
            },
            ""}});
  // Nobody can be served by an empty list, whatever the profile.
  const Change no_usage = [](X509* x509) {
    drop_extension(x509, NID_ext_key_usage);
    append_raw_extension(x509, "extendedKeyUsage", Criticality::not_critical, std::string("\x30\x00", 2));
  };
  EXPECT_EQ(told(chain_of(no_usage, unchanged), PathProfile::trust), "0 wrong-purpose 26");
  EXPECT_EQ(told(chain_of(no_usage, unchanged), PathProfile::strict),
            "0 the extended key usage is empty; 0 wrong-purpose 26");
  const Change no_bit = [](X509* x509) {
    drop_extension(x509, NID_key_usage);
    append_raw_extension(x509, "keyUsage", Criticality::critical, std::string("\x03\x01\x00", 3));
  };
  EXPECT_THAT(told(chain_of(no_bit, unchanged), PathProfile::trust), ::testing::HasSubstr("0 other 41"));
}

TEST(CertificateProfile, NameConstraints) {
  const auto raw = [](Criticality criticality, std::string value) {
    return [=](X509* x509) { append_raw_extension(x509, "nameConstraints", criticality, value); };
  };
  const auto sound = [](X509* x509) {
    set_extension(x509, NID_name_constraints, Criticality::critical, "permitted;DNS:contoso.com");
  };
  hold(1, {{"sound", sound, ""},
           {"not critical",
            [&](X509* x509) {
              sound(x509);
              make_not_critical(x509, NID_name_constraints);
            },
            "1 the name constraints are not critical"},
           {"nothing in them", raw(Criticality::critical, std::string("\x30\x00", 2)),
            "1 the name constraints are empty"},
           {"no subtree in them", raw(Criticality::critical, std::string("\x30\x02\xA0\x00", 4)),
            "1 the name constraints are empty"}});
  hold(0, {{"in a leaf", sound, "0 name constraints in a certificate that is no CA"}});
}

TEST(CertificateProfile, PolicyConstraints) {
  hold(1, {{"critical",
            [](X509* x509) {
              set_extension(x509, NID_policy_constraints, Criticality::critical, "inhibitPolicyMapping:0");
              set_extension(x509, NID_inhibit_any_policy, Criticality::critical, "0");
            },
            ""},
           {"policyConstraints not critical",
            [](X509* x509) {
              set_extension(x509, NID_policy_constraints, Criticality::not_critical,
                            "inhibitPolicyMapping:0");
            },
            "1 the policy constraints are not critical"},
           {"inhibitAnyPolicy not critical",
            [](X509* x509) { set_extension(x509, NID_inhibit_any_policy, Criticality::not_critical, "0"); },
            "1 inhibitAnyPolicy is not critical"}});
}

TEST(CertificateProfile, KeyIdentifiersAndBasicConstraints) {
  hold(0, {{"no authorityKeyIdentifier",
            [](X509* x509) { drop_extension(x509, NID_authority_key_identifier); }, "0 other 85"},
           {"a CA as leaf has no subjectKeyIdentifier to lack",
            [](X509* x509) { drop_extension(x509, NID_subject_key_identifier); }, ""},
           {"a critical authorityKeyIdentifier",
            [](X509* x509) { make_critical(x509, NID_authority_key_identifier); }, "0 other 90"},
           {"a critical subjectKeyIdentifier",
            [](X509* x509) { make_critical(x509, NID_subject_key_identifier); }, "0 other 91"},
           {"a path length without CA",
            [](X509* x509) {
              set_extension(x509, NID_basic_constraints, Criticality::critical, "CA:FALSE,pathlen:0");
            },
            "0 other 80; 0 other 81"},
           {"no subject, and alternative names that are not critical",
            [](X509* x509) {
              while (X509_NAME_entry_count(X509_get_subject_name(x509)) > 0) {
                X509_NAME_ENTRY_free(X509_NAME_delete_entry(X509_get_subject_name(x509), 0));
              }
            },
            "0 other 88"},
           {"keyCertSign without CA",
            [](X509* x509) {
              set_extension(x509, NID_key_usage, Criticality::critical, "digitalSignature,keyCertSign");
            },
            "0 other 82"}});
  hold(1, {{"no subjectKeyIdentifier", [](X509* x509) { drop_extension(x509, NID_subject_key_identifier); },
            "1 other 86"},
           {"no authorityKeyIdentifier",
            [](X509* x509) { drop_extension(x509, NID_authority_key_identifier); }, "1 other 85"},
           {"basicConstraints not critical",
            [](X509* x509) { make_not_critical(x509, NID_basic_constraints); }, "1 other 89"},
           {"no key usage", [](X509* x509) { drop_extension(x509, NID_key_usage); }, "1 other 92"}});
}

TEST(CertificateProfile, AlternativeNames) {
  constexpr const char* bad_form = "0 an alternative name is not in the form that RFC 5280 wants of it";
  const auto names = [](std::string value) {
    return [=](X509* x509) {
      drop_extension(x509, NID_subject_alt_name);
      append_raw_extension(x509, "subjectAltName", Criticality::not_critical, value);
    };
  };
  hold(0, {{"sound",
            names(std::string("\x30\x03\x82\x01"
                              "a",
                              5)),
            ""},
           {"none", names(std::string("\x30\x00", 2)), "0 other 87"},
           {"a dNSName of nothing", names(std::string("\x30\x02\x82\x00", 4)), bad_form},
           {"a dNSName of a blank", names(std::string("\x30\x03\x82\x01 ", 5)), bad_form},
           {"a dNSName beyond ASCII", names(std::string("\x30\x03\x82\x01\xFC", 5)), bad_form},
           {"an address of 3 octets", names(std::string("\x30\x05\x87\x03\x01\x02\x03", 7)), bad_form}});
}

// What nobody can read one way only is refused under both.
TEST(CertificateProfile, WhatLeavesTheMeaningOpenIsRefusedAlways) {
  const auto told_both = [](const Change& of_leaf, const Change& of_authority) {
    const Chain chain = chain_of(of_leaf, of_authority);
    EXPECT_EQ(told(chain, PathProfile::strict), told(chain, PathProfile::trust));
    return told(chain, PathProfile::trust);
  };
  const Change twice = [](X509* x509) {
    for (int i = 0; i < 2; ++i) append_raw_extension(x509, "1.2.3.4.5", Criticality::not_critical, "\x05");
  };
  EXPECT_EQ(told_both(twice, unchanged), "0 an extension is there twice");
  EXPECT_EQ(told_both(unchanged, twice), "1 an extension is there twice");
  const Change unknown = [](X509* x509) {
    append_raw_extension(x509, "1.2.3.4.5", Criticality::critical, "\x05");
  };
  EXPECT_EQ(told_both(unknown, unchanged), "0 other 34");
  EXPECT_EQ(told_both(unchanged, unknown), "1 other 34");
}

TEST(CertificateProfile, ACriticalPolicyQualifierHasToBeKnown) {
  // SEQUENCE { SEQUENCE { 1.2.3, SEQUENCE { SEQUENCE { 1.2.4, NULL } } } }
  const std::string unknown("\x30\x10\x30\x0E\x06\x02\x2A\x03\x30\x08\x30\x06\x06\x02\x2A\x04\x05\x00", 18);
  const auto with = [&](Criticality criticality) {
    return chain_of(
        [&](X509* x509) { append_raw_extension(x509, "certificatePolicies", criticality, unknown); },
        unchanged);
  };
  EXPECT_EQ(told(with(Criticality::critical), PathProfile::trust), "0 other 42");
  EXPECT_EQ(told(with(Criticality::not_critical), PathProfile::trust), "");
}

std::string der_of(unsigned char tag, const std::string& content) {
  const auto size = content.size();
  return std::string{static_cast<char>(tag), '\x82', static_cast<char>(size >> 8U), static_cast<char>(size)} +
         content;
}

const std::string ecdsa_with_sha256("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02", 12);
const std::string ecdsa_with_sha384("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x03", 12);

/// The same certificate with `header` before what is signed, signed as such; `algorithm` is the outer one.
CertificatePtr with_signed_header(const CertificatePtr& certificate, const std::string& header,
                                  const PrivateKey& key, const std::string& algorithm = ecdsa_with_sha256) {
  unsigned char* octets = nullptr;
  const int length = i2d_re_X509_tbs(certificate->x509.get(), &octets);
  const std::string content(reinterpret_cast<const char*>(octets) + 4, static_cast<std::size_t>(length) - 4);
  OPENSSL_free(octets);
  const std::string to_be_signed = header + content;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::size_t size = 512;
  std::string signature(size, '\0');
  EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.key.get());
  EXPECT_EQ(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                           reinterpret_cast<const unsigned char*>(to_be_signed.data()), to_be_signed.size()),
            1);
  EVP_MD_CTX_free(context);
  signature.resize(size);
  const std::string bits = std::string{'\x03', static_cast<char>(size + 1), '\0'} + signature;
  return read_certificate_der(der_of(0x30, to_be_signed + algorithm + bits));
}

TEST(CertificateProfile, WhatIsNotDerOrSignedByAnotherAlgorithmIsRefusedAlways) {
  const Chain chain = chain_of(unchanged, unchanged);
  unsigned char* octets = nullptr;
  const int length = i2d_re_X509_tbs(chain[0]->x509.get(), &octets);
  OPENSSL_free(octets);
  const int content = length - 4;
  ASSERT_GT(content, 255);
  const std::string shortest{'\x30', '\x82', static_cast<char>(content >> 8), static_cast<char>(content)};
  const std::string longer{'\x30', '\x83', '\0', static_cast<char>(content >> 8), static_cast<char>(content)};
  const auto ask = [&](const std::string& header) {
    const CertificatePtr leaf = with_signed_header(chain[0], header, some_key());
    return leaf == nullptr ? std::string("unreadable") : told({leaf, chain[1]}, PathProfile::trust);
  };
  EXPECT_EQ(ask(shortest), "");
  EXPECT_EQ(ask(longer), "0 the encoding is not DER");
  // 4.1.1.2: the algorithm outside is the one that is signed.
  const CertificatePtr other = with_signed_header(chain[0], shortest, some_key(), ecdsa_with_sha384);
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(told({other, chain[1]}, PathProfile::trust), "0 bad-signature 7");
  EXPECT_EQ(told({other, chain[1]}, PathProfile::strict), "0 bad-signature 7; 0 other 78");
}

}  // namespace
}  // namespace domsec::pki
