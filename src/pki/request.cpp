// PKCS#10 by libcrypto. What is asked for beside subject and key stands in the attribute extensionRequest
// (RFC 2985 5.4.2); an authority may heed it or not. Not here: which names a server asks for by default
// (shell/).
#include "domsec/pki/request.h"

#include <algorithm>

#include "distinguished_name.h"
#include "key_algorithm.h"
#include "octets.h"
#include "openssl_ptr.h"
#include "pem_block.h"
#include "recipe_extensions.h"
#include "recipe_subject.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;
using RequestOwner = Owned<X509_REQ, X509_REQ_free>;

constexpr std::size_t largest_request = 1U << 20U;
constexpr std::size_t most_blocks = 100;

struct ExtensionsFreed {
  void operator()(STACK_OF(X509_EXTENSION) * extensions) const {
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  }
};
using ExtensionsOwner = std::unique_ptr<STACK_OF(X509_EXTENSION), ExtensionsFreed>;

void require(int result, const char* step) {
  if (result <= 0) throw std::runtime_error(std::string("libcrypto refused to ") + step);
}

GeneralNamesOwner general_names(const std::vector<std::string>& dns_names) {
  GeneralNamesOwner names(GENERAL_NAMES_new());
  for (const std::string& dns_name : dns_names) {
    GeneralNameOwner name(GENERAL_NAME_new());
    ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
    GENERAL_NAME_set0_value(name.get(), GEN_DNS, text);
    require(ASN1_STRING_set(text, dns_name.data(), static_cast<int>(dns_name.size())), "encode a name");
    sk_GENERAL_NAME_push(names.get(), name.release());
  }
  return names;
}

void push(const ExtensionsOwner& extensions, int nid, int critical, void* value) {
  X509ExtensionOwner extension(X509V3_EXT_i2d(nid, critical, value));
  if (extension == nullptr)
    throw RecipeError(std::string("the extension ") + OBJ_nid2sn(nid) + " cannot be encoded");
  sk_X509_EXTENSION_push(extensions.get(), extension.release());
}

/// What a TLS server's key is used for (the certificates of spec exchange 8.8 have it, too), and its names.
void add_wishes(X509_REQ* request, const RequestRecipe& recipe) {
  const ExtensionsOwner extensions(sk_X509_EXTENSION_new_null());
  const Asn1BitStringOwner usage(ASN1_BIT_STRING_new());
  require(ASN1_BIT_STRING_set_bit(usage.get(), 0, 1), "encode the key usage");  // digitalSignature
  require(ASN1_BIT_STRING_set_bit(usage.get(), 2, 1), "encode the key usage");  // keyEncipherment
  push(extensions, NID_key_usage, 1, usage.get());
  if (recipe.renews) {
    const X509_EXTENSION* const same = alternative_names_of(*recipe.renews);
    if (same != nullptr) sk_X509_EXTENSION_push(extensions.get(), X509_EXTENSION_dup(same));
  } else if (!recipe.dns_names.empty()) {
    push(extensions, NID_subject_alt_name, 0, general_names(recipe.dns_names).get());
  }
  require(X509_REQ_add_extensions(request, extensions.get()), "add the extensions");
}

std::string der_of(X509_REQ* request) {
  unsigned char* octets = nullptr;
  const int length = i2d_X509_REQ(request, &octets);
  require(length, "encode the request");
  const OpensslBuffer<unsigned char> owner(octets);
  return {reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)};
}

std::string digest_of(std::string_view octets, const EVP_MD* algorithm) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  require(EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                     algorithm, nullptr),
          "hash");
  return hex_upper(digest.substr(0, size));
}

std::string key_hash(X509_REQ* request) {
  unsigned char* octets = nullptr;
  const int length = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request), &octets);
  require(length, "encode the key");
  const OpensslBuffer<unsigned char> owner(octets);
  return digest_of({reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)}, EVP_sha256());
}

std::vector<std::string> dns_names_of(X509_REQ* request) {
  std::vector<std::string> out;
  const ExtensionsOwner extensions(X509_REQ_get_extensions(request));
  if (extensions == nullptr) return out;
  const GeneralNamesOwner names(
      static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) out.push_back(bytes_of(name->d.dNSName));
  }
  return out;
}

