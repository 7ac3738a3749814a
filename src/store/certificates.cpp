// Keys are PEM in the file of mode 0600; what makes them "not exportable" is this interface, as it is
// Exchange's, and no protection against the owner of the file.
#include "domsec/store/certificates.h"

#include <algorithm>
#include <map>

#include "domsec/pki/certificate_facts.h"
#include "domsec/pki/key_decoding.h"
#include "domsec/pki/thumbprint.h"

namespace domsec::store {
namespace {

constexpr std::string_view columns =
    "SELECT c.thumbprint, c.der, c.issuers, c.friendly_name, c.key IS NOT NULL, c.key_exportable, "
    "c.services, c.added, "
    "EXISTS (SELECT 1 FROM default_certificates d WHERE d.thumbprint = c.thumbprint AND d.purpose = 'SMTP') "
    "FROM certificates c ";

std::int64_t seconds(pki::Instant instant) {
  return instant.time_since_epoch().count();
}
pki::Instant instant_of(std::int64_t seconds) {
  return pki::Instant(std::chrono::seconds(seconds));
}
KeyExport export_of(std::int64_t flag) {
  return flag != 0 ? KeyExport::allowed : KeyExport::refused;
}
std::int64_t flag_of(KeyExport key_export) {
  return key_export == KeyExport::allowed ? 1 : 0;
}

std::string octets_of(const pki::Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Most certificates of a store have the same issuers: they are read once and shared.
using KnownIssuers = std::map<std::string, pki::Chain>;

pki::Chain issuers_in(const std::string& text, const std::string& file, KnownIssuers& known) {
  if (text.empty()) return {};
  const auto [place, is_new] = known.try_emplace(text);
  if (is_new) place->second = pki::read_certificates(text, file);
  return place->second;
}

CertificateEntry entry_of(const Statement& row, const std::string& file, KnownIssuers& known) {
  CertificateEntry entry;
  entry.certificate = pki::read_certificate_der(row.text(1));
  if (entry.certificate == nullptr) {
    throw StoreError(StoreFault::damaged, "the store " + file + " is damaged: the certificate " +
                                              row.text(0) +
                                              " in it is none; put a copy of the file in its place");
  }
  entry.issuers = issuers_in(row.text(2), file, known);
  entry.friendly_name = row.text(3);
  entry.has_private_key = row.integer(4) != 0;
  entry.key_export = export_of(row.integer(5));
  entry.services = policy::ServiceSet::of_bits(static_cast<unsigned>(row.integer(6)));
  entry.added = instant_of(row.integer(7));
  entry.default_smtp = row.integer(8) != 0;
  return entry;
}

/// Where no key tells: the one that issued none of the others.
std::size_t leaf_among(const pki::Chain& chain) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const bool issuer = std::ranges::any_of(chain, [&](const pki::CertificatePtr& other) {
      return other != chain[i] && other->issuer == chain[i]->subject;
    });
    if (!issuer) return i;
  }
  return 0;
}

/// Those of the chain that lead upwards from the leaf, each behind what it issued; the rest has no use.
pki::Chain issuers_of(const pki::Chain& chain, std::size_t leaf) {
  pki::Chain path{chain[leaf]};
  while (!path.back()->self_issued && path.size() <= chain.size()) {
    const auto issuer = std::ranges::find_if(
        chain, [&](const pki::CertificatePtr& each) { return each->subject == path.back()->issuer; });
    if (issuer == chain.end() || std::ranges::find(path, *issuer) != path.end()) break;
    path.push_back(*issuer);
  }
  return {path.begin() + 1, path.end()};
}

struct Waiting {
  std::string key;
  std::string friendly_name;
  KeyExport key_export = KeyExport::refused;
  std::size_t leaf = 0;
};

/// The pending request whose public key one of the certificates has (R17).
std::optional<Waiting> waiting_for(Database& database, const pki::Chain& chain) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    Statement row = database.prepare(
        "SELECT key, friendly_name, key_exportable FROM certificate_requests WHERE key_sha256 = ?");
    row.add(pki::certificate_facts(*chain[i]).key_sha256);
    if (row.step()) return Waiting{row.text(0), row.text(1), export_of(row.integer(2)), i};
  }
  return std::nullopt;
}

}  // namespace

