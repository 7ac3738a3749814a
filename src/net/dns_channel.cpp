// c-ares on Asio: c-ares owns its sockets, tells which of them it wants to read or write
// (ARES_OPT_SOCK_STATE_CB), and the loop waits for them. c-ares does retries, the next server, TCP after
// truncation, the check of id, question and sender. A c-ares callback only stores its result: nothing here
// calls back into c-ares from inside one.
//
// c-ares 1.18 goes on to the next server after SERVFAIL, REFUSED and NOTIMP, and when none is left it says
// ECONNREFUSED: the reason is lost. ARES_FLAG_NOCHECKRESP keeps the reason, but then the next server is never
// asked. So a single server is asked with that flag; several are asked without it, and only when all failed a
// last time with it, for the reason.
#include "dns_channel.h"

#include <ares.h>
#include <sys/time.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>

#include "ares_status.h"

namespace domsec::net {

namespace asio = boost::asio;

namespace {

/// UDP answers of all queries in flight wait in one socket buffer; the kernel cuts this to net.core.rmem_max.
constexpr int receive_buffer_octets = 1 << 20;
/// No fragments on any usual path (DNS flag day 2020).
constexpr int edns_octets = 1232;

bool library_ready() {
  static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

}  // namespace

/// A socket of c-ares in the loop's hands. c-ares closes the socket, so it is released here, never closed.
struct DnsChannel::Watch {
  Watch(asio::io_context& io, int socket, ares_channeldata* of) : channel(of), descriptor(io) {
    boost::system::error_code
        ignored;  // no exception may pass through c-ares; an unwatched socket ends by its timeout
    descriptor.assign(socket, ignored);
  }
  ~Watch() { release(); }
  void release() {
    if (descriptor.is_open()) descriptor.release();
  }
  ares_channeldata* channel;
  asio::posix::stream_descriptor descriptor;
  bool want_read = false;
  bool want_write = false;
  bool reading = false;
  bool writing = false;
};

/// What c-ares holds for one query; it calls back exactly once, at the latest in ares_destroy.
struct DnsChannel::Asked {
  DnsChannel* channel;
  std::shared_ptr<DnsQuery> query;
  bool for_the_reason;

