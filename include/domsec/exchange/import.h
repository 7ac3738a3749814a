// Exported objects -> organisation: what Get-TransportConfig, Get-SendConnector, Get-ReceiveConnector,
// Get-InboundConnector, Get-OutboundConnector, Get-TransportService, Get-ExchangeCertificate and
// Get-AuthConfig returned, through the parameter tables. Three things can happen to a property: it is taken,
// it is reported (domsec has no such parameter, or the export does not hold its value), or the import is
// refused because the value is wrong. Not here: reading files, writing files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domsec/exchange/exported_object.h"
#include "domsec/exchange/organisation.h"
#include "domsec/pki/certificate.h"

namespace domsec::exchange {

struct ExportedFile {
  std::string file;
  std::vector<std::shared_ptr<const ExportedObject>> objects;
};

/// A value that the export does not hold, or holds in a form whose meaning is not documented.
struct NotUnderstood {
  std::string property;
  Place place;
  std::string value;  // as the file has it, escaped and bounded; empty when there is none
  std::string why;
};

/// What became of one object of a file.
struct ImportedObject {
  std::string file;
  Place place;
  std::string kind;                // `SendConnector`, `ExchangeCertificate`; empty: not a kind that is taken
  std::string name;                // Name, thumbprint, or the type of an object that is not taken
  std::vector<std::string> taken;  // parameters
  std::size_t bookkeeping = 0;     // `WhenChanged`, `Guid`: properties that nobody sets
  std::vector<std::string> not_carried;  // properties that domsec has no parameter for
  std::vector<NotUnderstood> not_understood;
};

struct Import {
  Organisation organisation;
  std::vector<ImportedObject> objects;  // in the order of the files
  /// To be written as `<thumbprint>.pem` beside the configuration, which names them so.
  std::vector<pki::CertificatePtr> certificates;
};

/// merge: a connector of the same name is changed, the others stay. replace: the connectors of the imported
/// kinds are exactly those of the files.
enum class ImportMode { merge, replace };

/// `configuration_file` is where the result will be written. Throws ConfigError with `file:line:column:
/// sentence` for a value that a parameter does not take, a name that stands twice, and files without any
/// known object.
[[nodiscard]] Import import_objects(Organisation before, const std::vector<ExportedFile>& files,
                                    ImportMode mode, const std::string& configuration_file);

}  // namespace domsec::exchange
