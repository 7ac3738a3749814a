// Reading a certificate revocation list, RFC 5280 5.1 and 5.2. The walk over the outer structure is ours and
// strict (DER, nothing behind the list); names, dates and extensions are libcrypto's. Not
// here: what the list says about a certificate (revocation.cpp), fetching (net/).
#include <algorithm>
#include <cstring>

#include "asn1_instant.h"
#include "crl_body.h"
#include "der.h"
#include "distinguished_name.h"
#include "octets.h"

namespace domsec::pki {
namespace {

constexpr std::size_t largest_list = 1U << 30U;  // the fetcher's bound is far lower
constexpr std::size_t most_lists = 10000;        // of one PEM file

std::string der_sequence_of(std::initializer_list<std::string_view> parts) {
  std::string content;
  for (const std::string_view part : parts) content += part;
  std::string header(1, static_cast<char>(der_sequence));
  if (content.size() < 0x80) {
    header += static_cast<char>(content.size());
  } else {
    std::string length;
    for (std::size_t left = content.size(); left != 0; left >>= 8U)
      length.insert(length.begin(), static_cast<char>(left & 0xFFU));
    header += static_cast<char>(0x80U | length.size());
    header += length;
  }
  return header + content;
}

/// CertificateList (RFC 5280 5.1): the signed part, split round its entries.
struct Structure {
  std::string_view tbs;
  std::string_view before;   // of the entries, inside the signed part
  std::string_view entries;  // the content of revokedCertificates
  bool has_entries = false;
  std::string_view after;      // the extensions
  std::string_view algorithm;  // outside the signed part
  std::string_view signature;
};

std::optional<Structure> split(std::string_view der) {
  const auto list = take_der(der, der_sequence);
  if (!list || !der.empty()) return std::nullopt;
  std::string_view rest = list->content;
  const auto tbs = take_der(rest, der_sequence);
  const auto algorithm = take_der(rest, der_sequence);
  const auto signature = take_der(rest, der_bit_string);
  if (!tbs || !algorithm || !signature || !rest.empty()) return std::nullopt;
  Structure structure{tbs->whole, {}, {}, false, {}, algorithm->whole, signature->whole};

  std::string_view inside = tbs->content;
  (void)take_der(inside, der_integer);  // version
  const auto inner_algorithm = take_der(inside, der_sequence);
  const auto issuer = take_der(inside, der_sequence);
  const auto this_update = take_der(inside);
  // X.509 5.1.1.2: the algorithm inside the signature must be the one outside.
  if (!inner_algorithm || !issuer || !this_update || inner_algorithm->whole != algorithm->whole)
    return std::nullopt;
  if (!take_der(inside, der_utc_time)) (void)take_der(inside, der_generalized_time);  // nextUpdate
  structure.before = tbs->content.substr(0, tbs->content.size() - inside.size());
  if (const auto entries = take_der(inside, der_sequence)) {
    structure.entries = entries->content;
    structure.has_entries = true;
  }
  structure.after = inside;
  // Nothing else may stand there: libcrypto would read entries that are tagged amiss, and the index would not.
  if (!inside.empty() && (!take_der(inside, der_context_0) || !inside.empty())) return std::nullopt;
  return structure;
}

X509CrlOwner head_of(const Structure& structure) {
  const std::string der = der_sequence_of(
      {der_sequence_of({structure.before, structure.after}), structure.algorithm, structure.signature});
  const auto* next = reinterpret_cast<const unsigned char*>(der.data());
  return X509CrlOwner(d2i_X509_CRL(nullptr, &next, static_cast<long>(der.size())));
}

/// RFC 5280 5.2: a list with a critical extension that is not understood may not be used.
bool is_known(int nid) {
  switch (nid) {
    case NID_issuing_distribution_point:
    case NID_delta_crl:
    case NID_crl_number:
    case NID_authority_key_identifier:
    case NID_issuer_alt_name:
    case NID_freshest_crl:
      return true;
    default:
      return false;  // object identifiers are an open set
  }
}

enum class Reading { absent, done, failed };

template <class Owner>
Reading read_extension(const X509_CRL* head, int nid, Owner& into) {
  int critical = -1;
  into.reset(static_cast<typename Owner::pointer>(X509_CRL_get_ext_d2i(head, nid, &critical, nullptr)));
  if (into != nullptr) return Reading::done;
  return critical == -1 ? Reading::absent : Reading::failed;
}

/// RFC 5280 5.2.5: at most one of the three, never an empty sequence, and nothing behind it.
std::string distribution_point_fault(const X509_CRL* head, const ISSUING_DIST_POINT& point) {
  const int at = X509_CRL_get_ext_by_NID(head, NID_issuing_distribution_point, -1);
  const ASN1_OCTET_STRING* octets = X509_EXTENSION_get_data(X509_CRL_get_ext(head, at));
  const std::string value = bytes_of(octets);
  std::string_view rest = value;
  const auto sequence = take_der(rest, der_sequence);
  if (!sequence || !rest.empty()) return "the issuing distribution point is malformed";
  if (sequence->content.empty()) return "the issuing distribution point is empty";
  if ((point.onlyuser > 0) + (point.onlyCA > 0) + (point.onlyattr > 0) > 1) {
    return "the issuing distribution point contradicts itself";
  }
  return {};
}

/// The URIs of a freshestCRL extension; what cannot be read names none.
std::vector<std::string> freshest_of(const X509_CRL* head) {
  constexpr std::size_t most_uris = 8;
  std::vector<std::string> uris;
  const CrlDistPointsOwner points(
      static_cast<CRL_DIST_POINTS*>(X509_CRL_get_ext_d2i(head, NID_freshest_crl, nullptr, nullptr)));
  for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    for (int k = 0; k < sk_GENERAL_NAME_num(point->distpoint->name.fullname); ++k) {
      const GENERAL_NAME* name = sk_GENERAL_NAME_value(point->distpoint->name.fullname, k);
      if (name->type == GEN_URI && uris.size() < most_uris)
        uris.push_back(bytes_of(name->d.uniformResourceIdentifier));
    }
  }
  return uris;
}

void read_extensions(Crl::Body& body) {
  const X509_CRL* head = body.head.get();
  for (int i = 0; i < X509_CRL_get_ext_count(head); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(head, i);
    if (X509_EXTENSION_get_critical(extension) > 0 &&
        !is_known(OBJ_obj2nid(X509_EXTENSION_get_object(extension)))) {
      body.fault = "a critical extension is not known: " + dotted(X509_EXTENSION_get_object(extension));
    }
  }
  if (read_extension(head, NID_crl_number, body.number) == Reading::failed)
    body.fault = "cRLNumber is malformed";
  if (read_extension(head, NID_delta_crl, body.base_number) == Reading::failed)
    body.fault = "deltaCRLIndicator is malformed";
  body.freshest = freshest_of(head);
  switch (read_extension(head, NID_issuing_distribution_point, body.distribution_point)) {
    case Reading::absent:
      break;
    case Reading::failed:
      body.fault = "the issuing distribution point is malformed";
      break;
    case Reading::done: {
      std::string fault = distribution_point_fault(head, *body.distribution_point);
      if (!fault.empty()) body.fault = std::move(fault);
      if (body.distribution_point->distpoint != nullptr) {
        // Completes a name relative to the issuer (RFC 5280 5.2.5) now, so that lookups only read.
        DIST_POINT_set_dpname(body.distribution_point->distpoint, X509_CRL_get_issuer(head));
      }
    }
  }
}

/// Version 2 is 1 (RFC 5280 5.1.2.1); without the field it is version 1, which has no extensions.
void check_version(Crl::Body& body, const Structure& structure) {
  const long version = X509_CRL_get_version(body.head.get());
  if (version != X509_CRL_VERSION_1 && version != X509_CRL_VERSION_2)
    body.fault = "a version that is not known";
  if (version == X509_CRL_VERSION_1 && !structure.after.empty())
    body.fault = "extensions in a list of version 1";
}

/// What RFC 5280 asks of an issuer and nobody needs in order to trust the list.
void check_profile(Crl::Body& body, const Structure& structure) {
  if (body.number == nullptr) body.profile_faults.emplace_back("no cRLNumber (RFC 5280 5.2.3)");
  if (!body.next_update) body.profile_faults.emplace_back("no nextUpdate (RFC 5280 5.1.2.5)");
  if (structure.has_entries && structure.entries.empty()) {
    body.profile_faults.emplace_back("an empty list of entries (RFC 5280 5.1.2.6)");
  }
  if (X509_CRL_get_ext_by_NID(body.head.get(), NID_authority_key_identifier, -1) < 0) {
    body.profile_faults.emplace_back("no authorityKeyIdentifier (RFC 5280 5.2.1)");
  }
}

std::shared_ptr<Crl::Body> read_body(std::string_view der) {
  if (der.size() > largest_list) return nullptr;
  const ErrorQueueMark mark;
  auto body = std::make_shared<Crl::Body>();
  const auto structure = split(der);
  if (!structure) return nullptr;
  body->octets = der.size();
  body->head = head_of(*structure);
  if (body->head == nullptr) return nullptr;
  const auto this_update = instant_of(X509_CRL_get0_lastUpdate(body->head.get()));
  const ASN1_TIME* next_update = X509_CRL_get0_nextUpdate(body->head.get());
  body->next_update = instant_of(next_update);
  if (!this_update || (next_update != nullptr && !body->next_update)) return nullptr;
  body->this_update = *this_update;
  body->issuer = distinguished_name(X509_CRL_get_issuer(body->head.get()));
  read_extensions(*body);
  check_version(*body, *structure);
  const CrlIndex::Reading reading{X509_CRL_get_version(body->head.get()) == X509_CRL_VERSION_2, body->indirect()};
  if (!body->index.read(structure->entries, reading, body->fault)) return nullptr;
  keep_signed_part(structure->tbs, *body);
  check_profile(*body, *structure);
  return body;
}

/// The DER of every `X509 CRL` block; other blocks are passed over.
std::vector<std::string> pem_blocks(std::string_view text, std::size_t most) {
  std::vector<std::string> blocks;
  const BioOwner memory(
      BIO_new_mem_buf(text.data(), static_cast<int>(std::min<std::size_t>(text.size(), largest_list))));
  while (memory != nullptr && blocks.size() < most) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* octets = nullptr;
    long length = 0;
    if (PEM_read_bio(memory.get(), &name, &header, &octets, &length) != 1) break;
    const OpensslBuffer<char> name_owner(name);
    const OpensslBuffer<char> header_owner(header);
    const OpensslBuffer<unsigned char> octets_owner(octets);
    if (std::strcmp(name, PEM_STRING_X509_CRL) != 0) continue;
    blocks.emplace_back(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  }
  return blocks;
}

bool is_der(std::string_view bytes) {
  return !bytes.empty() && static_cast<unsigned char>(bytes.front()) == der_sequence;
}

}  // namespace

