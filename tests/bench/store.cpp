#include "bench/store.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "bench/measure.h"
#include "domsec/exchange/organisation.h"
#include "domsec/policy/certificate_fitness.h"
#include "domsec/policy/certificate_index.h"
#include "domsec/store/certificates.h"
#include "domsec/store/check.h"
#include "support/pki.h"

namespace domsec::bench {
namespace {

constexpr int choices = 50;

double milliseconds(const auto& work) {
  const double begin = thread_cpu();
  work();
  return (thread_cpu() - begin) / 1000;
}

std::string host(std::size_t number) {
  return "mail" + std::to_string(number) + ".contoso.com";
}

constexpr const char* configuration = R"([organization]
ServerFqdn = "mail.contoso.com"
[[SendConnector]]
Name = "Internet"
AddressSpaces = ["*"]
DomainSecureEnabled = true
)";

double lint(const std::vector<store::CertificateEntry>& entries) {
  const exchange::Organisation organisation = exchange::read_toml_text(configuration, "domsec.toml");
  policy::FitnessQuestion question;
  question.connectors = question.every = policy::presenting_connectors(organisation);
  question.at = testing::test_instant;
  std::vector<policy::FitnessSubject> subjects;
  for (const store::CertificateEntry& entry : entries) {
    policy::FitnessSubject subject;
    subject.stored = {entry.certificate, true, true, true, entry.friendly_name};
    subject.chain = entry.issuers;
    subject.chain.insert(subject.chain.begin(), entry.certificate);
    subject.place = policy::CertificatePlace::store;
    subject.services = entry.services;
    subjects.push_back(std::move(subject));
  }
  return milliseconds([&] {
    if (policy::examine_fitness(question, subjects).certificates.size() != entries.size())
      throw std::logic_error("the lint is wrong");
  });
}

}  // namespace

struct FilledStore::Parts {
  testing::TemporaryDirectory directory;
  std::string file = directory.path() + "/domsec.db";
  store::Database database{file, store::migrations()};
  std::size_t count = 0;
};

FilledStore::FilledStore(std::size_t certificates) : parts_(std::make_unique<Parts>()) {
  parts_->count = certificates;
  parts_->database.execute("PRAGMA synchronous = OFF");  // what is measured is reading
  store::Certificates store(parts_->database);
  const testing::ThreeLevels& pki = testing::three_levels();
  const pki::PrivateKey key = pki::make_key(pki::KeyKind::rsa_2048);
  for (std::size_t i = 0; i < certificates; ++i) {
    pki::CertificateRecipe recipe = testing::leaf_recipe({host(i), "mail.contoso.com"});
    if (i % 100 != 0) recipe.dns_names.pop_back();  // every hundredth has the connector's name
    const pki::CertificatePtr leaf = pki.second.certify(recipe, key);
    const pki::Chain chain{leaf, pki.second.certificate(), pki.issuing.certificate()};
    store.import({chain, key, host(i), store::KeyExport::refused, testing::test_instant});
    store.assign(leaf->thumbprint, policy::ServiceSet{policy::Service::smtp});
  }
  store.make_default_smtp(store.all().front().certificate->thumbprint);
}

FilledStore::~FilledStore() = default;

StoreCost FilledStore::measure() const {
  StoreCost cost;
  const store::Certificates store(parts_->database);
  std::vector<store::CertificateEntry> entries;
  cost.list = milliseconds([&] { entries = store.all(); });
  if (entries.size() != parts_->count) throw std::logic_error("the list is wrong");
  std::vector<policy::StoredCertificate> stored;
  for (const store::CertificateEntry& entry : entries)
    stored.push_back({entry.certificate, true, true, true, entry.friendly_name});
  const auto fqdn = smtp::Domain::parse("mail.contoso.com");
  const policy::CertificateIndex index(stored);
  std::size_t chosen = 0;
  cost.choose = milliseconds([&] {
                  for (int i = 0; i < choices; ++i)
                    chosen +=
                        policy::select_certificate(stored, index, std::nullopt, fqdn, testing::test_instant)
                            .chosen.has_value();
                }) /
                choices;
  if (chosen != choices) throw std::logic_error("a choice is wrong");
  cost.lint = lint(entries);
  cost.check = milliseconds([&] {
    if (!store::check(parts_->file).problems.empty()) throw std::logic_error("the check is wrong");
  });
  return cost;
}

}  // namespace domsec::bench
