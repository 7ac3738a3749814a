#include "issuers_json.h"

#include "domsec/pki/harmless.h"

namespace domsec::cli {

namespace json = boost::json;

json::value issuers_of(const pki::IssuersFetched* fetched) {
  if (fetched == nullptr) return nullptr;
  json::array asked;
  for (const pki::IssuerAsked& each : fetched->asked) {
    json::array certificates;
    for (const pki::CertificatePtr& came : each.certificates)
      certificates.push_back({{"subject", came->subject}, {"sha256", came->thumbprint_sha256}});
    asked.push_back({{"uri", pki::harmless(each.uri, 2048)},
                     {"named_by", each.subject},
                     {"certificates", std::move(certificates)},
                     {"problem", each.problem.empty() ? json::value(nullptr)
                                                      : json::value(pki::harmless(each.problem, 500))}});
  }
  return {{"asked", std::move(asked)},
          {"anchored", fetched->anchored},
          {"good", fetched->good()},
          {"detail", pki::text(*fetched)}};
}

}  // namespace domsec::cli
