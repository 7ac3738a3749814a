// The lab's distribution point: a few paths served over HTTP/1.1 on loopback, right or wrong on purpose.
// Not a web server: GET only, one request a connection.
#pragma once

#include <memory>
#include <string>

#include "domsec/net/channel.h"
#include "domsec/net/loop.h"

namespace domsec::lab {

enum class CrlBehaviour {
  serve,      // 200 (or `status`) with the body
  chunked,    // the same without a length
  silence,    // the request is read, nothing is said
  drip,       // one octet of the whole answer after each `pace`
  endless,    // a body without end
  cut_short,  // half of the announced body, then the end
  redirect,   // 302 to `location`
  garbage,    // octets that are no HTTP
};

struct CrlPage {
  std::string body;
  CrlBehaviour behaviour = CrlBehaviour::serve;
  int status = 200;
  std::string location;
  net::Milliseconds pace{1000};
};

class CrlServer {
 public:
  /// Binds and listens at once (port 0 = a free one). Throws net::ChannelError(local).
  explicit CrlServer(net::Loop& loop, net::Endpoint at = net::Endpoint{"127.0.0.1", 0});
  ~CrlServer();
  CrlServer(const CrlServer&) = delete;
  CrlServer& operator=(const CrlServer&) = delete;

  [[nodiscard]] const net::Endpoint& endpoint() const;
  /// `http://127.0.0.1:PORT/path`
  [[nodiscard]] std::string uri(const std::string& path) const;
  /// From the next request on; other paths are 404.
  void put(const std::string& path, CrlPage page);
  /// GETs of this path so far.
  [[nodiscard]] std::size_t gets(const std::string& path) const;
  [[nodiscard]] std::size_t connections() const;
  /// Keeps the port but refuses connections, as a server that is down does; listen() takes them again.
  void refuse();
  void listen();
  void stop();

  struct Body;

 private:
  std::shared_ptr<Body> body_;
};

}  // namespace domsec::lab
