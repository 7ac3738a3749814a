#include "domsec/cli/cert_authority.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <ostream>

#include "cert_authority_json.h"
#include "domsec/cli/clock.h"
#include "domsec/cli/options.h"
#include "domsec/pki/bundle.h"
#include "domsec/pki/thumbprint.h"

namespace domsec::cli {
namespace {

constexpr unsigned readable_by_all = 0644;
constexpr std::size_t largest_request = 1U << 20;

/// What an authority refuses is the operator's to mend.
template <typename Act>
auto refusing(const Act& act) {
  try {
    return act();
  } catch (const lab::AuthorityError& error) {
    throw UsageError(error.what());
  } catch (const pki::RecipeError& error) {
    throw UsageError(error.what());
  }
}

void check_crl_base(const std::string& uri) {
  constexpr std::string_view scheme = "http://";
  const bool plain = std::all_of(uri.begin(), uri.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (uri.empty() || (uri.starts_with(scheme) && uri.size() > scheme.size() && plain)) return;
  throw UsageError("--crl-base: '" + uri +
                   "' is no http:// URI; write one such as http://crl.contoso.com/pki");
}

void check_days(int days) {
  constexpr int most = 36500;
  if (days < 1 || days > most)
    throw UsageError("--days: give between 1 and " + std::to_string(most) + " days");
}

/// Before anything is signed: what is in the register and was never written would be lost.
void check_writable(const std::string& file) {
  if (file.empty()) return;
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::path(file).parent_path();
  const bool writable = ::access(directory.empty() ? "." : directory.c_str(), W_OK | X_OK) == 0;
  if (writable && !std::filesystem::is_directory(file, error)) return;
  throw UsageError("--out: " + file +
                   " cannot be written; name a file in a directory that is there and that you may write to");
}

std::vector<const lab::Fault*> faults_named(const std::vector<std::string>& names) {
  std::vector<const lab::Fault*> all;
  for (const std::string& name : names) {
    const lab::Fault* fault = lab::find_fault(name);
    if (fault == nullptr)
      throw UsageError("--fault: there is no fault '" + name + "'; domsec cert sign --faults lists them");
    all.push_back(fault);
  }
  return all;
}

int list_faults(std::ostream& out) {
  constexpr std::size_t widest = 22;
  for (const lab::Fault& fault : lab::faults()) {
    if (!lab::is_certificate_fault(fault)) continue;
    out << fault.name << std::string(widest - fault.name.size(), ' ') << fault.summary << '\n';
  }
  return 0;
}

void write_signed(const lab::SignedCertificate& made, const CertSignOptions& options, std::ostream& out) {
  const pki::Certificate& leaf = *made.chain.front();
  std::string names;
  for (const std::string& name : leaf.dns_names) names += (names.empty() ? "" : ", ") + name;
  out << options.out << ": " << made.chain.size()
      << (made.chain.size() == 1 ? " certificate" : " certificates") << '\n'
      << "  subject     " << leaf.subject << '\n'
      << "  names       " << (names.empty() ? "none" : names) << '\n'
      << "  issuer      " << leaf.issuer << '\n'
      << "  serial      " << leaf.serial << '\n'
      << "  thumbprint  " << leaf.thumbprint << '\n'
      << "  valid       " << pki::rfc3339(leaf.not_before) << " to " << pki::rfc3339(leaf.not_after) << '\n';
  for (const std::string& name : made.record.faults)
    out << "  fault       " << name << ": " << lab::find_fault(name)->summary << '\n';
}

pki::Instant next_update_of(const CrlIssueOptions& options, pki::Instant at) {
  const std::string& text = options.next_update;
  if (const std::optional<pki::Instant> time = pki::read_rfc3339(text)) {
    if (*time > at) return *time;
    throw UsageError("--next-update: " + text +
                     " is not after the list itself; for a stale list sign with --fault crl-stale");
  }
  int count = 0;
  const bool shaped = text.size() > 2 && text.front() == '+' && (text.back() == 'd' || text.back() == 'h');
  const char* const end = text.data() + text.size() - 1;
  const bool number =
      shaped && std::from_chars(text.data() + 1, end, count).ptr == end && count > 0 && count < 87600;
  if (!number)
    throw UsageError("--next-update: '" + text +
                     "' is no time; write one such as 2026-11-29T09:00:00Z, or +7d, or +12h");
  return at + std::chrono::hours(text.back() == 'd' ? count * 24 : count);
}

/// A file's first certificate, or hex as listings and people spell it.
std::string thumbprint_or_serial(const std::string& text) {
  std::error_code error;
  if (std::filesystem::exists(text, error))
    return pki::read_certificates(pki::read_file(text), text).front()->thumbprint;
  const std::string hex = pki::plain_thumbprint(text);
  if (!hex.empty() && hex.find_first_not_of("0123456789ABCDEF") == std::string::npos) return hex;
  throw UsageError("--revoke: there is no file " + text +
                   "; name the certificate's file, its serial number or thumbprint");
}

}  // namespace

int run_cert_authority(const CertAuthorityOptions& options, std::ostream& out) {
  check_crl_base(options.terms.crl_base);
  check_days(options.terms.days);
  lab::AuthorityTerms terms = options.terms;
  terms.at = options.at.value_or(now());
  refusing([&] { lab::KeptAuthority::make(options.directory, terms); });
  const lab::KeptAuthority made(options.directory);
  if (options.form == AuthorityForm::json) {
    out << authority_json(options.directory, made.index()) << '\n';
    return 0;
  }
  out << options.directory << ": an authority, "
      << (terms.intermediate.empty() ? "its root signs" : "its issuing authority signs") << '\n'
      << "  trust       " << options.directory << "/root.pem\n"
      << "  sign        domsec cert sign REQUEST --authority " << options.directory << " --out FILE\n"
      << "  lists       "
      << (made.index().crl_base.empty()
              ? "certificates name no distribution point (--crl-base); give lists to partners as files"
              : "put what is in " + options.directory + "/public at " + made.index().crl_base + "/")
      << '\n';
  return 0;
}

int run_cert_sign(const CertSignOptions& options, std::ostream& out, std::ostream& err) {
  if (options.act == SignAct::faults) return list_faults(out);
  if (options.request.empty()) throw UsageError("cert sign: name the file of the certificate request");
  if (options.authority.empty())
    throw UsageError("cert sign: --authority is missing; name the directory of domsec cert authority");
  check_days(options.days);
  check_writable(options.out);
  lab::SigningTerms terms;
  terms.faults = faults_named(options.faults);
  terms.days = options.days;
  terms.at = options.at.value_or(now());
  const pki::Request request =
      pki::read_request(pki::read_file(options.request, largest_request), options.request);
  if (!options.key.empty())
    terms.requesters_key = pki::read_private_key(pki::read_file(options.key), options.key);
  const lab::SignedCertificate made = refusing([&] {
    lab::KeptAuthority authority(options.authority);
    return authority.sign(request, terms);
  });
  const std::string pem = pki::pem_of(made.chain);
  if (!options.out.empty()) pki::replace_file(options.out, pem, readable_by_all);
  if (options.form == AuthorityForm::json) {
    out << signing_json(made, options.out) << '\n';
    return 0;
  }
  if (options.out.empty()) {
    out << pem;
  } else {
    write_signed(made, options, out);
  }
  for (const std::string& note : made.notes) err << "note: " << note << '\n';
  return 0;
}

int run_crl_issue(const CrlIssueOptions& options, std::ostream& out) {
  if (options.authority.empty())
    throw UsageError("crl issue: --authority is missing; name the directory of domsec cert authority");
  const pki::Instant at = options.at.value_or(now());
  const pki::Instant next_update = next_update_of(options, at);
  if (!options.reason.empty() && options.revoke.empty())
    throw UsageError("--reason: there is nothing to revoke; give --revoke CERT");
  check_writable(options.out);
  std::vector<std::string> known;
  std::optional<lab::KeptAuthority> authority;
  const std::vector<lab::IssuedList> lists = refusing([&] {
    authority.emplace(options.authority);
    for (const std::string& text : options.revoke) {
      if (!authority->revoke(thumbprint_or_serial(text), options.reason, at)) known.push_back(text);
    }
    return authority->issue_lists(at, next_update);
  });
  if (!options.out.empty()) {
    const auto own = std::find_if(lists.begin(), lists.end(), [&](const lab::IssuedList& list) {
      return list.authority == authority->issuer();
    });
    pki::replace_file(options.out, own->der, readable_by_all);
  }
  if (options.form == AuthorityForm::json) {
    out << issued_lists_json(options.authority, authority->index(), lists) << '\n';
    return 0;
  }
  for (const std::string& text : known) out << text << " was revoked before; its date stays\n";
  for (const lab::IssuedList& list : lists) {
    out << options.authority << "/public/" << list.file << ": number " << authority->index().crl_number
        << ", " << list.revoked << " revoked, next update " << pki::rfc3339(list.next_update) << '\n';
  }
  return 0;
}

}  // namespace domsec::cli
