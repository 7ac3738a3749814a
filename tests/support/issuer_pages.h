// A server of issuers' certificates and leaves that name it, for the tests of authorityInfoAccess.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domsec/lab/crl_server.h"
#include "domsec/net/issuer_source.h"
#include "support/pki.h"

namespace domsec::testing {

inline std::string der_text(const pki::CertificatePtr& certificate) {
  const auto der = certificate->der();
  return {der.begin(), der.end()};
}

struct IssuerPages {
  explicit IssuerPages(net::Loop& loop) : server(loop), loop_(loop) {}

  void put(const std::string& path, std::string body,
           lab::CrlBehaviour behaviour = lab::CrlBehaviour::serve) {
    lab::CrlPage page;
    page.body = std::move(body);
    page.behaviour = behaviour;
    server.put(path, page);
  }
  [[nodiscard]] std::shared_ptr<net::IssuerSource> source(net::IssuerSettings settings = {}) const {
    return std::make_shared<net::IssuerSource>(std::make_shared<net::Resolver>(loop_, net::ResolverSettings()),
                                               std::move(settings));
  }
  /// A leaf for Woodgrove Bank of `by`, which says that its issuer is at these URIs.
  [[nodiscard]] static pki::Credentials leaf(const pki::Authority& by, std::vector<std::string> uris) {
    pki::CertificateRecipe recipe = leaf_recipe({"mail.woodgrovebank.com"});
    recipe.ca_issuers = std::move(uris);
    return by.issue(recipe);
  }

  lab::CrlServer server;

 private:
  net::Loop& loop_;
};

}  // namespace domsec::testing
