// `domsec cert request`, `new` and `renew`.
#include <ostream>

#include "cert_store.h"
#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"

namespace domsec::cli {
namespace {

pki::KeyKind read_key(const std::string& word, pki::KeyKind otherwise) {
  if (word.empty()) return otherwise;
  if (const std::optional<pki::KeyKind> kind = pki::read_key_kind(word)) return *kind;
  throw UsageError("--key: '" + word +
                   "' is no kind of key; there are rsa2048, rsa4096, ec-p256 and ec-p384");
}

/// What the flags say over what is there already.
void put_flags(const CertMakeOptions& options, store::WantedCertificate& wanted) {
  if (!options.subject.empty()) wanted.subject = options.subject;
  if (!options.names.empty()) wanted.dns_names = options.names;
  if (!options.friendly_name.empty()) wanted.friendly_name = options.friendly_name;
  if (options.exportable) wanted.key_export = store::KeyExport::allowed;
  wanted.key = read_key(options.key, wanted.key);
}

/// To the file, or to standard output: now, so that what cannot be written is known here.
void hand_out(const std::string& text, const std::string& file, std::ostream& out) {
  if (!file.empty()) {
    pki::replace_file(file, text, 0644);  // no secret
  } else if (!(out << text).flush()) {
    throw UsageError(
        "the request cannot be written to standard output: make room for it, or name a file with --out");
  }
}

int make_request(const CertMakeOptions& options, const store::WantedCertificate& wanted, OwnStore& store,
                 std::ostream& out, std::ostream& err) {
  if (options.of.form == StoreForm::json && options.out.empty())
    throw UsageError("--json: the request needs a file of its own; name it with --out");
  const pki::Request request = store::request_certificate(store.certificates(), wanted, now());
  const std::string text = options.der ? request.der() : request.pem();
  try {
    hand_out(text, options.out, out);
  } catch (...) {
    store.certificates().remove(request.thumbprint);  // nobody has it, so no answer to it will come
    throw;
  }
  if (options.of.form == StoreForm::json) {
    const ShownCertificate shown{{}, store.certificates().find_pending(request.thumbprint), {}};
    out << stored_certificates_json({shown}, 0) << '\n';
    return 0;
  }
  err << "request " << request.thumbprint << " for " << request.subject
      << ": its key waits in the store; import what the authority sends back\n";
  return 0;
}

}  // namespace

int run_cert_request(const CertMakeOptions& options, std::ostream& out, std::ostream& err) {
  OwnStore store(options.of);
  store::WantedCertificate wanted =
      store::setup_certificate(store::SelfSignedProfile::exchange, store.server().fqdn()).wanted;
  put_flags(options, wanted);
  return make_request(options, wanted, store, out, err);
}

int run_cert_new(const CertMakeOptions& options, std::ostream& out, std::ostream& err) {
  const store::SelfSignedProfile profile = options.profile == "auth"    ? store::SelfSignedProfile::auth
                                           : options.profile == "wmsvc" ? store::SelfSignedProfile::wmsvc
                                                                        : store::SelfSignedProfile::exchange;
  if (profile != store::SelfSignedProfile::exchange && !options.names.empty())
    throw UsageError("--name: a certificate of the profile " + options.profile +
                     " has no names; leave it out");
  OwnStore store(options.of);
  store::SelfSigning asked = store::setup_certificate(profile, store.server().fqdn());
  put_flags(options, asked.wanted);
  asked.terms = policy::terms_of(store.organisation());
  if (!options.services.empty()) asked.services = read_services(options.services);
  std::optional<GivenAnswer> answer = options.answer;
  // DS602: the Auth certificate never becomes the default.
  if (profile == store::SelfSignedProfile::auth) answer = GivenAnswer::no;
  write_one(options.of,
            store::make_self_signed(store.certificates(), asked, ask_overwrite(answer, out, err), now()),
            store, out);
  return 0;
}

int run_cert_renew(const CertMakeOptions& options, std::ostream& out, std::ostream& err) {
  OwnStore store(options.of);
  const store::CertificateEntry old = store::named_certificate(store.certificates(), options.thumbprint);
  store::WantedCertificate wanted = store::renewal_of(old);
  put_flags(options, wanted);
  if (options.request || !old.certificate->self_signed) return make_request(options, wanted, store, out, err);
  if (!options.out.empty() || options.der)
    throw UsageError(
        "--out, --der: a self-signed certificate is renewed at once; give --request for a request");
  store::SelfSigning asked;
  asked.wanted = wanted;
  asked.services = store::services_again(old);
  asked.terms = policy::terms_of(store.organisation());
  write_one(
      options.of,
      store::make_self_signed(store.certificates(), asked, ask_overwrite(options.answer, out, err), now()),
      store, out);
  return 0;
}

}  // namespace domsec::cli
