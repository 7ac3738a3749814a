#include "domsec/smtp/unoffered.h"

#include <algorithm>

#include "domsec/smtp/replies.h"

namespace domsec::smtp {

namespace {

bool offers(Body body, const Capabilities& offered) {
  switch (body) {
    case Body::seven_bit: return offered.eight_bit_mime || offered.binary_mime;  // RFC 6152 2: the parameter's own
    case Body::eight_bit_mime: return offered.eight_bit_mime;
    case Body::binary_mime: return offered.binary_mime;
  }
  return false;
}

struct Refusal {
  const Capabilities& offered;

  std::optional<Reply> operator()(const Mail& mail) const {
    if (mail.size && !offered.size) return replies::parameter_not_implemented("SIZE");
    if (mail.body && !offers(*mail.body, offered)) return replies::parameter_not_implemented("BODY");
    if (mail.smtputf8 && !offered.smtputf8) return replies::parameter_not_implemented("SMTPUTF8");
    if (!mail.ret.empty() && !offered.dsn) return replies::parameter_not_implemented("RET");
    if (!mail.envid.empty() && !offered.dsn) return replies::parameter_not_implemented("ENVID");
    return std::nullopt;
  }
  std::optional<Reply> operator()(const Rcpt& rcpt) const {
    if (!rcpt.notify.empty() && !offered.dsn) return replies::parameter_not_implemented("NOTIFY");
    if (!rcpt.orcpt.empty() && !offered.dsn) return replies::parameter_not_implemented("ORCPT");
    const std::vector<std::string>& keywords = offered.keywords;
    const bool orar = std::find(keywords.begin(), keywords.end(), "XORAR") != keywords.end();
    if (!rcpt.orar.empty() && !orar) return replies::parameter_not_implemented("XORAR");
    return std::nullopt;
  }
  std::optional<Reply> operator()(const Bdat&) const {
    return offered.chunking ? std::nullopt : std::optional(replies::not_implemented());
  }
  template <typename T>
  std::optional<Reply> operator()(const T&) const { return std::nullopt; }
};

}  // namespace

std::optional<Reply> refuse_unoffered(const Command& command, const Capabilities& offered) {
  return std::visit(Refusal{offered}, command);
}

}  // namespace domsec::smtp
