// One end with one fault, to be met by somebody else's: a server that listens, or a client that connects. It
// demands nothing of whom it meets, so that what the other makes of the fault is seen.
#pragma once

#include <functional>
#include <string>

#include "domsec/lab/lab.h"

namespace domsec::lab {

struct BrokenPeerSettings {
  std::string directory;                     // its certificates; created with mode 0700
  std::string domain = "woodgrovebank.com";  // its own
  std::string partner = "contoso.com";       // whom it meets
  net::Endpoint listen{"127.0.0.1", 2525};   // server
  std::uint16_t http_port = 0;               // of its revocation lists, at the same address; 0 = a free one
  net::Milliseconds patience{30'000};        // of each wait
  std::function<pki::Instant()> now;
  transcript::Clock clock;
  /// Hears of every session that ended.
  std::function<void(const transcript::Transcript&)> ended;
};

class BrokenPeer {
 public:
  /// Listens at once. Throws LabError, net::ChannelError(local).
  BrokenPeer(net::Loop& loop, BrokenPeerSettings settings, const Fault& fault);

  /// As client: mail to `to`, whatever the server there says.
  net::task<session::DeliveryResult> connect(net::Endpoint to);
  void stop() { lab_.stop(); }

  /// The root that whom it meets has to trust.
  [[nodiscard]] std::string root_file() const;
  /// Where it listens, and how it calls itself there.
  [[nodiscard]] net::Endpoint endpoint();
  [[nodiscard]] std::string fqdn() const { return "mail." + settings_.domain; }
  /// Domains in which mail to it, and from it, shows the fault.
  [[nodiscard]] std::string domain() const;

 private:
  [[nodiscard]] LabSettings lab_settings();

  net::Loop& loop_;
  BrokenPeerSettings settings_;
  const Fault& fault_;
  Lab lab_;
};

/// The finding of one end in one session: of its last judgement. Null when nothing was judged.
[[nodiscard]] const policy::Verdict* last_verdict(const transcript::Transcript& transcript);
/// Is it the headline, or among what else was found?
[[nodiscard]] bool has_finding(const policy::Verdict& verdict, finding::Code code);

}  // namespace domsec::lab
