// Whose message it is, and whether its connection proves it: by the envelope at MAIL FROM, or by the header once
// the message is whole (D-4).
#pragma once

#include <optional>
#include <string_view>

#include "domsec/smtp/domain.h"
#include "receiving.h"

namespace domsec::session {

/// about_nobody: only what the connector demands of everybody counts.
enum class AskList { about_sender, about_nobody };

/// The judgement of one sender; his domain is only known now, so the name is compared here.
[[nodiscard]] policy::Verdict judge_sender(Receiving& receiving, const std::optional<smtp::Domain>& sender,
                                           AskList ask);

/// What the header of a whole message changes. p2: every domain of the From field is judged, and a refusal is
/// what the content is answered with; `transaction.verdict` becomes the last judgement. p1: nothing, but a domain
/// that the list treats otherwise than the sender's is noted.
[[nodiscard]] std::optional<smtp::Reply> heed_header_from(Receiving& receiving, Transaction& transaction,
                                                          std::string_view content);

}  // namespace domsec::session
