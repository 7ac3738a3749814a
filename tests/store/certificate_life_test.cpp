// The acts on the store by themselves; each rule of the specification under its number.
#include "domsec/store/certificate_life.h"

#include <gtest/gtest.h>

#include <thread>

#include "domsec/pki/certificate_facts.h"
#include "support/pki.h"

namespace domsec::store {
namespace {

using policy::CertificateStatus;
using policy::EccCertificates;
using policy::Service;
using policy::ServiceSet;
using testing::test_instant;
using testing::three_levels;

constexpr policy::ServiceTerms with_ecc{.ecc = EccCertificates::allowed};

class CertificateLife : public ::testing::Test {
 protected:
  /// An issued certificate with its key; its thumbprint.
  std::string stored(const std::string& name, KeyExport key_export = KeyExport::refused) {
    const pki::Credentials made = three_levels().leaf(name);
    certificates.import({made.chain, made.key, name, key_export, test_instant});
    return made.chain.front()->thumbprint;
  }
  Enabled enable(const std::string& thumbprint, ServiceSet services,
                 CertificateStatus status = CertificateStatus::valid, policy::ServiceTerms terms = with_ecc) {
    return enable_certificate(certificates, thumbprint, {services, status, terms},
                              [&](const pki::Certificate&, const pki::Certificate&) {
                                ++questions;
                                return yes;
                              });
  }
  /// What an act is refused with.
  template <class Act>
  static CertificateError refused(Act act) {
    try {
      act();
    } catch (const CertificateError& error) {
      return error;
    }
    return CertificateError("it was not refused");
  }
  template <class Act>
  static std::string said(Act act) {
    return refused(act).what();
  }
  static std::string rule(const CertificateError& error) {
    return error.refusal() ? std::string(finding_name(error)) + ' ' + error.refusal()->rule : error.what();
  }
  static std::string finding_name(const CertificateError& error) {
    return "DS" + std::to_string(static_cast<int>(error.refusal()->code));
  }
  std::string default_smtp() {
    const auto entry = certificates.default_smtp();
    return entry ? entry->certificate->thumbprint : std::string();
  }
  /// What an authority sends back.
  static std::string answer(const pki::Request& request) {
    return three_levels().second.certify(testing::leaf_recipe({}), request)->pem() +
           three_levels().second.certificate()->pem();
  }
  Imported import_pem(const std::string& bytes) {
    ImportedFile from;
    from.bytes = bytes;
    from.name = "answer.p7b";
    from.at = test_instant;
    return import_certificate(certificates, read_import(from));
  }
  WantedCertificate mail1() {
    WantedCertificate wanted;
    wanted.subject = "DC=com,DC=Contoso,CN=mail1.contoso.com";
    wanted.dns_names = {"mail.contoso.com"};
    wanted.key = pki::KeyKind::ec_p256;
    wanted.friendly_name = "Internet certificate for mail1";
    return wanted;
  }