CertificateError certificate_not_found(std::string_view thumbprint) {
  if (const std::string fault = pki::thumbprint_fault(thumbprint); !fault.empty())
    return {policy::Refusal{finding::Code::thumbprint_not_found, "", fault}, CertificateInput::thumbprint};
  return {
      policy::Refusal{finding::Code::thumbprint_not_found, "",
                      "no certificate of the store has the thumbprint " + pki::plain_thumbprint(thumbprint) +
                          ": look it up in the list of those that are there"},
      CertificateInput::thumbprint};
}

pki::Chain CertificateEntry::chain() const {
  pki::Chain chain{certificate};
  chain.insert(chain.end(), issuers.begin(), issuers.end());
  return chain;
}

std::vector<CertificateEntry> Certificates::all() const {
  std::vector<CertificateEntry> entries;
  Statement rows = database_.prepare(std::string(columns) + "ORDER BY c.id");
  KnownIssuers known;
  const pki::KeyDecodingScope decoding(decoding_);  // nine tenths of the time otherwise
  while (rows.step()) entries.push_back(entry_of(rows, database_.file(), known));
  return entries;
}

std::optional<CertificateEntry> Certificates::one(std::string_view sql, std::string_view argument) const {
  Statement row = database_.prepare(std::string(columns) + std::string(sql));
  row.add(argument);
  if (!row.step()) return std::nullopt;
  KnownIssuers none;
  return entry_of(row, database_.file(), none);
}

std::optional<CertificateEntry> Certificates::find(std::string_view thumbprint) const {
  return one("WHERE c.thumbprint = ?", pki::plain_thumbprint(thumbprint));
}

std::optional<CertificateEntry> Certificates::default_smtp() const {
  return one("JOIN default_certificates d ON d.thumbprint = c.thumbprint WHERE d.purpose = ?", "SMTP");
}

pki::PrivateKey Certificates::private_key(std::string_view thumbprint) const {
  const std::string plain = pki::plain_thumbprint(thumbprint);
  Statement row = database_.prepare("SELECT key, der FROM certificates WHERE thumbprint = ?");
  row.add(plain);
  if (!row.step()) throw certificate_not_found(thumbprint);
  if (row.is_null(0)) {
    throw CertificateError("the certificate " + plain +
                               " has no private key in the store: import the .pfx file that holds it",
                           CertificateInput::thumbprint);
  }
  const pki::KeyDecodingScope decoding(decoding_);  // as in all()
  pki::PrivateKey key = pki::read_private_key(row.text(0), "the key of " + plain);
  const pki::CertificatePtr certificate = pki::read_certificate_der(row.text(1));
  if (certificate == nullptr || !pki::belongs_to(key, *certificate)) {
    throw pki::BundleError(pki::BundleError::Kind::key_mismatch,
                           "the store has the key of another certificate for " + plain +
                               ": remove it and import the file with its key again");
  }
  return key;
}

pki::PrivateKey Certificates::exported_key(std::string_view thumbprint) const {
  const std::optional<CertificateEntry> entry = find(thumbprint);
  if (!entry) throw certificate_not_found(thumbprint);
  if (entry->has_private_key && entry->key_export == KeyExport::refused) {
    throw CertificateError(
        {finding::Code::store_operation_refused, "SV-8",
         "the private key of " + pki::plain_thumbprint(thumbprint) +
             " is not exportable: only what was requested or imported as exportable leaves the store"},
        CertificateInput::thumbprint);
  }
  return private_key(thumbprint);
}

std::vector<PendingRequest> Certificates::pending() const {
  std::vector<PendingRequest> requests;
  Statement rows = database_.prepare(
      "SELECT der, friendly_name, key_exportable, made FROM certificate_requests ORDER BY id");
  while (rows.step()) {
    requests.push_back({pki::read_request(rows.text(0), database_.file()), rows.text(1),
                        export_of(rows.integer(2)), instant_of(rows.integer(3))});
  }
  return requests;
}

std::optional<PendingRequest> Certificates::find_pending(std::string_view thumbprint) const {
  const std::string plain = pki::plain_thumbprint(thumbprint);
  for (PendingRequest& request : pending()) {
    if (request.request.thumbprint == plain) return std::move(request);
  }
  return std::nullopt;
}

