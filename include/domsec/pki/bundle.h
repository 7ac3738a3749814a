// Certificate and key files: PEM (one or many blocks), DER, PKCS#12. Every failure is one sentence with the
// remedy.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/pki/certificate.h"

struct evp_pkey_st;

namespace domsec::pki {

/// A private key; never printed, never logged. Opaque outside pki/ and net/.
struct PrivateKey {
  std::shared_ptr<evp_pkey_st> key;
  std::string algorithm;  // `RSA 2048`
  [[nodiscard]] std::string pem() const;  // for writing to a 0600 file only
};

/// Own identity: what is presented to the peer.
struct Credentials {
  Chain chain;        // own certificate first, then the intermediates to send
  PrivateKey key;
};

/// Bad certificate, key or bundle: one sentence with file, cause and remedy. `kind` lets the caller choose a
/// finding.
class BundleError : public std::runtime_error {
 public:
  enum class Kind {
    unreadable,
    too_large,
    empty,
    not_pem,            // neither PEM nor DER
    garbage,            // PEM or DER that does not parse
    key_protected,
    wrong_pass_phrase,
    key_missing,
    key_mismatch,
    no_certificate,
    unwritable,
  };
  BundleError(Kind of, const std::string& what) : std::runtime_error(what), kind(of) {}
  Kind kind;
};

/// All certificates of a file: PEM blocks in order, one DER, or PKCS#7 in either form. `name` is used in
/// messages. At most 10,000; 16 MiB.
[[nodiscard]] Chain read_certificates(std::string_view bytes, const std::string& name);
/// The first private key of a PEM text, or a DER key. An encrypted key without a pass-phrase is
/// `key_protected` (R20).
[[nodiscard]] PrivateKey read_private_key(std::string_view bytes, const std::string& name,
                                          const std::optional<std::string>& pass_phrase = std::nullopt);
/// Does the key belong to the certificate?
[[nodiscard]] bool belongs_to(const PrivateKey& key, const Certificate& certificate);

/// In their order, one PEM block each.
[[nodiscard]] std::string pem_of(const Chain& chain);

/// A file's bytes, bounded (default 16 MiB); refuses directories, symlink loops, devices. Throws BundleError.
[[nodiscard]] std::string read_file(const std::string& path, std::size_t limit = 16U << 20);
/// First line of a file of 4 KiB at most, without end and byte order mark; nothing for no path. Throws BundleError.
[[nodiscard]] std::optional<std::string> read_pass_phrase(const std::string& path);
/// Certificate file (leaf first) and key file joined and checked against each other. `chain_file` may be
/// empty; an empty `key_file` means that the key is in the certificate file, in any place.
[[nodiscard]] Credentials read_credentials(const std::string& certificate_file, const std::string& key_file,
                                           const std::string& chain_file = {},
                                           const std::optional<std::string>& pass_phrase = std::nullopt);
/// Is it a PKCS#12 file, which read_certificates refuses?
[[nodiscard]] bool is_pkcs12(std::string_view bytes);
/// PKCS#12: the key, its certificate, and the others of the file, issuers in their order first.
[[nodiscard]] Credentials read_pkcs12(std::string_view bytes, const std::string& name,
                                      const std::string& pass_phrase);

/// PKCS#12 sealed with AES-256 and SHA-256, which Windows reads since Server 2019. `friendly_name` may be empty.
[[nodiscard]] std::string write_pkcs12(const Credentials& credentials, const std::string& pass_phrase,
                                       const std::string& friendly_name);

/// What somebody hands over to be imported. With a key its certificate is first, else the order is the file's; nothing is
/// there twice.
struct Bundle {
  Chain certificates;
  std::optional<PrivateKey> key;
};
/// PKCS#12, PKCS#7, PEM with or without a key, one DER certificate, or the Base64 of any of them. Throws BundleError: also
/// for two keys, and for a key none of whose certificates is there.
[[nodiscard]] Bundle read_bundle(std::string_view bytes, const std::string& name,
                                 const std::optional<std::string>& pass_phrase);

/// Writes text to a new file of this mode atomically: temporary file (0600 until it is whole), fsync, rename,
/// fsync of the directory. What the path named before is replaced whole or not at all; a symbolic link is
/// replaced, not followed. Throws BundleError.
void replace_file(const std::string& path, std::string_view text, unsigned mode);
/// Mode 0600: keys.
void write_private_file(const std::string& path, std::string_view text);

}  // namespace domsec::pki
