#include "envelope.h"

#include <algorithm>
#include <array>

#include "domsec/smtp/replies.h"
#include "sender_judgement.h"

namespace domsec::session {
namespace {

using policy::Step;

bool is_ours(const Receiving& receiving, const smtp::ForwardPath& path) {
  const std::vector<smtp::Domain>& ours = receiving.plan.accepted_domains;
  if (ours.empty() || !path.mailbox) return true;
  const std::optional<smtp::Domain> domain = path.mailbox->domain();
  return domain && std::find(ours.begin(), ours.end(), *domain) != ours.end();
}

/// RFC 2606 2: no such domain exists, ever.
bool is_reserved(const smtp::ForwardPath& path) {
  const std::optional<smtp::Domain> domain = path.mailbox ? path.mailbox->domain() : std::nullopt;
  if (!domain) return false;
  const std::string& name = domain->text();
  const std::size_t dot = name.rfind('.');
  const std::string top = dot == std::string::npos ? name : name.substr(dot + 1);
  constexpr std::array<std::string_view, 4> reserved{"test", "example", "invalid", "localhost"};
  return std::find(reserved.begin(), reserved.end(), top) != reserved.end();
}

/// What the connector has against a recipient, or nothing.
std::optional<smtp::Reply> refusal_of(const Receiving& receiving, const smtp::Rcpt& rcpt) {
  const exchange::ReceiveConnector& connector = receiving.plan.connector;
  const auto limit = static_cast<std::size_t>(connector.max_recipients_per_message);
  if (receiving.transaction->recipients.size() >= limit) return smtp::replies::too_many_recipients();
  if (rcpt.orar.size() > smtp::most_octets(address_length(connector))) {
    return smtp::replies::syntax_error_argument("Invalid XORAR parameter");
  }
  if (connector.reject_reserved_top_level_recipient_domains && is_reserved(rcpt.forward_path)) {
    return smtp::replies::reserved_recipient();
  }
  if (!is_ours(receiving, rcpt.forward_path)) return smtp::Reply(550, "5.7.1 Unable to relay");
  return std::nullopt;
}

}  // namespace

Next on_mail(Receiving& receiving, const smtp::Mail& mail) {
  receiving.begin(Step::mail);
  const auto answer = [&receiving](const smtp::Reply& reply) {
    give(receiving, reply);
    return Next::go_on;
  };
  if (!receiving.greeted) return answer(smtp::replies::bad_sequence("send EHLO first"));
  if (receiving.transaction) return answer(smtp::replies::bad_sequence("a mail transaction is open already"));
  const ReceivePlan& plan = receiving.plan;
  if (mail.size && *mail.size > plan.connector.max_message_size) return answer(smtp::replies::too_much_mail_data());
  const std::string source = receiving.channel.remote().address;
  const std::string sender = mail.reverse_path ? mail.reverse_path->text() : std::string();
  const net::SteadyPoint now = std::chrono::steady_clock::now();
  if (plan.submissions && plan.submissions->reached(source, sender, now)) {
    give(receiving, smtp::replies::submission_rate_exceeded());
    return Next::close;
  }
  // D-4: under p2 the list is asked when the header is there.
  const bool envelope = plan.sender_match == SenderMatch::p1;
  policy::Verdict verdict = judge_sender(receiving, smtp::domain_of(mail.reverse_path),
                                         envelope ? AskList::about_sender : AskList::about_nobody);
  if (verdict.treatment == policy::Treatment::refuse || verdict.reply) {
    return answer(verdict.reply ? *verdict.reply : smtp::replies::local_error());
  }
  if (plan.submissions) plan.submissions->count(source, sender, now);
  Transaction transaction;
  transaction.reverse_path = mail.reverse_path;
  transaction.verdict = std::move(verdict);
  transaction.utf8 = mail.smtputf8 ? smtp::AllowUtf8::yes : smtp::AllowUtf8::no;
  receiving.transaction = std::move(transaction);
  return answer(smtp::replies::sender_ok());
}

void on_rcpt(Receiving& receiving, const smtp::Rcpt& rcpt) {
  if (!receiving.transaction) return give(receiving, smtp::replies::bad_sequence("send MAIL FROM first"));
  receiving.begin(Step::rcpt);
  if (receiving.transaction->chunking) return give(receiving, smtp::replies::bad_sequence("BDAT has begun"));
  if (const auto refusal = refusal_of(receiving, rcpt)) return give(receiving, *refusal);
  if (!rcpt.orar.empty()) {
    receiving.transcript.append(
        transcript::Irregularity{"an alternate recipient is named (XORAR=" + rcpt.orar + "); nothing is sent there"});
  }
  receiving.transaction->recipients.push_back(rcpt.forward_path);
  give(receiving, smtp::replies::recipient_ok());
}

}  // namespace domsec::session
