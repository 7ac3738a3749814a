#include "domsec/session/submission_rate.h"

namespace domsec::session {

namespace {

constexpr std::chrono::minutes window{1};

void drop_old(std::deque<net::SteadyPoint>& times, net::SteadyPoint now) {
  while (!times.empty() && now - times.front() >= window) times.pop_front();
}

bool counts_addresses(exchange::MessageRateSource source) {
  return source == exchange::MessageRateSource::ip_address || source == exchange::MessageRateSource::all;
}

bool counts_senders(exchange::MessageRateSource source) {
  return source == exchange::MessageRateSource::user || source == exchange::MessageRateSource::all;
}

}  // namespace

bool SubmissionRate::full(Begun& begun, const std::string& who, net::SteadyPoint now) const {
  const auto found = begun.find(who);
  if (found == begun.end()) return false;
  drop_old(found->second, now);
  return found->second.size() >= limit_;
}

bool SubmissionRate::reached(const std::string& address, const std::string& sender, net::SteadyPoint now) {
  return (counts_addresses(source_) && full(by_address_, address, now)) ||
         (counts_senders(source_) && full(by_sender_, sender, now));
}

void SubmissionRate::count(const std::string& address, const std::string& sender, net::SteadyPoint now) {
  if (now - swept_ >= window) {
    forget(by_address_, now);
    forget(by_sender_, now);
    swept_ = now;
  }
  if (counts_addresses(source_)) by_address_[address].push_back(now);
  if (counts_senders(source_)) by_sender_[sender].push_back(now);
}

/// Once a minute: a server that runs for months remembers nobody who came once.
void SubmissionRate::forget(Begun& begun, net::SteadyPoint now) {
  for (auto one = begun.begin(); one != begun.end();) {
    drop_old(one->second, now);
    one = one->second.empty() ? begun.erase(one) : std::next(one);
  }
}

}  // namespace domsec::session