Request values_of(RequestOwner owner) {
  X509_REQ* const request = owner.get();
  Request read;
  const X509_NAME* subject = X509_REQ_get_subject_name(request);
  read.subject = distinguished_name(subject);
  read.common_names = common_names_of(subject);
  read.dns_names = dns_names_of(request);
  read.key_algorithm = key_algorithm(X509_REQ_get0_pubkey(request));
  const int signature = X509_REQ_get_signature_nid(request);
  read.signature_algorithm = signature == NID_undef ? "unknown" : OBJ_nid2ln(signature);
  read.key_sha256 = key_hash(request);
  read.thumbprint = digest_of(der_of(request), EVP_sha1());
  read.request = std::shared_ptr<X509_REQ>(owner.release(), X509_REQ_free);
  return read;
}

/// RFC 2986 3: the one in the file that is labelled as such.
std::string request_octets(std::string_view bytes, const std::string& name) {
  if (!looks_like_pem(bytes)) return std::string(bytes);
  std::string labels;
  for (const PemBlock& block : pem_blocks(bytes, name, most_blocks)) {
    if (block.label == "NEW CERTIFICATE REQUEST" || block.label == "CERTIFICATE REQUEST") return block.octets;
    if (labels.empty()) labels = ", but a " + harmless(block.label, 64);
  }
  throw BundleError(Kind::garbage,
                    name + " holds no certificate request" + labels + ": name the file of the request");
}

bool is_host_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  constexpr std::string_view host = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !name.empty() && name.size() <= 255 && name.find_first_not_of(host) == std::string_view::npos;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto folded = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return folded(x) == folded(y); });
}

}  // namespace

NewRequest make_request(const RequestRecipe& recipe) {
  const ErrorQueueMark mark;
  const X509NameOwner written =
      recipe.renews ? nullptr : recipe_subject(recipe.subject);  // before the key: a bad subject costs nothing
  const X509_NAME* const subject =
      recipe.renews ? X509_get_subject_name(recipe.renews->x509.get()) : written.get();
  NewRequest made;
  made.key = make_key(recipe.key);
  EVP_PKEY* const key = made.key.key.get();
  const RequestOwner request(X509_REQ_new());
  require(X509_REQ_set_version(request.get(), X509_REQ_VERSION_1), "set the version");
  require(X509_REQ_set_subject_name(request.get(), subject), "set the subject");
  require(X509_REQ_set_pubkey(request.get(), key), "set the public key");
  add_wishes(request.get(), recipe);
  const EVP_MD* const digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  require(X509_REQ_sign(request.get(), key, digest), "sign the request");
  made.request = read_request(der_of(request.get()), "the new request");
  return made;
}

Request read_request(std::string_view bytes, const std::string& name) {
  const ErrorQueueMark mark;
  if (bytes.size() > largest_request) {
    throw BundleError(Kind::too_large, name + " is larger than 1 MiB: name a certificate request");
  }
  require_pem_or_der(bytes, name);
  const std::string octets = request_octets(bytes, name);
  const auto* next = reinterpret_cast<const unsigned char*>(octets.data());
  RequestOwner request(d2i_X509_REQ(nullptr, &next, static_cast<long>(octets.size())));
  const bool whole =
      request != nullptr && next == reinterpret_cast<const unsigned char*>(octets.data()) + octets.size();
  if (!whole)
    throw BundleError(Kind::garbage, name + " is no certificate request: name another file or copy it again");
  EVP_PKEY* const key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || X509_REQ_verify(request.get(), key) != 1) {
    throw BundleError(
        Kind::garbage,
        name + ": the signature of the certificate request does not fit its key: make the request again");
  }
  return values_of(std::move(request));
}

std::string Request::der() const {
  return der_of(request.get());
}

std::string Request::pem() const {
  const ErrorQueueMark mark;
  const BioOwner memory(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509_REQ_NEW(memory.get(), request.get()), "write the request");
  return text_of(memory.get());
}

std::vector<std::string> common_names_in(std::string_view subject) {
  return common_names_of(recipe_subject(subject).get());
}

std::vector<std::string> alternative_names(std::string_view subject, std::vector<std::string> wanted) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    const bool there =
        std::ranges::any_of(names, [&](const std::string& have) { return same_name(have, name); });
    if (!there) names.push_back(name);
  };
  for (const std::string& name : wanted) add(name);
  for (const std::string& name : common_names_in(subject)) {
    if (is_host_name(name)) add(name);
  }
  return names;
}

bool belongs_to(const PrivateKey& key, const Request& request) {
  const ErrorQueueMark mark;
  return key.key != nullptr && request.request != nullptr &&
         X509_REQ_check_private_key(request.request.get(), key.key.get()) == 1;
}

}  // namespace domsec::pki
