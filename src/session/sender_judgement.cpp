#include "sender_judgement.h"

#include "domsec/policy/tls_requirement.h"
#include "domsec/smtp/header_from.h"
#include "domsec/smtp/replies.h"

namespace domsec::session {
namespace {

/// A verdict with its findings, and the look at all events before it.
constexpr std::size_t said_per_judgement = 16U << 10;

bool listed(const Receiving& receiving, const std::optional<smtp::Domain>& domain) {
  return domain && receiving.plan.transport_config.tls_receive_domain_secure_list.lists(*domain);
}

/// D-4: the other reading of "a message from a domain-secured domain" would have decided otherwise.
void note_difference(Receiving& receiving, const std::optional<smtp::Domain>& sender,
                     const smtp::HeaderFrom& header) {
  for (const smtp::Domain& author : header.domains) {
    if (author == sender || listed(receiving, author) == listed(receiving, sender)) continue;
    receiving.transcript.append(transcript::Irregularity{
        "From: names " + author.text() + (listed(receiving, author) ? ", which is listed" : ", which is not listed") +
        "; MAIL FROM names " + (sender ? sender->text() : "nobody") + ", which counts (D-4, --match p2)"});
    return;
  }
}

/// How the From field fails to name authors, or nothing.
std::string trouble_of(const smtp::HeaderFrom& header) {
  if (header.fields == 0) return "the message has no From field";
  if (header.unreadable) return "an address of the From field cannot be read";
  if (header.domains.empty()) return "the From field names nobody";
  return {};
}

}  // namespace

policy::Verdict judge_sender(Receiving& receiving, const std::optional<smtp::Domain>& sender, AskList ask) {
  const ReceivePlan& plan = receiving.plan;
  receiving.said += said_per_judgement;
  receiving.judged = true;
  const policy::TlsRequirement requirement = policy::receive_requirement(
      plan.transport_config, plan.connector, ask == AskList::about_sender ? sender : std::nullopt);
  if (requirement.reference) {
    compare_name(receiving.presented, receiving.chain, *requirement.reference, plan.rules.name,
                 receiving.transcript);
  } else if (sender) {
    const pki::ReferenceId reference{sender->text(), false};
    compare_name(receiving.presented, receiving.chain, reference, plan.rules.name, receiving.transcript);
  }
  const policy::Verdict verdict = policy::judge_receive(requirement, transcript::evidence_of(receiving.transcript),
                                                        plan.rules, plan.now());
  receiving.transcript.append(
      transcript::PolicyDecided{sender ? sender->text() : std::string(), requirement.list, verdict});
  return verdict;
}

std::optional<smtp::Reply> heed_header_from(Receiving& receiving, Transaction& transaction,
                                            std::string_view content) {
  const smtp::HeaderFrom header = smtp::read_header_from(content);
  if (receiving.plan.sender_match == SenderMatch::p1) {
    note_difference(receiving, smtp::domain_of(transaction.reverse_path), header);
    return std::nullopt;
  }
  // An author that cannot be told may be a listed one: under p2 such a message proves nothing.
  if (const std::string trouble = trouble_of(header); !trouble.empty()) {
    receiving.transcript.append(transcript::Irregularity{trouble + "; --match p2 refuses it"});
    return smtp::replies::no_author();
  }
  for (const smtp::Domain& author : header.domains) {
    policy::Verdict verdict = judge_sender(receiving, author, AskList::about_sender);
    if (verdict.treatment == policy::Treatment::refuse || verdict.reply)
      return verdict.reply ? *verdict.reply : smtp::replies::local_error();
    // Of several authors the message is domain secured only when all are.
    const bool first = author == header.domains.front();
    if (first || verdict.treatment != policy::Treatment::domain_secured) transaction.verdict = std::move(verdict);
  }
  transaction.author = header.domains.front();
  return std::nullopt;
}

}  // namespace domsec::session