void Certificates::keep(const pki::NewRequest& made, const std::string& friendly_name, KeyExport key_export,
                        pki::Instant at) {
  Statement insert = database_.prepare(
      "INSERT INTO certificate_requests (thumbprint, der, key_sha256, friendly_name, key, key_exportable, "
      "made) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)");
  insert.add(made.request.thumbprint)
      .add_octets(made.request.der())
      .add(made.request.key_sha256)
      .add(friendly_name);
  insert.add(made.key.pem()).add(flag_of(key_export)).add(seconds(at)).run();
}

CertificateEntry Certificates::import(const CertificateImport& from) {
  if (from.certificates.empty())
    throw CertificateError("there is no certificate to import: name another file", CertificateInput::file);
  Transaction transaction(database_);
  const std::optional<Waiting> waiting = from.key ? std::nullopt : waiting_for(database_, from.certificates);
  const std::size_t leaf = from.key ? 0 : waiting ? waiting->leaf : leaf_among(from.certificates);
  const pki::CertificatePtr& certificate = from.certificates[leaf];
  const std::string key = from.key ? from.key->pem() : waiting ? waiting->key : std::string();
  const KeyExport key_export = waiting ? waiting->key_export : from.key_export;
  const std::string name = from.friendly_name.value_or(waiting ? waiting->friendly_name : std::string());
  if (const std::optional<CertificateEntry> there = find(certificate->thumbprint)) {
    if (there->has_private_key || key.empty()) {
      throw CertificateError("the certificate " + certificate->thumbprint + " (" + certificate->subject +
                                 ") is in the store already: use it, or remove it first",
                             CertificateInput::file);
    }
    Statement update = database_.prepare(
        "UPDATE certificates SET key = ?, key_exportable = ?, issuers = ? WHERE thumbprint = ?");
    update.add(key).add(flag_of(key_export)).add(pki::pem_of(issuers_of(from.certificates, leaf)));
    update.add(certificate->thumbprint).run();
  } else {
    Statement insert = database_.prepare(
        "INSERT INTO certificates (thumbprint, der, issuers, friendly_name, key_exportable, added, key) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.add(certificate->thumbprint).add_octets(octets_of(certificate->der()));
    insert.add(pki::pem_of(issuers_of(from.certificates, leaf)))
        .add(name)
        .add(flag_of(key_export))
        .add(seconds(from.at));
    if (key.empty()) {
      insert.add_nothing().run();
    } else {
      insert.add(key).run();
    }
  }
  if (!key.empty()) {
    Statement done = database_.prepare("DELETE FROM certificate_requests WHERE key_sha256 = ?");
    done.add(pki::certificate_facts(*certificate).key_sha256).run();
  }
  transaction.commit();
  return *find(certificate->thumbprint);
}

policy::ServiceSet Certificates::assign(std::string_view thumbprint, const policy::ServiceSet& more) {
  Statement update =
      database_.prepare("UPDATE certificates SET services = services | ? WHERE thumbprint = ?");
  update.add(std::int64_t{more.bits()}).add(pki::plain_thumbprint(thumbprint)).run();
  const std::optional<CertificateEntry> entry = find(thumbprint);
  if (!entry) throw certificate_not_found(thumbprint);
  return entry->services;
}

void Certificates::make_default_smtp(std::string_view thumbprint) {
  if (!find(thumbprint)) throw certificate_not_found(thumbprint);
  Statement replace = database_.prepare(
      "INSERT OR REPLACE INTO default_certificates (purpose, thumbprint) VALUES ('SMTP', ?)");
  replace.add(pki::plain_thumbprint(thumbprint)).run();
}

void Certificates::remove(std::string_view thumbprint) {
  Transaction transaction(database_);
  if (const std::optional<CertificateEntry> entry = find(thumbprint); entry && entry->default_smtp) {
    throw CertificateError(
        {finding::Code::remove_in_use, "",
         "the certificate " + pki::plain_thumbprint(thumbprint) +
             " is the default SMTP certificate: enable another one for SMTP in its place first"},
        CertificateInput::thumbprint);
  }
  std::int64_t gone = 0;
  for (const char* sql : {"DELETE FROM certificates WHERE thumbprint = ?",
                          "DELETE FROM certificate_requests WHERE thumbprint = ?"}) {
    Statement remove = database_.prepare(sql);
    remove.add(pki::plain_thumbprint(thumbprint)).run();
    gone += database_.changes();
  }
  if (gone == 0) throw certificate_not_found(thumbprint);
  transaction.commit();
}

}  // namespace domsec::store
