#include "support/crl.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>

namespace domsec::testing {
namespace {

struct CrlFreed {
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
};

GENERAL_NAME* uri_name(const std::string& text) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* uri = ASN1_IA5STRING_new();
  ASN1_STRING_set(uri, text.data(), static_cast<int>(text.size()));
  GENERAL_NAME_set0_value(name, GEN_URI, uri);
  return name;
}

GENERAL_NAMES* directory_names(const X509_NAME* name) {
  GENERAL_NAMES* names = GENERAL_NAMES_new();
  GENERAL_NAME* directory = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(directory, GEN_DIRNAME, X509_NAME_dup(name));
  sk_GENERAL_NAME_push(names, directory);
  return names;
}

}  // namespace

std::string changed(const pki::Authority& issuer, const pki::CrlRecipe& recipe,
                    const std::function<void(X509_CRL*)>& change) {
  const std::string der = issuer.crl(recipe);
  const auto* next = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509_CRL, CrlFreed> list(d2i_X509_CRL(nullptr, &next, static_cast<long>(der.size())));
  change(list.get());
  EXPECT_GT(X509_CRL_sign(list.get(), issuer.own().key.key.get(), EVP_sha256()), 0);
  unsigned char* octets = nullptr;
  const int length = i2d_X509_CRL(list.get(), &octets);
  std::string text(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  return text;
}

std::function<void(X509_CRL*)> distributed(const Distribution& wanted) {
  return [wanted](X509_CRL* list) {
    ISSUING_DIST_POINT* point = ISSUING_DIST_POINT_new();
    point->onlyuser = wanted.only_user ? 0xFF : 0;
    point->onlyCA = wanted.only_ca ? 0xFF : 0;
    point->onlyattr = wanted.only_attribute ? 0xFF : 0;
    point->indirectCRL = wanted.indirect ? 0xFF : 0;
    if (!wanted.uri.empty()) {
      point->distpoint = DIST_POINT_NAME_new();
      point->distpoint->type = 0;
      point->distpoint->name.fullname = GENERAL_NAMES_new();
      sk_GENERAL_NAME_push(point->distpoint->name.fullname, uri_name(wanted.uri));
    }
    if (!wanted.only_reasons.empty()) {
      point->onlysomereasons = ASN1_BIT_STRING_new();
      for (const int bit : wanted.only_reasons) ASN1_BIT_STRING_set_bit(point->onlysomereasons, bit, 1);
    }
    EXPECT_EQ(X509_CRL_add1_ext_i2d(list, NID_issuing_distribution_point, point, 1, X509V3_ADD_REPLACE), 1);
    ISSUING_DIST_POINT_free(point);
  };
}

std::function<void(X509_CRL*)> delta_of(std::uint64_t base) {
  return [base](X509_CRL* list) {
    ASN1_INTEGER* number = ASN1_INTEGER_new();
    ASN1_INTEGER_set_uint64(number, base);
    EXPECT_EQ(X509_CRL_add1_ext_i2d(list, NID_delta_crl, number, 1, X509V3_ADD_REPLACE), 1);
    ASN1_INTEGER_free(number);
  };
}

std::function<void(X509_CRL*)> with_delta_at(const std::string& uri) {
  return [uri](X509_CRL* list) {
    DIST_POINT* point = DIST_POINT_new();
    point->distpoint = DIST_POINT_NAME_new();
    point->distpoint->type = 0;
    point->distpoint->name.fullname = GENERAL_NAMES_new();
    sk_GENERAL_NAME_push(point->distpoint->name.fullname, uri_name(uri));
    CRL_DIST_POINTS* points = sk_DIST_POINT_new_null();
    sk_DIST_POINT_push(points, point);
    EXPECT_EQ(X509_CRL_add1_ext_i2d(list, NID_freshest_crl, points, 0, X509V3_ADD_REPLACE), 1);
    CRL_DIST_POINTS_free(points);
  };
}

std::function<void(X509_CRL*)> first_entry_of(const pki::Certificate& issuer) {
  return [name = X509_get_subject_name(issuer.x509.get())](X509_CRL* list) {
    GENERAL_NAMES* names = directory_names(name);
    EXPECT_EQ(X509_REVOKED_add1_ext_i2d(sk_X509_REVOKED_value(X509_CRL_get_REVOKED(list), 0),
                                        NID_certificate_issuer, names, 1, 0),
              1);
    GENERAL_NAMES_free(names);
  };
}

std::function<void(X509*)> listed_by(const pki::Certificate& signer, const std::string& uri) {
  return [name = X509_get_subject_name(signer.x509.get()), uri](X509* certificate) {
    DIST_POINT* point = DIST_POINT_new();
    point->distpoint = DIST_POINT_NAME_new();
    point->distpoint->type = 0;
    point->distpoint->name.fullname = GENERAL_NAMES_new();
    sk_GENERAL_NAME_push(point->distpoint->name.fullname, uri_name(uri));
    point->CRLissuer = directory_names(name);
    CRL_DIST_POINTS* points = sk_DIST_POINT_new_null();
    sk_DIST_POINT_push(points, point);
    EXPECT_EQ(X509_add1_ext_i2d(certificate, NID_crl_distribution_points, points, 0, X509V3_ADD_REPLACE), 1);
    CRL_DIST_POINTS_free(points);
  };
}

}  // namespace domsec::testing
