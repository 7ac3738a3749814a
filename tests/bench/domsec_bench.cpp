// domsec_bench: ratios to F, the server's CPU of one bare mutual handshake in the same run, and the raw
// figures beside them. Floor and candidates take turns; of all rounds the least CPU counts.
// F is always OpenSSL as it comes, whatever key decoding the sessions are measured with. Nothing is
// asserted: docs/performance.md has targets.
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "bench/decisions.h"
#include "bench/floor.h"
#include "bench/idle.h"
#include "bench/lists.h"
#include "bench/sessions.h"
#include "bench/store.h"
#include "bench/verification.h"
#include "domsec/pki/key_decoding.h"
#include "domsec/transcript/event.h"

namespace domsec::bench {
namespace {

struct Options {
  int rounds = 3;
  int sessions = 1000;
  int idle = 1000;
  std::vector<std::string> keys{"ec", "rsa"};
  pki::KeyDecoding decoding = pki::KeyDecoding::direct;
  int verifications = 10000;
  std::size_t entries = 1'000'000;
  std::size_t domains = 100'000;
  std::size_t certificates = 10'000;
  std::string only;  // floor, message, unlogged, spooled, probe, idle, verification, lists, decisions, store; empty = all
  [[nodiscard]] bool wants(const std::string& part) const { return only.empty() || only == part; }
};

constexpr double unmeasured = std::numeric_limits<double>::max();

struct Least {
  double value = unmeasured;
  void add(double seen) { value = std::min(value, seen); }
};

/// Everything about one kind of key.
struct Figures {
  Least floor_client;
  Least floor_server;
  Least message_client;
  Least message;
  Least unlogged;
  Least spooled;
  Least probe;
};

void measure_floor_once(const Partners& partners, const Options& options, Figures& figures) {
  const Floor floor = measure_floor(partners, std::max(options.sessions / 2, 20));
  figures.floor_client.add(floor.client);
  figures.floor_server.add(floor.server);
}

SessionCost sessions(const Partners& partners, const Options& options, Dialogue dialogue, Logging logging) {
  SessionShape shape;
  shape.dialogue = dialogue;
  shape.logging = logging;
  shape.sessions = dialogue == Dialogue::spooled ? std::max(options.sessions / 4, 20) : options.sessions;
  return measure_sessions(partners, shape);
}

void measure_round(const Partners& partners, const Options& options, Figures& figures) {
  measure_floor_once(partners, options, figures);
  if (options.wants("message")) {
    const SessionCost cost = sessions(partners, options, Dialogue::message, Logging::file);
    figures.message.add(cost.server);
    figures.message_client.add(cost.client);
  }
  if (options.wants("unlogged"))
    figures.unlogged.add(sessions(partners, options, Dialogue::message, Logging::none).server);
  if (options.wants("spooled"))
    figures.spooled.add(sessions(partners, options, Dialogue::spooled, Logging::file).server);
  if (options.wants("probe"))
    figures.probe.add(sessions(partners, options, Dialogue::probe, Logging::file).client);
  measure_floor_once(partners, options, figures);
}

void print(const char* what, double cost, double floor, const char* unit, const char* target) {
  if (cost == unmeasured) return;
  std::printf("  %-58s %7.0f us  %5.2f x %-13s %s\n", what, cost, cost / floor, unit, target);
}

void print(const std::string& key, const Figures& figures) {
  const double f = figures.floor_server.value;
  const double client = figures.floor_client.value;
  std::printf("%s\n", key == "ec" ? "EC P-256" : "RSA 2048");
  print("F: bare mutual handshake, server side", f, f, "F", "");
  print("   the same, client side", client, f, "F", "");
  print("receive: session with a 4 KiB message, protocol log", figures.message.value, f, "F",
        "target <= 1.25");
  print("receive: the same without a protocol log", figures.unlogged.value, f, "F", "");
  print("receive: the same with log and spool (fsync)", figures.spooled.value, f, "F", "");
  print("send: session with a 4 KiB message", figures.message_client.value, client, "client floor", "");
  print("send: probe until the EHLO inside TLS", figures.probe.value, client, "client floor", "");
}

/// The least of all rounds of each.
void print_verification(const Partners& partners, const Options& options, double floor) {
  Least libcrypto, ours, hit, revocation;
  for (int round = 0; round < options.rounds; ++round) {
    const VerificationCost cost = measure_verification(partners, options.verifications);
    libcrypto.add(cost.libcrypto);
    ours.add(cost.ours);
    hit.add(cost.hit);
    revocation.add(cost.revocation);
  }
  print("verify: a chain and a name by libcrypto alone", libcrypto.value, libcrypto.value, "libcrypto", "");
  print("verify: the same by domsec", ours.value, libcrypto.value, "libcrypto", "target <= 1.2");
  std::printf("  %-58s %7.2f us  %21s target <= 5 us\n", "verify: a hit of the verdict cache", hit.value, "");
  std::printf("  %-58s %7.2f us  %5.2f %% %-14s target <= 2 %%\n",
              "verify: two certificates, cached lists of 100,000 entries", revocation.value,
              100 * revocation.value / floor, "of F");
}

void print_lists(const Options& options) {
  Least ours, libcrypto, again, hit, miss, state;
  ListCost cost;
  for (int round = 0; round < options.rounds; ++round) {
    cost = measure_list(options.entries);
    ours.add(cost.ours);
    libcrypto.add(cost.libcrypto);
    again.add(cost.libcrypto_again);
    hit.add(cost.hit);
    miss.add(cost.miss);
    state.add(cost.state);
  }
  std::printf("Revocation list of %zu entries\n", options.entries);
  std::printf("  %-58s %7.1f ms, %.1f MiB\n", "libcrypto: read, first look, signature", libcrypto.value,
              cost.libcrypto_memory / 1024);
  std::printf("  %-58s %7.1f ms\n", "libcrypto: the signature again, in every handshake", again.value);
  std::printf("  %-58s %7.1f ms, %.1f MiB: %.3f and %.3f of libcrypto's   target <= 0.1\n",
              "domsec: read, index, signature", ours.value, cost.ours_memory / 1024, ours.value / libcrypto.value,
              cost.ours_memory / cost.libcrypto_memory);
  std::printf("  %-58s %7.0f ns a hit, %.0f ns a miss          target <= 1000\n", "domsec: a look-up", hit.value,
              miss.value);
  std::printf("  %-58s %7.0f ns\n", "domsec: the state of one certificate, every rule asked", state.value);
}

/// Linear: twice as many domains, twice the time.
void print_decisions(const Options& options) {
  const std::size_t most = options.domains;
  std::printf("Domain-secure lists, both of them of N domains\n");
  for (const std::size_t domains : {most / 4, most / 2, most}) {
    Least load, lint, listed, unlisted;
    for (int round = 0; round < options.rounds; ++round) {
      const DecisionCost cost = measure_decisions(domains);
      load.add(cost.load);
      lint.add(cost.lint);
      listed.add(cost.listed);
      unlisted.add(cost.unlisted);
    }
    std::printf("  N = %-8zu load %7.1f ms   lint %7.1f ms   decision %5.0f ns listed, %5.0f ns not%s\n", domains,
                load.value, lint.value, listed.value, unlisted.value,
                domains == most ? "   targets <= 500 ms, linear, <= 1000 ns" : "");
  }
}

/// Linear: twice as many certificates, twice the time.
void print_store(const Options& options) {
  std::printf("A store of N certificates with their keys, RSA 2048\n");
  for (const std::size_t count : {options.certificates / 4, options.certificates / 2, options.certificates}) {
    const FilledStore store(count);
    Least list, choose, lint, check;
    for (int round = 0; round < options.rounds; ++round) {
      const StoreCost cost = store.measure();
      list.add(cost.list);
      choose.add(cost.choose);
      lint.add(cost.lint);
      check.add(cost.check);
    }
    std::printf("  N = %-8zu list %7.1f ms   choice %7.3f ms   lint %7.1f ms   check %7.1f ms%s\n", count,
                list.value, choose.value, lint.value, check.value,
                count == options.certificates ? "   targets <= 300 ms, <= 1 ms, linear, -" : "");
  }
}

Options read_options(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool last = i + 1 == count;
    if (word == "--smoke") {
      options.rounds = 1;
      options.sessions = 40;
      options.idle = 40;
      options.verifications = 20;
      options.entries = 10'000;
      options.domains = 8'000;
      options.certificates = 200;
      options.keys = {"ec"};
    } else if (word == "--rounds" && !last) {
      options.rounds = std::stoi(words[++i]);
    } else if (word == "--sessions" && !last) {
      options.sessions = std::stoi(words[++i]);
    } else if (word == "--idle" && !last) {
      options.idle = std::stoi(words[++i]);
    } else if (word == "--verifications" && !last) {
      options.verifications = std::stoi(words[++i]);
    } else if (word == "--entries" && !last) {
      options.entries = std::stoul(words[++i]);
    } else if (word == "--key" && !last) {
      options.keys = {words[++i]};
    } else if (word == "--key-decoding" && !last) {
      const std::optional<pki::KeyDecoding> decoding = pki::parse_key_decoding(words[++i]);
      if (!decoding) throw std::invalid_argument("--key-decoding is direct or providers");
      options.decoding = *decoding;
    } else if (word == "--only" && !last) {
      options.only = words[++i];
    } else {
      throw std::invalid_argument(
          "usage: domsec_bench [--smoke] [--rounds N] [--sessions N] [--idle N] [--key ec|rsa] "
          "[--verifications N] [--entries N] [--key-decoding direct|providers] "
          "[--only floor|message|unlogged|spooled|probe|idle|verification|lists|decisions|store]");
    }
  }
  return options;
}

int run(const Options& options) {
  std::printf(
      "%s; CPU time of one thread, least of %d rounds of %d sessions, 64 in flight, TLS 1.3; keys of "
      "certificates decoded by: %s (F: providers); an event takes %zu octets\n",
      OpenSSL_version(OPENSSL_VERSION), options.rounds, options.sessions, text(options.decoding).data(),
      sizeof(transcript::Event));
  std::fflush(stdout);
  for (const std::string& key : options.keys) {
    Partners partners(key == "ec" ? pki::KeyKind::ec_p256 : pki::KeyKind::rsa_2048);
    partners.decoding = options.decoding;
    IdleCost idle;
    if (options.wants("idle")) idle = measure_idle(partners, options.idle);
    Figures figures;
    for (int round = 0; round < options.rounds; ++round) measure_round(partners, options, figures);
    print(key, figures);
    if (options.wants("verification")) print_verification(partners, options, figures.floor_server.value);
    if (options.wants("idle")) {
      std::printf("  %-58s %7.1f KiB PSS, %.1f KiB from malloc         target <= 32\n",
                  "receive: one idle session inside TLS", idle.pss, idle.allocated);
    }
    std::fflush(stdout);
  }
  if (options.wants("lists")) print_lists(options);
  if (options.wants("decisions")) print_decisions(options);
  if (options.wants("store")) print_store(options);
  return 0;
}

}  // namespace
}  // namespace domsec::bench

int main(int count, char** words) {
  try {
    return domsec::bench::run(domsec::bench::read_options(count, words));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "domsec_bench: %s\n", failure.what());
    return 1;
  }
}
