// Set-TransportConfig's two lists (spec exchange 1.1; R1-R4, D-1), and the protocol-log settings of Set-TransportService.
#include "parameter_rows.h"

namespace domsec::exchange {

namespace {

using Row = Parameter<TransportConfig>;

/// R4, D-1. An error stands at the entry, also where the list is long.
Row domain_secure_list(std::string name, DomainSecureList TransportConfig::*member) {
  Row row{name, Kind::list};
  row.set = [name, member](TransportConfig& config, const Value& value, const Origin& origin) {
    const std::vector<Written> entries = list_of(name, value);
    std::vector<std::string> domains;
    domains.reserve(entries.size());
    for (const Written& entry : entries) domains.push_back(entry.text);
    if (const std::optional<ListError> error = (config.*member).assign(domains)) {
      const Written& entry = entries[error->entry];
      throw ParameterError(error->what, entry.line, entry.column);
    }
    (config.*member).origin = origin;
  };
  row.get = [member](const TransportConfig& config) {
    std::vector<std::string> texts;
    texts.reserve((config.*member).domains().size());
    for (const smtp::Domain& domain : (config.*member).domains()) texts.push_back(domain.text());
    return list_value(texts);
  };
  return row;
}

Row max_age(std::string name, ProtocolLogSettings TransportConfig::*log) {
  Row row{name, Kind::time_span};
  row.set = [name, log](TransportConfig& config, const Value& value, const Origin&) {
    const std::chrono::seconds age =
        time_span_of(name, value, std::chrono::seconds(0), std::chrono::hours(24) * 24855);
    if (age.count() % 3600 != 0) {
      refuse_at(value, name + ": " + time_span_text(age) +
                           " is not a number of whole hours; write it as d.hh:00:00");
    }
    (config.*log).max_age = std::chrono::duration_cast<std::chrono::hours>(age);
  };
  row.get = [log](const TransportConfig& config) { return text_value(time_span_text((config.*log).max_age)); };
  return row;
}

void add_protocol_log(std::vector<Row>& rows, const std::string& prefix, ProtocolLogSettings TransportConfig::*log) {
  rows.push_back(path<TransportConfig>(
      prefix + "Path", [log](TransportConfig& config) -> std::string& { return (config.*log).path; }));
  const auto file_size = [log](TransportConfig& config) -> std::uint64_t& { return (config.*log).max_file_size; };
  const auto directory_size = [log](TransportConfig& config) -> std::uint64_t& {
    return (config.*log).max_directory_size;
  };
  rows.push_back(size_at<TransportConfig>(prefix + "MaxFileSize", file_size, 1, unlimited_size));
  rows.push_back(size_at<TransportConfig>(prefix + "MaxDirectorySize", directory_size, 1, unlimited_size));
  rows.push_back(max_age(prefix + "MaxAge", log));
}

std::vector<Row> table() {
  using C = TransportConfig;
  std::vector<Row> rows{domain_secure_list("TLSSendDomainSecureList", &C::tls_send_domain_secure_list),
                        domain_secure_list("TLSReceiveDomainSecureList", &C::tls_receive_domain_secure_list)};
  add_protocol_log(rows, "SendProtocolLog", &C::send_protocol_log);
  add_protocol_log(rows, "ReceiveProtocolLog", &C::receive_protocol_log);
  return rows;
}

}  // namespace

template <>
const std::vector<Parameter<TransportConfig>>& parameters<TransportConfig>() {
  static const std::vector<Row> rows = table();
  return rows;
}

template <>
std::string_view object_name<TransportConfig>() {
  return "TransportConfig";
}

}  // namespace domsec::exchange