  testing::TemporaryDirectory directory;
  std::string file = directory.path() + "/domsec.db";
  Database database{file, migrations()};
  Certificates certificates{database};
  bool yes = true;
  int questions = 0;
};

TEST_F(CertificateLife, R15OneBundleServesOnSeveralServers) {
  const pki::Credentials bought = three_levels().leaf("mail.contoso.com");
  const std::string pfx = pki::write_pkcs12(bought, "secret", "Shared");
  Database other_database(directory.path() + "/other.db", migrations());
  Certificates other(other_database);
  for (Certificates* server : {&certificates, &other}) {
    ImportedFile from;
    from.bytes = pfx;
    from.name = "shared.pfx";
    from.pass_phrase = "secret";
    const CertificateEntry entry = import_certificate(*server, read_import(from)).entry;
    EXPECT_EQ(entry.certificate->thumbprint, bought.chain.front()->thumbprint);
    EXPECT_TRUE(pki::belongs_to(server->private_key(entry.certificate->thumbprint), *entry.certificate));
  }
}

TEST_F(CertificateLife, R16RequestHasTheSubjectAndTheNamesOfTheSeedAndWaits) {
  const pki::Request made = request_certificate(certificates, mail1(), test_instant);
  EXPECT_EQ(made.subject, "CN=mail1.contoso.com, DC=Contoso, DC=com");
  EXPECT_EQ(made.dns_names, (std::vector<std::string>{"mail.contoso.com", "mail1.contoso.com"}));
  ASSERT_TRUE(certificates.find_pending(made.thumbprint));
  EXPECT_EQ(certificates.find_pending(made.thumbprint)->friendly_name, "Internet certificate for mail1");
}

TEST_F(CertificateLife, R16WhatIsNoRequestIsRefusedAtItsInput) {
  WantedCertificate wanted = mail1();
  wanted.subject = "O=Contoso";
  EXPECT_EQ(refused([&] { require_sound(wanted); }).about(), CertificateInput::subject);
  wanted = mail1();
  wanted.dns_names = {"*.contoso.com"};
  EXPECT_EQ(refused([&] { require_sound(wanted); }).about(), CertificateInput::names);
  wanted = mail1();
  wanted.friendly_name = std::string(64, 'x');
  EXPECT_EQ(refused([&] { require_sound(wanted); }).about(), CertificateInput::friendly_name);
  EXPECT_TRUE(certificates.pending().empty());
}

TEST_F(CertificateLife, R17AnswerOfTheAuthorityJoinsItsKey) {
  const pki::Request made = request_certificate(certificates, mail1(), test_instant);
  const Imported imported = import_pem(answer(made));
  EXPECT_EQ(imported.warning, "");
  EXPECT_TRUE(imported.entry.has_private_key);
  EXPECT_EQ(imported.entry.friendly_name, "Internet certificate for mail1");
  EXPECT_TRUE(certificates.pending().empty());
}

TEST_F(CertificateLife, R18AnswerToAnotherRequestIsToldFromACertificateWithoutAny) {
  const pki::Request here = request_certificate(certificates, mail1(), test_instant);
  pki::RequestRecipe recipe;
  recipe.subject = mail1().subject;
  recipe.key = pki::KeyKind::ec_p256;
  const Imported imported = import_pem(answer(pki::make_request(recipe).request));
  EXPECT_FALSE(imported.entry.has_private_key);
  EXPECT_NE(imported.warning.find(here.thumbprint + " asks for the same subject with another key"),
            std::string::npos)
      << imported.warning;
  EXPECT_EQ(certificates.pending().size(), 1U) << "the request still waits for its own";
  const Imported stranger = import_pem(three_levels().leaf("other.contoso.com").chain.front()->pem());
  EXPECT_NE(stranger.warning.find("no pending request has its public key"), std::string::npos)
      << stranger.warning;
}

TEST_F(CertificateLife, R18AuthorityAloneIsToldFromACertificateOfAServer) {
  const Imported imported = import_pem(three_levels().root.certificate()->pem());
  EXPECT_NE(imported.warning.find("name its file in TrustedRoots"), std::string::npos) << imported.warning;
}

TEST_F(CertificateLife, WhatIsNotOfTheChainIsLeftOutAndSaid) {
  const pki::Credentials ours = three_levels().leaf("mail.contoso.com");
  std::string given = ours.key.pem();
  for (const pki::CertificatePtr& each : ours.chain) given += each->pem();
  EXPECT_EQ(import_pem(given + three_levels().root.certificate()->pem()).warning, "")
      << "a chain up to its root";
  remove_certificate(certificates, ours.chain.front()->thumbprint, nullptr);
  given += three_levels().leaf("other.contoso.com").chain.front()->pem();
  EXPECT_EQ(
      import_pem(given).warning,
      "1 other certificate of the file (CN=other.contoso.com, O=Contoso) issued nothing of its chain and "
      "stayed outside: give each its own file.");
  given += three_levels().leaf("third.contoso.com").chain.front()->pem();
  remove_certificate(certificates, ours.chain.front()->thumbprint, nullptr);
  EXPECT_TRUE(import_pem(given).warning.starts_with("2 other certificates of the file (CN=other.")) << given;
  EXPECT_EQ(certificates.all().size(), 1U);
}

TEST_F(CertificateLife, R19KeyLeavesTheStoreOnlyWhereThatWasAskedForAndUnderAPassword) {
  const std::string kept = stored("kept.contoso.com");
  const std::string free = stored("free.contoso.com", KeyExport::allowed);
  EXPECT_EQ(rule(refused([&] { (void)export_certificate(certificates, kept, "secret"); })), "DS601 SV-8");
  EXPECT_EQ(refused([&] { (void)export_certificate(certificates, free, ""); }).about(),
            CertificateInput::password);
  const Exported exported = export_certificate(certificates, free, "secret");
  const pki::Credentials read = pki::read_pkcs12(exported.pkcs12, "file", "secret");
  EXPECT_EQ(read.chain.front()->thumbprint, free);
  EXPECT_EQ(read.chain.size(), 3U) << "with what is sent behind it";
}

TEST_F(CertificateLife, PendingRequestIsExportedAsItself) {
  const pki::Request made = request_certificate(certificates, mail1(), test_instant);
  const Exported exported = export_certificate(certificates, made.thumbprint, "");
  ASSERT_TRUE(exported.request);
  EXPECT_EQ(exported.request->der(), made.der());
}

TEST_F(CertificateLife, R20EncryptedKeyWithoutItsPassPhraseIsRefusedAndNothingIsTakenIn) {
  const pki::Credentials bought = three_levels().leaf("mail.contoso.com");
  const std::string pfx = pki::write_pkcs12(bought, "secret", "");
  ImportedFile from;
  from.bytes = pfx;
  from.name = "bought.pfx";
  EXPECT_THROW((void)read_import(from), pki::BundleError);
  EXPECT_TRUE(certificates.all().empty());
}

TEST_F(CertificateLife, R35SelfSignedCertificatesHaveTheProfilesOfSetup) {
  struct Row {
    SelfSignedProfile profile;
    const char* subject;
    std::vector<std::string> names;
    const char* not_after;
    std::uint32_t key_usage;
    const char* extensions;
    KeyExport key_export;
    const char* services;
    const char* friendly_name;
  };
  const std::vector<Row> rows = {
      {SelfSignedProfile::exchange,
       "CN=edge1",
       {"edge1", "edge1.contoso.com"},
       "2031-11-22T00:00:00Z",
       0b101U,
       "basicConstraints! keyUsage! extendedKeyUsage subjectAltName ",
       KeyExport::refused,
       "IMAP, POP, SMTP",
       "Microsoft Exchange"},
      {SelfSignedProfile::auth,
       "CN=Microsoft Exchange Server Auth Certificate",
       {},
       "2031-11-22T00:00:00Z",
       0b101U,
       "basicConstraints! keyUsage! extendedKeyUsage ",
       KeyExport::allowed,
       "SMTP",
       "Microsoft Exchange Server Auth Certificate"},
      {SelfSignedProfile::wmsvc,
       "CN=WMSvc-SHA2-edge1",
       {},
       "2036-11-19T00:00:00Z",
       0b1101U,
       "keyUsage extendedKeyUsage ",
       KeyExport::allowed,
       "None",
       "WMSVC-SHA2"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.subject);
    yes = false;
    const CertificateEntry entry = make_self_signed(
        certificates, setup_certificate(row.profile, "edge1.contoso.com"),
        [&](const pki::Certificate&, const pki::Certificate&) { return yes; }, test_instant);
    const pki::Certificate& made = *entry.certificate;
    EXPECT_EQ(made.subject, row.subject);
    EXPECT_EQ(made.dns_names, row.names);
    EXPECT_EQ(pki::rfc3339(made.not_before), "2026-11-22T00:00:00Z");
    EXPECT_EQ(pki::rfc3339(made.not_after), row.not_after);
    EXPECT_EQ(made.key_algorithm, "RSA 2048");
    EXPECT_EQ(made.signature_algorithm, "sha256WithRSAEncryption");
    EXPECT_EQ(made.key_usage, row.key_usage);
    EXPECT_EQ(made.extended_key_usage, std::vector<std::string>{"serverAuth"});
    std::string extensions;
    for (const pki::ExtensionName& each : pki::certificate_facts(made).extensions)
      extensions += each.name + (each.critical ? "! " : " ");
    EXPECT_EQ(extensions, row.extensions);
    EXPECT_EQ(entry.key_export, row.key_export);
    EXPECT_EQ(policy::text(entry.services), row.services);
    EXPECT_EQ(entry.friendly_name, row.friendly_name);
  }
}

TEST_F(CertificateLife, R37EllipticKeyIsAssignedOnlyWhereTheOrganisationAllowsIt) {
  const std::string thumbprint = stored("mail.contoso.com");
  EXPECT_EQ(rule(refused([&] { enable(thumbprint, {Service::smtp}, CertificateStatus::valid, {}); })),
            "DS601 SV-4");
  EXPECT_TRUE(certificates.find(thumbprint)->services.empty());
  EXPECT_EQ(policy::text(enable(thumbprint, {Service::smtp}).entry.services), "SMTP");
  SelfSigning auth = setup_certificate(SelfSignedProfile::auth, "edge1.contoso.com");
  auth.wanted.key = pki::KeyKind::ec_p256;
  auth.terms = with_ecc;
  EXPECT_EQ(rule(refused([&] { (void)make_self_signed(certificates, auth, {}, test_instant); })),
            "DS601 SV-5");
}

TEST_F(CertificateLife, R37SubscribedEdgeTakesNoEllipticDefault) {
  const std::string thumbprint = stored("mail.contoso.com");
  const policy::ServiceTerms edge{.ecc = EccCertificates::allowed, .subscribed_edge = true};
  EXPECT_EQ(rule(refused([&] { enable(thumbprint, {Service::smtp}, CertificateStatus::valid, edge); })),
            "DS601 SV-5");
  EXPECT_EQ(default_smtp(), "");
  EXPECT_TRUE(certificates.find(thumbprint)->services.empty());
}

TEST_F(CertificateLife, R42ServicesAreAdded) {
  const std::string thumbprint = stored("mail.contoso.com");
  enable(thumbprint, {Service::smtp});
  EXPECT_EQ(policy::text(enable(thumbprint, {Service::pop}).entry.services), "POP, SMTP");
}

TEST_F(CertificateLife, R43ServicesAreNotTakenBack) {
  const std::string thumbprint = stored("mail.contoso.com");
  enable(thumbprint, {Service::smtp});
  const CertificateError error = refused([&] { enable(thumbprint, {}); });
  EXPECT_EQ(rule(error), "DS600 ");
  EXPECT_NE(std::string(error.what()).find("assign them to another certificate, then remove this one"),
            std::string::npos);
}

TEST_F(CertificateLife, R44WildcardIsNothingForPopAndImap) {
  const std::string thumbprint = stored("*.contoso.com");
  const CertificateError error = refused([&] { enable(thumbprint, {Service::pop, Service::imap}); });
  EXPECT_EQ(rule(error), "DS601 SV-1");
  EXPECT_NE(std::string(error.what()).find("Set-PopSettings and Set-ImapSettings"), std::string::npos);
  EXPECT_EQ(policy::text(enable(thumbprint, {Service::smtp}).entry.services), "SMTP");
}

TEST_F(CertificateLife, R45DefaultSmtpCertificateIsReplacedOnlyWithAYes) {
  const std::string first = stored("mail1.contoso.com");
  const std::string second = stored("mail2.contoso.com");
  enable(first, {Service::smtp});
  EXPECT_EQ(questions, 0) << "the first one needs no question";
  yes = false;
  EXPECT_EQ(policy::text(enable(second, {Service::smtp}).entry.services), "SMTP");
  EXPECT_EQ(questions, 1);
  EXPECT_EQ(default_smtp(), first);
  yes = true;
  enable(second, {Service::smtp});
  EXPECT_EQ(default_smtp(), second);
  enable(second, {Service::smtp});
  EXPECT_EQ(questions, 2) << "it is the default already";
}

TEST_F(CertificateLife, R45AnswerToAnOldQuestionChangesNothing) {
  const std::string first = stored("mail1.contoso.com");
  const std::string second = stored("mail2.contoso.com");
  const std::string third = stored("mail3.contoso.com");
  enable(first, {Service::smtp});
  const auto while_asked = [&](const pki::Certificate&, const pki::Certificate&) {
    Database other(file, migrations());  // another command
    Certificates(other).make_default_smtp(third);
    return true;
  };
  const std::string sentence = said([&] {
    enable_certificate(certificates, second, {{Service::smtp}, CertificateStatus::valid, with_ecc},
                       while_asked);
  });
  EXPECT_NE(sentence.find("nothing was changed"), std::string::npos) << sentence;
  EXPECT_EQ(default_smtp(), third);
  EXPECT_TRUE(certificates.find(second)->services.empty());
}

TEST_F(CertificateLife, R46UmTakesACertificateOnlyWithTlsOrDual) {
  const std::string thumbprint = stored("mail.contoso.com");
  EXPECT_EQ(rule(refused([&] { enable(thumbprint, {Service::um}); })), "DS601 SV-2");
  policy::ServiceTerms dual = with_ecc;
  dual.um_startup_mode = policy::UmStartupMode::dual;
  EXPECT_EQ(policy::text(enable(thumbprint, {Service::um}, CertificateStatus::valid, dual).entry.services),
            "UM");
}

TEST_F(CertificateLife, R47OnlyAValidCertificateIsAssigned) {
  const std::string thumbprint = stored("mail.contoso.com");
  EXPECT_EQ(rule(refused([&] { enable(thumbprint, {Service::smtp}, CertificateStatus::date_invalid); })),
            "DS601 SV-3");
}

TEST_F(CertificateLife, R48CertificateInUseIsRemovedOnlyAfterItWasReplaced) {
  const std::string old = stored("mail1.contoso.com");
  const std::string fresh = stored("mail2.contoso.com");
  enable(old, {Service::smtp});
  EXPECT_EQ(rule(refused([&] { remove_certificate(certificates, old, nullptr); })), "DS603 ");
  enable(fresh, {Service::smtp});
  remove_certificate(certificates, old, nullptr);
  EXPECT_FALSE(certificates.find(old));
}

TEST_F(CertificateLife, R51CertificateOfTheAuthConfigurationIsMissed) {
  exchange::Organisation contoso;
  const std::string current = stored("mail1.contoso.com");
  contoso.auth_config.current_certificate_thumbprint = current;
  const std::string warning = remove_certificate(certificates, current, &contoso);
  EXPECT_NE(warning.find("signs now"), std::string::npos) << warning;
  const std::string previous = stored("mail2.contoso.com");
  contoso.auth_config.previous_certificate_thumbprint = previous;
  EXPECT_EQ(remove_certificate(certificates, previous, &contoso), "");
  EXPECT_TRUE(certificates.all().empty());
}

TEST_F(CertificateLife, R49NewDefaultOfASubscribedEdgeMeansANewSubscription) {
  const auto rsa = [&](const char* name) {
    pki::CertificateRecipe recipe = testing::leaf_recipe({name});
    recipe.key = pki::KeyKind::rsa_2048;
    const pki::Credentials made = three_levels().second.issue(recipe);
    certificates.import({made.chain, made.key, {}, KeyExport::refused, test_instant});
    return made.chain.front()->thumbprint;
  };
  const std::string old = rsa("mail1.contoso.com");
  const policy::ServiceTerms edge{.subscribed_edge = true};
  EXPECT_EQ(enable(old, {Service::smtp}, CertificateStatus::valid, edge).warning, "");
  const Enabled enabled = enable(rsa("mail2.contoso.com"), {Service::smtp}, CertificateStatus::valid, edge);
  EXPECT_NE(enabled.warning.find(old), std::string::npos) << enabled.warning;
  EXPECT_NE(enabled.warning.find("subscribe the Edge again"), std::string::npos) << enabled.warning;
}

TEST_F(CertificateLife, R50ThumbprintIsFoundInEverySpelling) {
  const std::string thumbprint = stored("mail.contoso.com");
  std::string spelled = "\xE2\x80\x8E";
  for (const char c : thumbprint) {
    spelled += c >= 'A' ? static_cast<char>(c - 'A' + 'a') : c;
    if (spelled.size() % 3 == 0) spelled += ' ';
  }
  EXPECT_EQ(named_certificate(certificates, spelled).certificate->thumbprint, thumbprint);
  EXPECT_EQ(rule(refused([&] { (void)named_certificate(certificates, std::string(40, 'A')); })), "DS605 ");
  EXPECT_NE(said([&] { (void)named_certificate(certificates, "mail.contoso.com"); }).find("is no thumbprint"),
            std::string::npos);
  const pki::Request waits = request_certificate(certificates, mail1(), test_instant);
  EXPECT_NE(said([&] { (void)named_certificate(certificates, waits.thumbprint); }).find("pending request"),
            std::string::npos);
}

TEST_F(CertificateLife, RenewalAsksForTheSameWithANewKey) {
  const pki::Request first = request_certificate(certificates, mail1(), test_instant);
  const CertificateEntry old = import_pem(answer(first)).entry;
  const pki::Request again = request_certificate(certificates, renewal_of(old), test_instant);
  EXPECT_EQ(again.subject, old.certificate->subject);
  EXPECT_EQ(again.dns_names, old.certificate->dns_names);
  EXPECT_EQ(again.key_algorithm, old.certificate->key_algorithm);
  EXPECT_NE(again.key_sha256, first.key_sha256);
  EXPECT_EQ(certificates.find_pending(again.thumbprint)->friendly_name, old.friendly_name);
}

TEST_F(CertificateLife, RefusedActLeavesNothingBehind) {
  enable(stored("mail.contoso.com"), {Service::smtp});
  SelfSigning asked = setup_certificate(SelfSignedProfile::exchange, "edge1.contoso.com");
  const auto nobody = [](const pki::Certificate&, const pki::Certificate&) -> bool {
    throw CertificateError("nobody answers");
  };
  EXPECT_EQ(said([&] { (void)make_self_signed(certificates, asked, nobody, test_instant); }),
            "nobody answers");
  asked.services = ServiceSet{Service::um};
  EXPECT_EQ(rule(refused([&] { (void)make_self_signed(certificates, asked, nobody, test_instant); })),
            "DS601 SV-2");
  EXPECT_EQ(certificates.all().size(), 1U);
}

TEST_F(CertificateLife, CommandsAtTheSameTimeDoNotLoseEachOthersWork) {
  const std::string thumbprint = stored("mail.contoso.com");
  constexpr int each = 15;
  const auto work = [&](Service service, const std::string& name) {
    Database own(file, migrations());
    Certificates here(own);
    for (int i = 0; i < each; ++i) {
      const pki::Credentials made = three_levels().leaf(name + std::to_string(i) + ".contoso.com");
      import_certificate(here, {made.chain, made.key, {}, KeyExport::refused, test_instant});
      enable_certificate(here, thumbprint, {{service}, CertificateStatus::valid, with_ecc},
                         [](const pki::Certificate&, const pki::Certificate&) { return true; });
    }
  };
  std::thread one(work, Service::pop, "a");
  std::thread two(work, Service::iis, "b");
  one.join();
  two.join();
  EXPECT_EQ(certificates.all().size(), 1U + 2 * each);
  EXPECT_EQ(policy::text(certificates.find(thumbprint)->services), "POP, IIS");
}

}  // namespace
}  // namespace domsec::store
