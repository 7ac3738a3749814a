#include "certificate_subjects.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>

#include "domsec/cli/clock.h"
#include "domsec/lab/stored_identities.h"
#include "domsec/pki/certificate_facts.h"
#include "domsec/policy/own_configuration.h"
#include "domsec/session/own_identity.h"
#include "domsec/store/certificates.h"
#include "domsec/transcript/transcript.h"

namespace domsec::cli {
namespace {

using policy::FitnessSubject;

/// A file that cannot be looked at is another finding's business.
void add_key_file(const std::string& path, std::vector<policy::KeyFile>& files) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) files.push_back({path, status.st_mode & 0777U});
}

policy::LintFinding trouble(finding::Code code, std::string rule, std::string detail,
                            exchange::Origin origin) {
  return {policy::own_configuration(code, std::move(detail)), std::move(rule), std::move(origin)};
}

policy::ServiceSet services_of(const exchange::CertificateFile& file) {
  policy::ServiceSet services;
  if (file.services.empty()) services.add(policy::Service::smtp);
  for (const std::string& word : file.services) {
    if (const auto service = policy::read_service(word)) services.add(*service);
  }
  return services;
}

/// Gathers them; a certificate that is there already counts once, where it was found first.
class Gathering {
 public:
  explicit Gathering(CertificateSubjects& into) : into_(into) {}

  std::size_t add(FitnessSubject subject) {
    const auto [place, is_new] =
        by_thumbprint_.try_emplace(subject.stored.certificate->thumbprint, into_.subjects.size());
    if (is_new) into_.subjects.push_back(std::move(subject));
    return place->second;
  }

  /// One section; the certificate stays without its key where only that is wrong (R18, R20).
  void add_section(const exchange::CertificateFile& file) {
    FitnessSubject subject;
    try {
      take(session::read_own_files(file), subject);
    } catch (const pki::BundleError& error) {
      into_.findings.push_back(
          trouble(policy::key_trouble_code(error.kind), "R20", error.what(), file.origin));
      return;
    }
    subject.origin = file.origin;
    subject.services = services_of(file);
    add_key_file(file.key_file.empty() ? file.name() : file.key_file, subject.key_files);
    // The same certificate in two sections is two for selection, too (DS305).
    by_thumbprint_.try_emplace(subject.stored.certificate->thumbprint, into_.subjects.size());
    into_.subjects.push_back(std::move(subject));
  }

  void add_store(const std::string& file) {
    std::error_code error;
    if (file.empty() || !std::filesystem::exists(file, error)) return;
    std::vector<policy::KeyFile> exposed;
    add_key_file(file, exposed);
    for (const policy::KeyFile& one : exposed) {
      if (auto found = policy::key_file_exposure(one)) into_.findings.push_back(std::move(*found));
    }
    store::Database database(file, store::migrations());
    const store::Certificates certificates(database);
    for (const store::CertificateEntry& entry : certificates.all()) add_entry(certificates, entry, file);
    for (const store::PendingRequest& request : certificates.pending()) add_pending(request, file);
  }

  void add_file(const std::string& file, const SubjectSources& sources) {
    exchange::CertificateFile read;
    read.key_pass_file = sources.key_pass_file;
    const std::string bytes = pki::read_file(file);
    (pki::is_pkcs12(bytes) ? read.pfx_file : read.certificate_file) = file;
    if (read.pfx_file.empty()) read.key_file = sources.key;
    FitnessSubject subject;
    take(session::read_own_files(read), subject);
    subject.place = policy::CertificatePlace::file;
    subject.origin.file = file;
    if (!subject.key_trouble) add_key_file(read.key_file.empty() ? file : read.key_file, subject.key_files);
    const bool waits = requested_.contains(pki::certificate_facts(*subject.stored.certificate).key_sha256);
    if (waits && subject.key_trouble && subject.key_trouble->kind == pki::BundleError::Kind::key_missing) {
      subject.key_trouble.reset();  // R17: it joins its request's key
      subject.stored.has_private_key = true;
    }
    into_.named.push_back(add(std::move(subject)));
  }