  static void answered(void* argument, int status, int /*timeouts*/, unsigned char* octets, int size) {
    const std::unique_ptr<Asked> asked(static_cast<Asked*>(argument));
    const auto length = octets == nullptr || size < 0 ? std::size_t{0} : static_cast<std::size_t>(size);
    if (status == ARES_ECONNREFUSED && !asked->for_the_reason && asked->channel->ask_again(asked->query))
      return;
    asked->channel->answered(asked->query, status,
                             std::string_view(reinterpret_cast<const char*>(octets), length));
  }
  static void wanted(void* argument, ares_socket_t socket, int readable, int writable) {
    const auto* side = static_cast<const Side*>(argument);
    side->owner->watch(*side, socket, readable != 0, writable != 0);
  }
};

DnsChannel::DnsChannel(asio::io_context& io, const ResolverSettings& settings)
    : io_(io), timer_(io), most_in_flight_(std::max<std::size_t>(settings.most_in_flight, 1)) {
  open(settings);
}

DnsChannel::~DnsChannel() { close(); }

namespace {

std::string server_list(const std::vector<Endpoint>& servers) {
  std::string list;
  for (const Endpoint& server : servers) list += (list.empty() ? "" : ",") + server.text();
  return list;
}

bool has_one_server(ares_channeldata* channel) {
  ares_addr_port_node* servers = nullptr;
  if (ares_get_servers_ports(channel, &servers) != ARES_SUCCESS) return true;
  const bool one = servers == nullptr || servers->next == nullptr;
  ares_free_data(servers);
  return one;
}

}  // namespace

int DnsChannel::open_side(Side& side, const ResolverSettings& settings, int flags, int tries) {
  ares_options options{};
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS | flags;
  options.timeout = static_cast<int>(std::clamp<Milliseconds::rep>(settings.timeout.count(), 1, 600000));
  options.tries = std::clamp(tries, 1, 10);
  options.ednspsz = edns_octets;
  options.socket_receive_buffer_size = receive_buffer_octets;
  options.sock_state_cb = &Asked::wanted;
  options.sock_state_cb_data = &side;
  const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
                   ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB;
  side.owner = this;
  const int status =
      library_ready() ? ares_init_options(&side.channel, &options, mask) : ARES_ENOTINITIALIZED;
  if (status != ARES_SUCCESS || settings.servers.empty()) return status;
  return ares_set_servers_ports_csv(side.channel, server_list(settings.servers).c_str());
}

void DnsChannel::open(const ResolverSettings& settings) {
  int status = open_side(usual_, settings, 0, settings.tries);
  if (status == ARES_SUCCESS && has_one_server(usual_.channel)) {
    ares_destroy(std::exchange(usual_.channel, nullptr));
    status = open_side(usual_, settings, ARES_FLAG_NOCHECKRESP, settings.tries);
  } else if (status == ARES_SUCCESS) {
    status = open_side(reason_, settings, ARES_FLAG_NOCHECKRESP, 1);
  }
  if (status == ARES_SUCCESS) return;
  close();
  trouble_ = "the list of name servers cannot be used: " + std::string(ares_strerror(status));
}

std::shared_ptr<DnsQuery> DnsChannel::start(std::string name, DnsType type) {
  auto query = std::make_shared<DnsQuery>(io_, std::move(name), type);
  if (closed()) {
    query->finished = true;
    query->status = DnsStatus::server_failure;
    query->detail = trouble_;
    return query;
  }
  waiting_.push_back(Waiting{query, false});
  settle();
  return query;
}

void DnsChannel::send(Waiting next) {
  most_seen_in_flight_ = std::max(most_seen_in_flight_, ++in_flight_);
  const Side& side = next.for_the_reason ? reason_ : usual_;
  auto asked = std::make_unique<Asked>(Asked{this, next.query, next.for_the_reason});
  ares_query(side.channel, next.query->name.c_str(), 1 /* IN */, static_cast<int>(next.query->type),
             &Asked::answered, asked.release());
}

bool DnsChannel::ask_again(const std::shared_ptr<DnsQuery>& query) {
  if (reason_.channel == nullptr || query->finished) return false;
  --in_flight_;
  waiting_.push_front(Waiting{query, true});  // settle() follows every call of c-ares
  return true;
}

void DnsChannel::answered(const std::shared_ptr<DnsQuery>& query, int status, std::string_view octets) {
  --in_flight_;
  if (query->finished) {  // abandoned meanwhile
    --abandoned_;
    return;
  }
  query->finished = true;
  query->status = status_of(status);
  query->detail = clause_of(status);
  if (query->status == DnsStatus::ok || query->status == DnsStatus::no_data) {
    std::optional<DnsMessage> answer = read_dns_message(octets);
    if (answer && answer->response) {  // RFC 1035 4.1.1: QR; an echoed query is no answer
      query->answer = *std::move(answer);
    } else {
      query->status = DnsStatus::malformed;
      query->detail = clause_of(ARES_EBADRESP);
    }
  }
  query->done.cancel();
}

void DnsChannel::abandon(const std::shared_ptr<DnsQuery>& query) {
  if (query->finished) return;
  query->finished = true;
  query->status = DnsStatus::timed_out;
  query->detail = clause_of(ARES_ETIMEOUT);
  const auto place = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&query](const Waiting& waiting) { return waiting.query == query; });
  if (place != waiting_.end()) {
    waiting_.erase(place);
  } else {
    ++abandoned_;
  }
  // c-ares cannot end a single query; when nobody waits for any of them, it ends them all.
  if (closed() || !waiting_.empty() || in_flight_ == 0 || abandoned_ != in_flight_) return;
  ares_cancel(usual_.channel);
  if (reason_.channel != nullptr) ares_cancel(reason_.channel);
  settle();
}

void DnsChannel::close() {
  trouble_ = clause_of(ARES_EDESTRUCTION);
  for (const Waiting& waiting : std::exchange(waiting_, {})) {
    waiting.query->finished = true;
    waiting.query->status = DnsStatus::server_failure;
    waiting.query->detail = trouble_;
    waiting.query->done.cancel();
  }
  for (Side* side : {&usual_, &reason_}) {
    if (side->channel != nullptr) ares_destroy(std::exchange(side->channel, nullptr));
  }
  watches_.clear();
  timer_.cancel();
}

