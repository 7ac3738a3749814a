// `domsec crl show`, `fetch` and `cache`: lists by themselves.
#include "domsec/cli/crl.h"

#include <cstdlib>
#include <ostream>
#include <set>

#include "crl_json.h"
#include "domsec/cli/clock.h"
#include "domsec/net/crl_files.h"
#include "domsec/net/http_get.h"
#include "domsec/pki/bundle.h"
#include "domsec/policy/verdict.h"
#include "domsec/report/crl.h"
#include "domsec/session/fetching.h"
#include "presented_chain.h"

namespace domsec::cli {
namespace {

using report::RevocationList;
using Lists = std::vector<RevocationList>;

constexpr std::size_t largest_list = 256U << 20;
constexpr int not_had = 3;

bool is_uri(const std::string& target) {
  return target.find("://") != std::string::npos;
}

std::string cache_of(const CrlOptions& options) {
  return options.end.crl_cache.empty() ? default_crl_cache() : options.end.crl_cache;
}

/// What a resolver and a fetch need of the flags.
struct Fetching {
  net::Loop loop;
  net::Resolver resolver;
  net::HttpLimits limits;
  net::HttpProxy proxy;

  explicit Fetching(const CrlOptions& options)
      : Fetching(organisation_of(options.end), edge_settings_of(options.end)) {}

 private:
  Fetching(const exchange::Organisation& organisation, const session::EdgeSettings& settings)
      : resolver(loop, session::resolver_settings(organisation, settings)),
        proxy(session::http_proxy(organisation, settings)) {
    limits.timeout = settings.crl_timeout;
  }
};

/// Asks the distribution point, and keeps what it gives.
RevocationList fetch(Fetching& with, const std::string& uri, const std::string& cache) {
  RevocationList list;
  list.source = uri;
  const auto began = now_in_milliseconds();
  const net::HttpAnswer answer =
      net::run(with.loop, net::http_get(with.resolver, uri, with.limits, with.proxy));
  list.took = std::chrono::duration_cast<std::chrono::milliseconds>(now_in_milliseconds() - began);
  if (answer.status != net::HttpStatus::ok) {
    list.trouble = answer.detail.empty() ? std::string(net::text(answer.status)) : answer.detail;
    return list;
  }
  list.crl = pki::Crl::read(answer.body);
  if (list.crl == nullptr) {
    list.trouble = "the " + std::to_string(answer.body.size()) + " octets are no revocation list";
    return list;
  }
  list.origin = pki::CrlOrigin::fetched;
  if (!cache.empty()) list.trouble = net::write_crl_file(cache, uri, answer.body);
  return list;
}

/// What is kept and in force; nothing when there is no such list.
std::optional<RevocationList> cached(const std::string& uri, const std::string& cache, pki::Instant at) {
  if (cache.empty()) return std::nullopt;
  const auto octets = net::read_crl_file(cache, uri, largest_list);
  RevocationList list;
  if (octets) list.crl = pki::Crl::read(*octets);
  const bool current = list.crl != nullptr && list.crl->next_update() && at <= *list.crl->next_update();
  if (!current) return std::nullopt;
  list.source = uri;
  list.origin = pki::CrlOrigin::cache;
  list.kept = net::crl_file_kept(cache, uri);
  return list;
}

Lists lists_of_file(const std::string& file) {
  Lists lists;
  for (const auto& crl : pki::Crl::read_all(pki::read_file(file, largest_list))) {
    RevocationList list;
    list.source = file;
    list.origin = pki::CrlOrigin::file;
    list.crl = crl;
    lists.push_back(std::move(list));
  }
  if (!lists.empty()) return lists;
  throw pki::BundleError(pki::BundleError::Kind::garbage,
                         file + " holds no revocation list: name a CRL in PEM or DER");
}

/// The distribution points of every certificate of a file, each once.
std::vector<std::string> distribution_points(const std::string& file) {
  std::vector<std::string> uris;
  std::set<std::string> seen;
  for (const pki::CertificatePtr& certificate : read_certificate_file(file, {})) {
    for (const std::string& uri : certificate->crl_distribution_points) {
      if (seen.insert(uri).second) uris.push_back(uri);
    }
  }
  return uris;
}

int write(const CrlOptions& options, const Lists& lists, pki::Instant at, std::ostream& out) {
  int code = 0;
  for (const RevocationList& list : lists) {
    if (list.crl == nullptr) code = policy::worse_exit_code(code, not_had);
  }
  if (options.form == CrlForm::json) {
    out << lists_json(lists, at, code) << '\n';
    return code;
  }
  for (const RevocationList& list : lists) out << report::list_text(list, at);
  return code;
}

Lists kept_lists(const std::string& directory) {
  Lists lists;
  for (const net::CrlFile& file : net::crl_files(directory, largest_list)) {
    RevocationList list;
    list.source = file.uri.empty() ? file.path : file.uri;
    list.origin = pki::CrlOrigin::cache;
    list.crl = file.crl;
    list.kept = file.kept;
    if (file.crl == nullptr) list.trouble = "the file holds no revocation list; crl cache clear removes it";
    lists.push_back(std::move(list));
  }
  return lists;
}

std::string required_cache(const CrlOptions& options) {
  const std::string directory = cache_of(options);
  if (directory.empty())
    throw UsageError("there is neither XDG_CACHE_HOME nor HOME: name the directory with --crl-cache");
  return directory;
}

}  // namespace

std::string default_crl_cache() {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::string(cache) + "/domsec/crl";
  const char* const home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home) + "/.cache/domsec/crl" : std::string();
}

int run_crl_show(const CrlOptions& options, std::ostream& out) {
  const pki::Instant at = now();
  Fetching with(options);
  Lists lists;
  for (const std::string& target : options.targets) {
    if (is_uri(target)) {
      std::optional<RevocationList> kept = cached(target, cache_of(options), at);
      lists.push_back(kept ? std::move(*kept) : fetch(with, target, cache_of(options)));
      continue;
    }
    for (RevocationList& list : lists_of_file(target)) lists.push_back(std::move(list));
  }
  return write(options, lists, at, out);
}

int run_crl_fetch(const CrlOptions& options, std::ostream& out) {
  Fetching with(options);
  Lists lists;
  for (const std::string& target : options.targets) {
    const std::vector<std::string> uris =
        is_uri(target) ? std::vector<std::string>{target} : distribution_points(target);
    for (const std::string& uri : uris) lists.push_back(fetch(with, uri, cache_of(options)));
    if (!uris.empty()) continue;
    RevocationList none;
    none.source = target;
    none.trouble = "no certificate of it names a distribution point";
    lists.push_back(std::move(none));
  }
  return write(options, lists, now(), out);
}

int run_crl_cache_ls(const CrlOptions& options, std::ostream& out) {
  const std::string directory = required_cache(options);
  const Lists lists = kept_lists(directory);
  const pki::Instant at = now();
  if (options.form == CrlForm::json) {
    out << lists_json(lists, at, 0) << '\n';
    return 0;
  }
  for (const RevocationList& list : lists) out << report::list_line(list, at);
  out << lists.size() << (lists.size() == 1 ? " list in " : " lists in ") << directory << '\n';
  return 0;
}

int run_crl_cache_clear(const CrlOptions& options, std::ostream& out) {
  const std::string directory = required_cache(options);
  const std::size_t lists = net::remove_crl_files(directory);
  out << "removed " << lists << (lists == 1 ? " list from " : " lists from ") << directory << '\n';
  return 0;
}

}  // namespace domsec::cli