 private:
  static void take(session::OwnFiles own, FitnessSubject& subject) {
    subject.stored = std::move(own.stored);
    subject.chain = std::move(own.chain);
    subject.key_trouble = std::move(own.trouble);
  }

  void add_entry(const store::Certificates& certificates, const store::CertificateEntry& entry,
                 const std::string& file) {
    FitnessSubject subject;
    subject.place = policy::CertificatePlace::store;
    subject.origin.file = file;
    subject.stored = lab::stored_certificate(entry);
    subject.services = entry.services;
    subject.key_exportable = entry.key_export == store::KeyExport::allowed;
    subject.added = entry.added;
    subject.chain = entry.chain();
    try {
      if (entry.has_private_key) (void)certificates.private_key(entry.certificate->thumbprint);
    } catch (const pki::BundleError& error) {
      subject.key_trouble = error;
      subject.stored.has_private_key = false;
    }
    (void)add(std::move(subject));
  }

  void add_pending(const store::PendingRequest& request, const std::string& file) {
    requested_.insert(request.request.key_sha256);
    policy::LintFinding waits =
        trouble(finding::Code::own_key_missing, "R17",
                "the request " + request.request.thumbprint + " for " + request.request.subject +
                    " waits for its certificate since " + pki::rfc3339(request.made).substr(0, 10),
                exchange::Origin{file, 0});
    waits.finding.severity = finding::Severity::warning;  // spec exchange 8.4: PendingRequest is yellow
    waits.repair =
        "Import-ExchangeCertificate -FileData ([Byte[]]$(Get-Content -Path answer.p7b -Encoding Byte "
        "-ReadCount 0))";
    into_.findings.push_back(std::move(waits));
  }

  CertificateSubjects& into_;
  std::unordered_map<std::string, std::size_t> by_thumbprint_;
  std::unordered_set<std::string> requested_;  // key_sha256 of the requests that wait
};

/// Each issuer that any chain holds, once.
pki::Chain issuers_at_hand(const std::vector<FitnessSubject>& subjects) {
  pki::Chain all;
  std::unordered_set<std::string> seen;
  for (const FitnessSubject& subject : subjects) {
    for (std::size_t i = 1; i < subject.chain.size(); ++i) {
      if (seen.insert(subject.chain[i]->thumbprint).second) all.push_back(subject.chain[i]);
    }
  }
  return all;
}

}  // namespace

CertificateSubjects read_subjects(const exchange::Organisation& organisation, const SubjectSources& sources) {
  CertificateSubjects all;
  Gathering gathering(all);
  for (const exchange::CertificateFile& file : organisation.certificates) gathering.add_section(file);
  gathering.add_store(organisation.store);
  for (const std::string& file : sources.files) gathering.add_file(file, sources);
  return all;
}

void examine(net::Loop& loop, session::ExaminationPlan plan, pki::Instant at,
             const std::vector<std::size_t>& which, std::vector<FitnessSubject>& subjects) {
  plan.known_intermediates = issuers_at_hand(subjects);
  for (const std::size_t index : which) {
    FitnessSubject& subject = subjects[index];
    if (subject.stored.certificate->self_signed) continue;  // R34: its own root, and on nobody's list
    transcript::Transcript transcript(policy::Role::receive, "fitness", 1, now_in_milliseconds);
    net::run(loop, session::examine_peer(plan, subject.chain, pki::Purpose::any, at, transcript));
    for (const transcript::Event& event : transcript.events()) {
      if (const auto* path = event.body.as<transcript::ChainExamined>()) subject.path = path->path;
      if (const auto* lists = event.body.as<transcript::RevocationExamined>())
        subject.revocations = lists->certificates;
    }
  }
}

}  // namespace domsec::cli
