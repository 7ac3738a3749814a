#include "read_fault_parts.h"

namespace domsec::lab {
namespace {

using Act = net::HandshakeFault::Act;
using Then = session::DialogueFault::Then;
using policy::Step;
using std::chrono::milliseconds;

constexpr std::pair<std::string_view, net::TlsVersion> versions[] = {{"1.0", net::TlsVersion::tls1_0},
                                                                     {"1.1", net::TlsVersion::tls1_1},
                                                                     {"1.2", net::TlsVersion::tls1_2},
                                                                     {"1.3", net::TlsVersion::tls1_3}};

constexpr std::pair<std::string_view, Act> acts[] = {{"close", Act::close},
                                                     {"reset", Act::reset},
                                                     {"silence", Act::silence},
                                                     {"alert", Act::alert},
                                                     {"octets", Act::octets}};

constexpr std::pair<std::string_view, Then> endings[] = {{"close", Then::close}, {"cut", Then::cut},
                                                         {"reset", Then::reset}, {"silence", Then::silence},
                                                         {"alert", Then::alert}, {"go-on", Then::go_on}};

constexpr std::pair<std::string_view, Step> steps[] = {
    {"greeting", Step::greeting}, {"ehlo", Step::ehlo},
    {"starttls", Step::starttls}, {"ehlo-inside-tls", Step::ehlo_inside_tls},
    {"mail", Step::mail},         {"rcpt", Step::rcpt},
    {"data", Step::data},         {"end-of-data", Step::end_of_data},
    {"quit", Step::quit}};

void read_tls(const toml::table& source, const std::string& file, session::Deviations& into) {
  const Table table(source, file,
                    {"minimum", "maximum", "ciphers", "suites", "groups", "signature_algorithms",
                     "security_level", "largest_record", "tickets", "no_request", "ca_subjects",
                     "many_ca_subjects", "sni", "no_client_certificate", "no_starttls"});
  into.minimum = table.word_if("minimum", versions).value_or(into.minimum);
  into.maximum = table.word_if("maximum", versions).value_or(into.maximum);
  into.ciphers = table.text_or("ciphers", "");
  into.suites = table.text_or("suites", "");
  into.groups = table.text_or("groups", "");
  into.signature_algorithms = table.text_or("signature_algorithms", "");
  into.own_security_level = table.number_or("security_level", into.own_security_level);
  into.largest_record = table.number_or("largest_record", 0);
  into.tickets = table.flag("tickets");
  into.no_request = table.flag("no_request");
  into.client_ca_subjects = table.texts("ca_subjects");
  for (int i = 1; i <= table.number_or("many_ca_subjects", 0); ++i) {
    into.client_ca_subjects.push_back("CN=Public Root CA " + std::to_string(i) +
                                      ", O=Some Public Authority, C=US");
  }
  into.sni = table.text_if("sni");
  into.no_client_certificate = table.flag("no_client_certificate");
  into.no_starttls = table.flag("no_starttls");
}

net::HandshakeFault read_handshake(const toml::table& source, const std::string& file, policy::Role role) {
  const Table table(source, file, {"behind", "act", "alert", "octets", "renegotiate"});
  net::HandshakeFault fault;
  if (const auto message = table.text_if("behind")) {
    const auto read = net::read_handshake_message(*message);
    if (!read)
      throw LabError(table.where("behind") + "'" + *message +
                     "' is no handshake message; write one such as ServerHello");
    fault.behind = *read;
  }
  fault.act = table.word_if("act", acts).value_or(Act::close);
  fault.alert = table.number_or("alert", fault.alert);
  fault.octets = table.text_or("octets", "");
  fault.renegotiate = table.flag("renegotiate");
  if (fault.renegotiate && role == policy::Role::receive) {
    throw LabError(table.where("renegotiate") +
                   "a server does not ask for another handshake here; write it below 'client'");
  }
  return fault;
}

session::DialogueFault read_dialogue(const toml::table& source, const std::string& file) {
  const Table table(
      source, file,
      {"at", "nth", "instead", "before", "behind", "delay_ms", "piece", "pause_ms", "then", "alert"});
  session::DialogueFault fault;
  fault.at = table.word_if("at", steps).value_or(Step::greeting);
  fault.nth = table.number_or("nth", 1);
  fault.instead = table.text_if("instead");
  fault.before = table.text_or("before", "");
  fault.behind = table.text_or("behind", "");
  fault.delay = milliseconds(table.number_or("delay_ms", 0));
  fault.piece = static_cast<std::size_t>(table.number_or("piece", 0));
  fault.pause = milliseconds(table.number_or("pause_ms", 0));
  fault.then = table.word_if("then", endings).value_or(Then::go_on);
  fault.alert = table.number_or("alert", fault.alert);
  return fault;
}

session::PlayedFaults read_played(const toml::table& source, const std::string& file, policy::Role role) {
  const Table table(source, file, {"handshake", "dialogue"});
  session::PlayedFaults played;
  if (const toml::table* handshake = table.table_if("handshake"))
    played.handshake = read_handshake(*handshake, file, role);
  for (const toml::table* dialogue : table.tables("dialogue")) {
    played.dialogue.push_back(read_dialogue(*dialogue, file));
    const std::string why = session::refusal(played.dialogue.back(), role);
    if (!why.empty()) throw LabError(place(file, *dialogue) + why);
  }
  return played;
}

}  // namespace

session::Deviations read_deviations(const Table& table) {
  session::Deviations deviations;
  if (const toml::table* tls = table.table_if("tls")) read_tls(*tls, table.file(), deviations);
  if (const toml::table* server = table.table_if("server"))
    deviations.server = read_played(*server, table.file(), policy::Role::receive);
  if (const toml::table* client = table.table_if("client"))
    deviations.client = read_played(*client, table.file(), policy::Role::send);
  deviations.key_mismatch = table.flag("another_key");
  return deviations;
}

}  // namespace domsec::lab
