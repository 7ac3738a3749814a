#include "policy_import_report.h"

#include <algorithm>

#include "domsec/transcript/protocol_log.h"

namespace domsec::cli {

namespace {

std::string place(const std::string& file, exchange::Place place) {
  return file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// `text` broken at blanks, each line behind `margin`. Names come from the file: nothing but one line is
/// printed.
std::string wrapped(const std::string& from_file, const std::string& margin) {
  const std::string text = transcript::one_line(from_file);
  constexpr std::size_t widest = 78;
  std::string out;
  std::size_t column = widest;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (column + 1 + (end - at) > widest) {
      out += (out.empty() ? "" : "\n") + margin;
      column = margin.size();
    } else {
      out += ' ';
      ++column;
    }
    out += text.substr(at, end - at);
    column += end - at;
    at = std::min(text.find_first_not_of(' ', end), text.size());
  }
  return out.empty() ? out : out + "\n";
}

std::string text(const exchange::NotUnderstood& one, const std::string& file) {
  const std::string value = one.value.empty() ? std::string() : " " + one.value;
  return wrapped("not understood: " + place(file, one.place) + ": " + one.property + value + ": " + one.why,
                 "  ");
}

/// The subject of the certificate that the object was, and what the export did not bring with it.
std::string certificate_line(const exchange::Import& import, const exchange::ImportedObject& object) {
  const bool services = std::find(object.taken.begin(), object.taken.end(), "Services") != object.taken.end();
  for (const pki::CertificatePtr& certificate : import.certificates) {
    if (certificate->thumbprint != object.name) continue;
    const std::string smtp =
        services ? "" : "; the export does not say its Services, so that SMTP may use it";
    return wrapped(certificate->subject +
                       ", without its key: an export has none; Export-ExchangeCertificate "
                       "brings it, and PfxFile names it" +
                       smtp,
                   "  ");
  }
  return {};
}

std::string first_line(const exchange::ImportedObject& object) {
  const std::string where = place(object.file, object.place) + ": ";
  if (object.kind.empty())
    return where + "not taken: " + (object.name.empty() ? "an object of no known kind" : object.name);
  const std::string taken = std::to_string(object.taken.size()) + " taken";
  const std::string rest = object.bookkeeping == 0
                               ? std::string()
                               : ", " + std::to_string(object.bookkeeping) + " of Exchange's bookkeeping";
  return where + object.kind + (object.name.empty() ? "" : " " + object.name) + ": " + taken + rest;
}

std::string text(const exchange::ImportedObject& object, const exchange::Import& import) {
  std::string out = transcript::one_line(first_line(object)) + "\n";
  if (object.kind == "ExchangeCertificate") out += certificate_line(import, object);
  if (!object.not_carried.empty()) out += wrapped("not carried: " + joined(object.not_carried), "  ");
  for (const exchange::NotUnderstood& one : object.not_understood) out += text(one, object.file);
  return out;
}

}  // namespace

std::string import_text(const exchange::Import& import, const PolicyImportOptions& options) {
  std::string out;
  for (const exchange::ImportedObject& object : import.objects) out += text(object, import);
  out += options.config + (options.run == ImportRun::dry ? ": not written (--dry-run)\n" : ": written\n");
  return out;
}

}  // namespace domsec::cli
