// The mail programs behind the profiles, as data: what each of them looks at in a certificate where one code
// of the catalogue covers several checks, under which settings, and how it refuses. The weight of each code
// is the catalogue's column. What is written here of Postfix, Exim and OpenSMTPD is what they did in the
// interop run.
#pragma once

#include <string_view>

#include "domsec/finding/profile.h"

namespace domsec::policy {

/// Which bits of a leaf's key usage will do (RFC 5280 4.2.1.3). none: it is not looked at. tls: any that TLS
/// has a use for. signature: digitalSignature, as TLS 1.3 signs with it (RFC 8446 4.4.2.2).
enum class KeyUsageDemand { none, tls, signature };
/// anyExtendedKeyUsage in the place of serverAuth or clientAuth (RFC 5280 4.2.1.12 allows it).
enum class AnyUsage { serves, refused };
/// The extended key usage of a CA above the leaf.
enum class AuthorityUsage { counts, ignored };
/// Is the signature of a revocation list verified before its entries count?
enum class ListSignature { verified, ignored };
/// May a path end in a trusted certificate that is not self-signed?
enum class AnchorDemand { any, self_signed };
/// As a receiver: do the roots that its configuration names stand alone, or beside those of the system?
enum class SystemRoots { left_out, added };
/// When the first certificate of an issuer does not hold and another one of it was sent.
enum class OtherWays { tried, not_tried };
/// `mail.contoso.com.` as presented: the same name (RFC 1034 3.1), or another one?
enum class FinalDot { folded, another_name };
/// Of several CNs of a subject.
enum class CommonNames { all, first, none_of_several };
/// SAN entries that keep the CN from counting, beside dNSNames (RFC 6125 6.4.4).
enum class CommonNameBar { dns_names, addresses, addresses_and_uris };

struct Stack {
  finding::Profile profile;
  std::string_view program;  // `Postfix 3.7`
  int security_level;        // libcrypto's level by which DS109 is found; its weight is the catalogue's
  KeyUsageDemand key_usage;
  AnyUsage any_usage;
  AuthorityUsage authority_usage;
  AnchorDemand anchor;
  SystemRoots system_roots;
  ListSignature list_signature;
  int max_intermediates;
  OtherWays other_ways;
  FinalDot final_dot;
  CommonNames common_names;
  CommonNameBar common_name_bar;
  std::string_view sending;         // the setting under which it demands a good server certificate
  std::string_view receiving;       // … a good client certificate
  std::string_view refuses_server;  // how its refusal looks to the server
  std::string_view refuses_client;  // … to the client
};

[[nodiscard]] const Stack& stack_of(finding::Profile profile);

}  // namespace domsec::policy
