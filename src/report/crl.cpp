#include "domsec/report/crl.h"

#include "domsec/finding/catalogue.h"
#include "domsec/pki/crl_facts.h"
#include "domsec/pki/harmless.h"
#include "domsec/policy/revocation_code.h"
#include "domsec/report/verification.h"
#include "layout.h"

namespace domsec::report {
namespace {

constexpr std::size_t indent = 16;

std::string row(std::string_view title, const std::string& text) {
  return padded("  " + std::string(title), indent) + wrapped(text, indent);
}

std::string rows(std::string_view title, const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += row(out.empty() ? title : "", text);
  return out;
}

std::string this_update_text(const pki::Crl& crl, pki::Instant at) {
  const std::string time = pki::rfc3339(crl.this_update());
  return crl.this_update() > at ? time + ", in the future"
                                : time + ", " + span_text(at - crl.this_update()) + " ago";
}

std::string next_update_text(const pki::Crl& crl, pki::Instant at) {
  if (!crl.next_update()) return "not said: nobody can tell when it is stale";
  const std::string time = pki::rfc3339(*crl.next_update());
  return *crl.next_update() < at ? time + ", STALE since " + span_text(at - *crl.next_update())
                                 : time + ", " + span_text(*crl.next_update() - at) + " left";
}

std::string number_text(const pki::Crl& crl, const pki::CrlFacts& facts) {
  const std::string number = crl.number().value_or("none");
  return facts.base_number ? number + ", a delta list to number " + *facts.base_number
                           : number + ", a full list";
}

std::string origin_text(const RevocationList& list, pki::Instant at) {
  switch (list.origin) {
    case pki::CrlOrigin::none:
      return "";
    case pki::CrlOrigin::file:
      return "from the file";
    case pki::CrlOrigin::cache:
      return list.kept ? "from the cache, fetched " +
                             span_text(std::max(at - *list.kept, std::chrono::seconds(0))) + " ago"
                       : "from the cache";
    case pki::CrlOrigin::fetched:
      return list.took ? "fetched in " + std::to_string(list.took->count()) + " ms" : "fetched";
  }
  return "";
}

}  // namespace

std::string span_text(std::chrono::seconds span) {
  const auto seconds = span.count();
  if (seconds >= 2 * 86400) return std::to_string(seconds / 86400) + " days";
  if (seconds >= 2 * 3600) return std::to_string(seconds / 3600) + " h";
  return seconds >= 120 ? std::to_string(seconds / 60) + " min" : std::to_string(seconds) + " s";
}

std::string list_text(const RevocationList& list, pki::Instant at) {
  const std::string source = pki::harmless(list.source, 2048);
  if (list.crl == nullptr) return wrapped(source + ": no list, " + pki::harmless(list.trouble, 500), 2, 0);
  const pki::Crl& crl = *list.crl;
  const pki::CrlFacts facts = pki::crl_facts(crl);
  std::string out = wrapped(source + ": " + origin_text(list, at), 2, 0);
  out += row("issuer", crl.issuer()) + row("number", number_text(crl, facts));
  out += row("this update", this_update_text(crl, at)) + row("next update", next_update_text(crl, at));
  out +=
      row("entries", std::to_string(crl.entries())) + row("size", std::to_string(facts.octets) + " octets");
  out += row("signature", facts.signature_algorithm + " (crl check verifies it)");
  if (!facts.authority_key_id.empty()) out += row("issuer key id", facts.authority_key_id);
  out += facts.scope.empty() ? row("speaks of", "every certificate of its issuer")
                             : rows("speaks of", facts.scope);
  std::vector<std::string> freshest;
  for (const std::string& uri : crl.freshest()) freshest.push_back(pki::harmless(uri, 2048));
  out += rows("delta lists at", freshest);
  out += rows("profile", crl.profile_faults());
  if (!facts.fault.empty()) out += row("unusable", facts.fault);
  if (!list.trouble.empty()) out += row("note", pki::harmless(list.trouble, 500));
  return out;
}

std::string list_line(const RevocationList& list, pki::Instant at) {
  std::string text = pki::harmless(list.source, 2048) + ": ";
  if (list.crl == nullptr) return wrapped(text + pki::harmless(list.trouble, 500), 2, 0);
  text += origin_text(list, at) + ", " + std::to_string(pki::crl_facts(*list.crl).octets) + " octets, " +
          std::to_string(list.crl->entries()) + " entries, next update " + next_update_text(*list.crl, at) +
          ", " + list.crl->issuer();
  return wrapped(text, 2, 0);
}

Consequence consequence(const pki::Revocation& revocation) {
  const auto word = [&revocation](policy::CrlFail crl_fail) -> std::string_view {
    switch (policy::revocation_severity(revocation, crl_fail, finding::Profile::exchange)) {
      case finding::Severity::silent:
        return "accepted";
      case finding::Severity::fails:
        return "refused";
      default:
        return "accepted with a warning";
    }
  };
  return {word(policy::CrlFail::hard), word(policy::CrlFail::soft)};
}

std::string revocations_text(const std::vector<pki::Revocation>& revocations) {
  std::string out;
  for (const pki::Revocation& each : revocations) {
    const std::string title = "[" + std::to_string(each.depth) + "] ";
    out += "  " + title + wrapped(each.subject + ", serial " + each.serial, 2 + title.size());
    out += row("  state", revocation_text(each));
    if (each.this_update) out += row("  list of", pki::rfc3339(*each.this_update));
    const Consequence becomes = consequence(each);
    out += row("  hard", std::string(becomes.hard)) + row("  soft", std::string(becomes.soft)) +
           row("  off", "accepted, the state is not asked for");
  }
  if (revocations.empty())
    out += row("", "no certificate of it can be revoked: it is an anchor, or signs itself");
  return out;
}

}  // namespace domsec::report
