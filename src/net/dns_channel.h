// One c-ares channel whose sockets and timeouts are watched by the loop. It asks single questions and hands
// back the message; what an answer means for mail routing is resolver.cpp's. Private to net/.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "domsec/net/dns_message.h"
#include "domsec/net/resolver.h"
#include "domsec/net/task.h"

struct ares_channeldata;

namespace domsec::net {

/// One question and, when `finished`, what came back.
struct DnsQuery {
  DnsQuery(boost::asio::io_context& io, std::string asked, DnsType of)
      : name(std::move(asked)), type(of), done(io) {}

  std::string name;
  DnsType type;
  DnsStatus status = DnsStatus::ok;
  std::string detail;                // one clause when the status is not ok
  DnsMessage answer;                 // when the status is ok or no_data
  bool finished = false;
  boost::asio::steady_timer done;    // cancelled when finished
};

class DnsChannel : public std::enable_shared_from_this<DnsChannel> {
 public:
  DnsChannel(boost::asio::io_context& io, const ResolverSettings& settings);
  ~DnsChannel();
  DnsChannel(const DnsChannel&) = delete;
  DnsChannel& operator=(const DnsChannel&) = delete;

  /// Sends the question, or lets it wait while the most allowed are in flight.
  std::shared_ptr<DnsQuery> start(std::string name, DnsType type);
  /// Nobody waits for this query any more.
  void abandon(const std::shared_ptr<DnsQuery>& query);
  /// Ends every query; later ones fail at once.
  void close();

  [[nodiscard]] std::size_t unanswered() const { return in_flight_ + waiting_.size(); }
  [[nodiscard]] std::size_t most_seen_in_flight() const { return most_seen_in_flight_; }

 private:
  struct Watch;
  struct Asked;
  /// A c-ares channel, and for its callback whose it is.
  struct Side {
    DnsChannel* owner = nullptr;
    ares_channeldata* channel = nullptr;
  };
  struct Waiting {
    std::shared_ptr<DnsQuery> query;
    bool for_the_reason = false;
  };

  void open(const ResolverSettings& settings);
  int open_side(Side& side, const ResolverSettings& settings, int flags, int tries);
  [[nodiscard]] bool closed() const { return usual_.channel == nullptr; }
  void send(Waiting next);
  bool ask_again(const std::shared_ptr<DnsQuery>& query);
  void answered(const std::shared_ptr<DnsQuery>& query, int status, std::string_view octets);
  void watch(const Side& side, int socket, bool readable, bool writable);
  void wait_readable(int socket, const std::shared_ptr<Watch>& watch);
  void wait_writable(int socket, const std::shared_ptr<Watch>& watch);
  void settle();
  [[nodiscard]] std::optional<Milliseconds> next_timeout() const;
  void set_timer();

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  bool timer_set_ = false;
  Side usual_;
  Side reason_;                        // with several servers only: see the head of dns_channel.cpp
  std::string trouble_;                // why there is no channel
  std::map<int, std::shared_ptr<Watch>> watches_;
  std::deque<Waiting> waiting_;
  std::size_t most_in_flight_;
  std::size_t in_flight_ = 0;
  std::size_t abandoned_ = 0;          // of those in flight
  std::size_t most_seen_in_flight_ = 0;
};

/// Waits for the query's end, at most until `deadline`: then it is timed_out. Both parameters are kept alive
/// by the frame.
task<void> finish(std::shared_ptr<DnsChannel> channel, std::shared_ptr<DnsQuery> query, SteadyPoint deadline);

}  // namespace domsec::net