std::optional<Instant> instant_of_der(std::string_view time) {
  const ErrorQueueMark mark;
  const auto* next = reinterpret_cast<const unsigned char*>(time.data());
  const Asn1TimeOwner parsed(d2i_ASN1_TIME(nullptr, &next, static_cast<long>(time.size())));
  return instant_of(parsed.get());
}

std::shared_ptr<const Crl> Crl::read(std::string_view bytes) {
  const ErrorQueueMark mark;
  const std::vector<std::string> blocks = is_der(bytes) ? std::vector<std::string>() : pem_blocks(bytes, 1);
  if (!is_der(bytes) && blocks.empty()) return nullptr;
  auto crl = std::make_shared<Crl>();
  crl->body_ = read_body(blocks.empty() ? bytes : std::string_view(blocks.front()));
  return crl->body_ == nullptr ? nullptr : crl;
}

std::vector<std::shared_ptr<const Crl>> Crl::read_all(std::string_view bytes) {
  const ErrorQueueMark mark;
  std::vector<std::shared_ptr<const Crl>> lists;
  if (is_der(bytes)) {
    if (auto crl = read(bytes)) lists.push_back(std::move(crl));
    return lists;
  }
  for (const std::string& block : pem_blocks(bytes, most_lists)) {
    if (auto crl = read(block)) lists.push_back(std::move(crl));
  }
  return lists;
}

const std::string& Crl::issuer() const {
  return body_->issuer;
}
Instant Crl::this_update() const {
  return body_->this_update;
}
std::optional<Instant> Crl::next_update() const {
  return body_->next_update;
}
std::size_t Crl::entries() const {
  return body_->index.size();
}
bool Crl::delta() const {
  return body_->base_number != nullptr;
}
bool Crl::indirect() const {
  return body_->indirect();
}
const std::vector<std::string>& Crl::freshest() const {
  return body_->freshest;
}
const std::vector<std::string>& Crl::profile_faults() const {
  return body_->profile_faults;
}

std::optional<std::string> Crl::number() const {
  if (body_->number == nullptr) return std::nullopt;
  const std::string octets = bytes_of(body_->number.get());
  return octets.empty() ? "00" : hex_upper(octets.substr(0, 64));
}

}  // namespace domsec::pki