void DnsChannel::watch(const Side& side, int socket, bool readable, bool writable) {
  if (!readable && !writable) {  // c-ares closes the socket after this
    const auto place = watches_.find(socket);
    if (place == watches_.end()) return;
    place->second->release();
    watches_.erase(place);
    return;
  }
  std::shared_ptr<Watch>& watch = watches_[socket];
  if (!watch) watch = std::make_shared<Watch>(io_, socket, side.channel);
  watch->want_read = readable;
  watch->want_write = writable;
  if (readable) wait_readable(socket, watch);
  if (writable) wait_writable(socket, watch);
}

void DnsChannel::wait_readable(int socket, const std::shared_ptr<Watch>& watch) {
  if (std::exchange(watch->reading, true)) return;
  auto ready = [channel = weak_from_this(), watch, socket](const boost::system::error_code& error) {
    watch->reading = false;
    const std::shared_ptr<DnsChannel> self = channel.lock();
    if (error || !self || self->closed() || !watch->descriptor.is_open()) return;
    ares_process_fd(watch->channel, socket, ARES_SOCKET_BAD);
    if (watch->descriptor.is_open() && watch->want_read) self->wait_readable(socket, watch);
    self->settle();
  };
  watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_read, std::move(ready));
}

void DnsChannel::wait_writable(int socket, const std::shared_ptr<Watch>& watch) {
  if (std::exchange(watch->writing, true)) return;
  auto ready = [channel = weak_from_this(), watch, socket](const boost::system::error_code& error) {
    watch->writing = false;
    const std::shared_ptr<DnsChannel> self = channel.lock();
    if (error || !self || self->closed() || !watch->descriptor.is_open()) return;
    ares_process_fd(watch->channel, ARES_SOCKET_BAD, socket);
    if (watch->descriptor.is_open() && watch->want_write) self->wait_writable(socket, watch);
    self->settle();
  };
  watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_write, std::move(ready));
}

/// After every call of c-ares: the next queries that wait, then the timer for its timeouts.
void DnsChannel::settle() {
  while (!closed() && !waiting_.empty() && in_flight_ < most_in_flight_) {
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    send(std::move(next));
  }
  set_timer();
}

/// When c-ares has to look at its timeouts next.
std::optional<Milliseconds> DnsChannel::next_timeout() const {
  std::optional<Milliseconds> least;
  for (const Side* side : {&usual_, &reason_}) {
    timeval left{};
    if (side->channel == nullptr || ares_timeout(side->channel, nullptr, &left) == nullptr) continue;
    const Milliseconds wait(left.tv_sec * 1000 + left.tv_usec / 1000 + 1);
    least = std::min(least.value_or(wait), wait);
  }
  return least;
}

void DnsChannel::set_timer() {
  const std::optional<Milliseconds> wait = next_timeout();
  if (!wait) {
    timer_set_ = false;
    timer_.cancel();
    return;
  }
  const SteadyPoint due_at = std::chrono::steady_clock::now() + *wait;
  if (timer_set_ && timer_.expiry() <= due_at) return;  // fires before it is needed, and is set again then
  timer_.expires_at(due_at);
  timer_set_ = true;
  auto due = [channel = weak_from_this()](const boost::system::error_code& error) {
    const std::shared_ptr<DnsChannel> self = channel.lock();
    if (error || !self || self->closed()) return;
    self->timer_set_ = false;
    for (const Side* side : {&self->usual_, &self->reason_}) {
      if (side->channel != nullptr) ares_process_fd(side->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
    self->settle();
  };
  timer_.async_wait(std::move(due));
}

task<void> finish(std::shared_ptr<DnsChannel> channel, std::shared_ptr<DnsQuery> query,
                  SteadyPoint deadline) {
  struct Abandon {
    DnsChannel& channel;
    std::shared_ptr<DnsQuery>& query;
    ~Abandon() { channel.abandon(query); }  // also when the frame is destroyed while it waits
  };
  const Abandon abandon{*channel, query};
  if (query->finished) co_return;
  query->done.expires_at(deadline);
  co_await query->done.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace domsec::net
