#include "certificate_arguments.h"

#include <algorithm>

#include "domsec/pki/thumbprint.h"

namespace domsec::shell {
namespace {

using policy::Service;
using policy::ServiceSet;
using store::KeyExport;

std::string line_of(const char* words, const pki::Certificate& certificate) {
  return std::string(words) + " certificate: '" + certificate.thumbprint + "' (expires " +
         shown_text(Value(certificate.not_after), -1) + ")";
}

}  // namespace

KeyExport key_export_of(const Invocation& call) {
  return call.is_set("PrivateKeyExportable") ? KeyExport::allowed : KeyExport::refused;
}

void require_this_server(const Invocation& call, const CertificateServer& server) {
  const std::string name = call.text("Server");
  if (name.empty() || same_word(name, server.fqdn()) || same_word(name, store::server_name(server.fqdn())))
    return;
  call.refuse("Server", "the server here is " + server.fqdn() +
                            "; leave -Server out, or start the shell with the "
                            "configuration of " +
                            name);
}

ServiceSet services_of(const Invocation& call) {
  ServiceSet services;
  for (const std::string& text : call.texts("Services")) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      std::string word = text.substr(at, end - at);
      word.erase(0, word.find_first_not_of(' '));
      word.erase(word.find_last_not_of(' ') + 1);
      at = end + 1;
      if (word.empty() || same_word(word, "None")) continue;
      const std::optional<Service> service = policy::read_service(word);
      if (!service) {
        call.refuse("Services", "'" + word +
                                    "' is no service; there are None, IMAP, POP, UM, IIS, SMTP, Federation "
                                    "and UMCallRouter");
      }
      services.add(*service);
    }
  }
  return services;
}

std::string thumbprint_of(const Invocation& call) {
  std::string text = call.text("Thumbprint");
  if (const std::size_t server = text.rfind('\\'); server != std::string::npos) text.erase(0, server + 1);
  return pki::plain_thumbprint(text);
}

std::string not_found(const std::string& thumbprint, const CertificateServer& server) {
  return "A special Rpc error occurs on server " + store::server_name(server.fqdn()) +
         ": The certificate with thumbprint " + thumbprint + " was not found.";
}

std::string overwrite_question(const pki::Certificate& current, const pki::Certificate& replacement) {
  return "Overwrite the existing default SMTP certificate?\n\n" + line_of("Current", current) + '\n' +
         line_of("Replace it with", replacement);
}

store::AskOverwrite ask_overwrite(const Invocation& call) {
  return [&call](const pki::Certificate& current, const pki::Certificate& replacement) {
    return call.confirmed(overwrite_question(current, replacement));
  };
}

namespace {

const char* parameter_of(store::CertificateInput about) {
  switch (about) {
    case store::CertificateInput::none:
      return "";
    case store::CertificateInput::subject:
      return "SubjectName";
    case store::CertificateInput::names:
      return "DomainName";
    case store::CertificateInput::key:
      return "KeySize";
    case store::CertificateInput::friendly_name:
      return "FriendlyName";
    case store::CertificateInput::services:
      return "Services";
    case store::CertificateInput::thumbprint:
      return "Thumbprint";
    case store::CertificateInput::file:
      return "FileData";
    case store::CertificateInput::password:
      return "Password";
  }
  return "";
}

[[noreturn]] void refuse(const Invocation& call, const CertificateServer& server,
                         const store::CertificateError& error) {
  const bool missing = error.refusal() && error.refusal()->code == finding::Code::thumbprint_not_found;
  call.refuse(parameter_of(error.about()), missing ? not_found(thumbprint_of(call), server) : error.what());
}

}  // namespace

std::function<List(Invocation&)> with_server(CertificateServer& server,
                                             List (*run)(Invocation&, CertificateServer&)) {
  return [&server, run](Invocation& call) {
    try {
      require_this_server(call, server);
      return run(call, server);
    } catch (const store::CertificateError& error) {
      refuse(call, server, error);
    } catch (const store::StoreError& error) {
      throw ScriptError(call.place, error.what());
    } catch (const pki::BundleError& error) {
      throw ScriptError(call.place, error.what());
    } catch (const pki::RecipeError& error) {
      throw ScriptError(call.place, error.what());
    }
  };
}

ParameterSpec server_parameter() {
  return {.name = "Server", .kind = ParameterKind::text, .about = "this server; there is no other"};
}

ParameterSpec services_parameter(Presence presence) {
  return {.name = "Services",
          .kind = ParameterKind::texts,
          .about = "added to those that it has",
          .presence = presence,
          .words = {"None", "IMAP", "POP", "UM", "IIS", "SMTP", "Federation", "UMCallRouter"}};
}

ParameterSpec switch_parameter(const char* name, const char* about) {
  return {.name = name, .kind = ParameterKind::flag, .about = about};
}

ParameterSpec key_exportable_parameter() {
  return {.name = "PrivateKeyExportable",
          .kind = ParameterKind::truth,
          .about = "whether the private key may leave the store; $false unless given"};
}

ParameterSpec friendly_name_parameter() {
  return {.name = "FriendlyName", .kind = ParameterKind::text, .about = "shown, never looked at"};
}

}  // namespace domsec::shell
