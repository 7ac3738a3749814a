#include "domsec/pki/examination_cache.h"

#include <algorithm>
#include <cstdint>

namespace domsec::pki {
namespace {

/// Fields one after the other, each with its length: no two inputs have the same key.
class Key {
 public:
  Key& add(std::string_view text) {
    number(text.size());
    key_ += text;
    return *this;
  }
  Key& number(std::uint64_t value) {
    key_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Key& address(const void* object) { return number(reinterpret_cast<std::uintptr_t>(object)); }
  Key& chain(const Chain& certificates) {
    number(certificates.size());
    for (const CertificatePtr& certificate : certificates)
      add(certificate == nullptr ? std::string_view() : certificate->thumbprint_sha256);
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(key_); }

 private:
  std::string key_;
};

std::string key_of(const PathInput& input) {
  Key key;
  key.number(1).chain(input.presented).chain(input.known_intermediates);
  key.address(input.anchors.get()).number(input.anchors == nullptr ? 0 : input.anchors->anchors().size());
  key.number(static_cast<std::uint64_t>(input.purpose)).number(static_cast<std::uint64_t>(input.profile));
  key.number(static_cast<std::uint64_t>(input.security_level))
      .number(static_cast<std::uint64_t>(input.max_intermediates))
      .number(static_cast<std::uint64_t>(input.key_identifiers))
      .number(input.constrain_common_name ? 1 : 0)
      .number(static_cast<std::uint64_t>(input.key_decoding));
  key.number(input.policy.initial.size());
  for (const std::string& oid : input.policy.initial) key.add(oid);
  key.number((input.policy.require_explicit ? 1U : 0U) | (input.policy.inhibit_mapping ? 2U : 0U) |
             (input.policy.inhibit_any ? 4U : 0U));
  return key.take();
}

std::string key_of(const RevocationQuestion& question, std::span<const CrlCandidate> candidates,
                   const RevocationRules& rules) {
  Key key;
  key.number(2).chain(question.path).number(question.depth).chain(question.others);
  key.number(candidates.size());
  for (const CrlCandidate& candidate : candidates) {
    key.address(candidate.crl.get()).number(static_cast<std::uint64_t>(candidate.origin));
    key.number(static_cast<std::uint64_t>(candidate.problem)).add(candidate.uri).add(candidate.detail);
  }
  key.number((rules.expiry_counts ? 1U : 0U) | (rules.profile_counts ? 2U : 0U) |
             (rules.signer_state_counts ? 4U : 0U) | (rules.max_age ? 8U : 0U));
  key.number(static_cast<std::uint64_t>(rules.max_age.value_or(std::chrono::seconds{}).count()));
  key.number(static_cast<std::uint64_t>(rules.security_level));
  return key.take();
}

/// The first second of the validity and the first after it (RFC 5280 4.1.2.5: through notAfter).
void add_dates(const Chain& certificates, std::vector<Instant>& dates) {
  for (const CertificatePtr& certificate : certificates) {
    if (certificate == nullptr) continue;
    dates.push_back(certificate->not_before);
    dates.push_back(certificate->not_after + std::chrono::seconds{1});
  }
}

std::vector<Instant> dates_of(const PathInput& input) {
  std::vector<Instant> dates;
  add_dates(input.presented, dates);
  add_dates(input.known_intermediates, dates);
  if (input.anchors != nullptr) add_dates(input.anchors->anchors(), dates);
  return dates;
}

std::vector<Instant> dates_of(const RevocationQuestion& question, std::span<const CrlCandidate> candidates,
                              const RevocationRules& rules) {
  std::vector<Instant> dates;
  add_dates(question.path, dates);
  add_dates(question.others, dates);
  for (const CrlCandidate& candidate : candidates) {
    if (candidate.crl == nullptr) continue;
    const Instant from = candidate.crl->this_update();
    dates.push_back(from);
    if (const auto until = candidate.crl->next_update()) dates.push_back(*until + std::chrono::seconds{1});
    if (rules.max_age) dates.push_back(from + *rules.max_age + std::chrono::seconds{1});
  }
  return dates;
}

bool all_alive(const std::vector<std::weak_ptr<const void>>& owners) {
  return std::none_of(owners.begin(), owners.end(), [](const auto& owner) { return owner.expired(); });
}

}  // namespace

ExaminationCache::Period ExaminationCache::period_round(Instant at, std::span<const Instant> dates) {
  Period period{Instant::min(), Instant::max()};
  for (const Instant date : dates) {
    if (date <= at) {
      period.from = std::max(period.from, date);
    } else {
      period.until = std::min(period.until, date);
    }
  }
  return period;
}

std::optional<ExaminationCache::Kept> ExaminationCache::find(const std::string& key, Instant at) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    const Kept& kept = *found->second;
    if (kept.period.from <= at && at < kept.period.until && all_alive(kept.owners)) {
      ++hits_;
      kept_.splice(kept_.begin(), kept_, found->second);
      return Kept{{}, kept.period, {}, kept.path, kept.revocation};
    }
  }
  ++misses_;
  return std::nullopt;
}

void ExaminationCache::keep(Kept kept) {
  const std::lock_guard lock(mutex_);
  if (const auto old = by_key_.find(kept.key); old != by_key_.end()) {
    const auto place = old->second;
    by_key_.erase(old);
    kept_.erase(place);
  }
  kept_.push_front(std::move(kept));
  by_key_.emplace(kept_.front().key, kept_.begin());
  while (kept_.size() > most_) {
    by_key_.erase(kept_.back().key);
    kept_.pop_back();
  }
}

PathExamination ExaminationCache::path(const PathInput& input) {
  std::string key = key_of(input);
  if (const auto kept = find(key, input.at)) {
    PathExamination remembered = *kept->path;
    remembered.remembered = true;
    return remembered;
  }
  PathExamination fresh = examine_path(input);
  const std::vector<Instant> dates = dates_of(input);
  keep({std::move(key), period_round(input.at, dates), {input.anchors},
        std::make_shared<PathExamination>(fresh), nullptr});
  return fresh;
}

Revocation ExaminationCache::revocation(const RevocationQuestion& question,
                                        std::span<const CrlCandidate> candidates, const RevocationRules& rules) {
  std::string key = key_of(question, candidates, rules);
  if (const auto kept = find(key, rules.at)) return *kept->revocation;
  Revocation fresh = examine_revocation(question, candidates, rules);
  const std::vector<Instant> dates = dates_of(question, candidates, rules);
  Owners owners;
  for (const CrlCandidate& candidate : candidates) {
    if (candidate.crl != nullptr) owners.emplace_back(candidate.crl);
  }
  keep({std::move(key), period_round(rules.at, dates), std::move(owners), nullptr,
        std::make_shared<Revocation>(fresh)});
  return fresh;
}

std::size_t ExaminationCache::hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

std::size_t ExaminationCache::misses() const {
  const std::lock_guard lock(mutex_);
  return misses_;
}

}  // namespace domsec::pki
