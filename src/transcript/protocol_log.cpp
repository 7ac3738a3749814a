// Events in Exchange's words where Exchange has words, as `domsec:` records where it has none (spec
// protocol-log 2, 9.1). The order of the lines is the order of the events. Not here: files (file_sink.cpp),
// what a check says (check.cpp).
#include "domsec/transcript/protocol_log.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "domsec/finding/catalogue.h"

namespace domsec::transcript {

namespace {

constexpr std::string_view certificate_columns =
    " certificate Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names";

std::string padded(unsigned value, std::size_t width) {
  std::string digits = std::to_string(value);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// logfmt (9.1-8): a value with blanks stands in single quotes; a quote of its own is written `\x27`.
std::string logfmt_value(std::string_view text) {
  const std::string line = one_line(text);
  std::string value;
  for (const char octet : line) {
    if (octet == '\'') {
      value += "\\x27";
    } else {
      value += octet;
    }
  }
  return value.empty() || value.find(' ') != std::string::npos ? "'" + value + "'" : value;
}

struct FactText {
  std::string operator()(const std::string& value) const { return logfmt_value(value); }
  std::string operator()(const std::vector<std::string>& values) const {
    std::string joined;
    for (const std::string& value : values) joined += (joined.empty() ? "" : ";") + value;
    return logfmt_value(joined);
  }
};

Record domsec_record(const Check& check) {
  std::string text = "domsec: step=" + check.step + " result=" + check.result;
  if (check.code) text += " code=" + std::string(finding::name(*check.code));
  for (const Fact& fact : check.facts) text += " " + fact.key + "=" + std::visit(FactText(), fact.value);
  return {"*", "", text};
}

/// The receive side has Exchange's own sentence for the chain, the send side has none (9.1-8).
Record check_record(const Check& check, policy::Role role) {
  if (check.step != "chain" || role == policy::Role::send) return domsec_record(check);
  const std::string& status = std::get<std::string>(check.facts.front().value);
  return {"*", "", "Client certificate chain validation status: '" + status + "'"};
}

/// 9.1-6: no blanks in the names column, `;` between names. A name holding either is told by its octets.
std::string names_column(const pki::Certificate& certificate) {
  const std::vector<std::string>& names =
      certificate.dns_names.empty() ? certificate.common_names : certificate.dns_names;
  std::string column;
  for (const std::string& name : names) {
    if (!column.empty()) column += ';';
    for (const char octet : one_line(name)) {
      if (octet == ' ') {
        column += "\\x20";
      } else if (octet == ';') {
        column += "\\x3B";
      } else {
        column += octet;
      }
    }
  }
  return column;
}

/// Form C of the certificate line, with a leading blank: existing parsers look for ` CN=` (9.1-6).
Record certificate_record(std::string_view whose, const pki::Certificate& certificate) {
  const auto name = [](const std::string& text) { return text.empty() ? std::string("CN=\"\"") : text; };
  std::string data = " " + name(certificate.subject) + " " + name(certificate.issuer) + " " +
                     certificate.serial + " " + certificate.thumbprint + " " +
                     log_time(certificate.not_before) + " " + log_time(certificate.not_after);
  if (const std::string names = names_column(certificate); !names.empty()) data += " " + names;
  return {"*", data, std::string(whose) + std::string(certificate_columns)};
}

std::string tls_sentence(const TlsEstablished& tls, policy::Role role) {
  const pki::SuiteText suite = pki::suite_text(tls.cipher, tls.group);
  return "TLS protocol SP_PROT_" + pki::schannel_protocol(tls.version) +
         (role == policy::Role::send ? "_CLIENT" : "_SERVER") +
         " negotiation succeeded using bulk encryption algorithm " + suite.bulk + " with strength " +
         std::to_string(suite.bulk_bits) + " bits, MAC hash algorithm " + suite.mac + " with strength " +
         std::to_string(suite.mac_bits) + " bits and key exchange algorithm " + suite.key_exchange +
         " with strength " + std::to_string(suite.key_exchange_bits) + " bits";
}

/// The whole reply as one event; a reply of several lines with two blanks behind its code, as Exchange 2013+
/// does (1.2).
std::string reply_text(const smtp::Reply& reply) {
  std::string text = padded(static_cast<unsigned>(reply.code()), 3);
  if (reply.lines().size() > 1) text += ' ';
  for (const std::string& line : reply.lines()) text += " " + line;
  return text;
}

std::string_view reason_text(DisconnectReason reason) {
  switch (reason) {
    case DisconnectReason::local:
      return "Local";
    case DisconnectReason::remote:
      return "Remote";
    case DisconnectReason::remote_socket_error:
      return "Remote(SocketError)";
    case DisconnectReason::timeout:
      return "Timeout";
  }
  return "Local";
}

std::string_view mark(Direction direction) {
  return direction == Direction::sent ? ">" : "<";
}

/// `Tarpit for '0.00:00:05' due to '550 5.7.1 Unable to relay'` (spec protocol-log 4).
std::string tarpit_text(const Tarpitted& event) {
  const auto seconds = event.interval.count();
  std::array<char, 64> span{};
  std::snprintf(span.data(), span.size(), "%lld.%02lld:%02lld:%02lld", static_cast<long long>(seconds / 86400),
                static_cast<long long>(seconds / 3600 % 24), static_cast<long long>(seconds / 60 % 60),
                static_cast<long long>(seconds % 60));
  return "Tarpit for '" + std::string(span.data()) + "' due to '" + event.reason + "'";
}

/// The records of one event apart from its checks.
struct Sentences {
  const Transcript& transcript;

  std::vector<Record> operator()(const Connecting&) const {
    return {{"*", "SendRoutingHeaders", "Set Session Permissions"}, {"*", "", "attempting to connect"}};
  }
  std::vector<Record> operator()(const Connected&) const { return {{"+", "", ""}}; }
  std::vector<Record> operator()(const PermissionsSet& event) const {
    if (transcript.role() == policy::Role::send) return {};  // told before the connection attempt
    return {{"*", event.rights, "Set Session Permissions"}};
  }
  std::vector<Record> operator()(const CommandLine& event) const {
    return {{std::string(mark(event.direction)), event.line, ""}};
  }
  std::vector<Record> operator()(const ReplyGiven& event) const {
    return {{std::string(mark(event.direction)), reply_text(event.reply), ""}};
  }
  std::vector<Record> operator()(const OwnCertificateChosen& event) const {
    if (!event.certificate) return {};
    return {certificate_record("Sending", *event.certificate)};
  }
  std::vector<Record> operator()(const TlsEstablished& event) const {
    return {{"*", "", tls_sentence(event, transcript.role())}};
  }
  std::vector<Record> operator()(const TlsFailed& event) const {
    return {{"*", "", "TLS negotiation failed with error " + negotiation_error(transcript, event)}};
  }
  std::vector<Record> operator()(const PeerCertificatesSeen& event) const {
    if (event.presented.empty()) return {};
    return {certificate_record("Remote", *event.presented.front())};
  }
  std::vector<Record> operator()(const MessageAccepted& event) const {
    Check check{"message", "accepted", {}, {{"id", event.id}, {"octets", std::to_string(event.octets)}}};
    if (!event.partner.empty()) check.facts.push_back({"partner", event.partner});
    check.facts.push_back({"domain-secured", event.domain_secured ? "yes" : "no"});
    return {domsec_record(check)};
  }
  std::vector<Record> operator()(const Disconnected& event) const {
    return {{"-", "", std::string(reason_text(event.reason))}};
  }
  /// The one form that is on record; of capabilities that are granted no line is known (spec protocol-log 2).
  std::vector<Record> operator()(const CapabilitiesDecided& event) const {
    if (event.decided.status.empty() || !event.decided.capabilities.empty()) return {};
    return {{"*", "", "TlsDomainCapabilities='None'; Status='" + event.decided.status + "'"}};
  }
  std::vector<Record> operator()(const Tarpitted& event) const {
    return {{"*", tarpit_text(event), ""}};
  }
  template <typename Other>
  std::vector<Record> operator()(const Other&) const {
    return {};
  }
};

}  // namespace

std::string log_time(Time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](std::size_t last, std::int64_t value) {
    for (std::size_t i = last; value != 0; value /= 10) text[i--] = static_cast<char>('0' + value % 10);
  };
  put(3, std::clamp(static_cast<int>(date.year()), 0, 9999));  // four digits, whatever a certificate says
  put(6, static_cast<unsigned>(date.month()));
  put(9, static_cast<unsigned>(date.day()));
  put(12, time.hours().count());
  put(15, time.minutes().count());
  put(18, time.seconds().count());
  put(22, time.subseconds().count());
  return text;
}

std::string protocol_log_header(policy::Role role, Time at, std::string_view software) {
  const std::string direction = role == policy::Role::send ? "Send" : "Receive";
  return "#Software: " + one_line(software) + "\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP " + direction +
         " Protocol Log\r\n#Date: " + log_time(at) +
         "\r\n#Fields: "
         "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,"
         "context\r\n";
}

std::vector<Record> ProtocolLog::records(const Transcript& transcript, const Event& event) {
  std::vector<Record> examined;
  for (const Check& check : checks_.add(event)) examined.push_back(check_record(check, transcript.role()));
  if (const auto* connecting = event.body.as<Connecting>()) {
    local_.clear();
    remote_ = connecting->remote;
  } else if (const auto* connected = event.body.as<Connected>()) {
    local_ = connected->local;
    remote_ = connected->remote;
    connected_ = true;
  } else if (event.body.is<Disconnected>()) {
    // `-` closes what `+` opened, once (9.1-5).
    if (!connected_) return examined;
    connected_ = false;
  }
  std::vector<Record> records = event.body.visit(Sentences{transcript});
  // Exchange's sentence about a failure comes before our detail of it; a check is otherwise told before what
  // follows from it.
  const bool sentence_first = event.body.is<TlsFailed>() ||
                              event.body.is<OwnCertificateChosen>();
  records.insert(sentence_first ? records.end() : records.begin(), examined.begin(), examined.end());
  return records;
}

std::string ProtocolLog::render(const Transcript& transcript, const Event& event) {
  std::string text;
  const std::vector<Record> told = records(transcript, event);
  if (told.empty()) return text;
  const std::string time = log_time(event.at);
  const std::string session = session_id_text(transcript.session_id());
  for (const Record& record : told) {
    const std::string sequence = std::to_string(sequence_++);
    for (const std::string_view field :
         {std::string_view(time), std::string_view(transcript.connector()), std::string_view(session),
          std::string_view(sequence), std::string_view(local_), std::string_view(remote_),
          std::string_view(record.mark), std::string_view(record.data), std::string_view(record.context)}) {
      append_csv_field(text, field);
      text += ',';
    }
    text.back() = '\r';
    text += '\n';
  }
  return text;
}

std::string protocol_log(const Transcript& transcript) {
  ProtocolLog log(transcript.role());
  std::string text;
  for (const Event& event : transcript.events()) text += log.render(transcript, event);
  return text;
}

}  // namespace domsec::transcript
