// The lab for one test: Contoso and Woodgrove Bank at a fixed instant, on free ports, in a directory of their
// own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "domsec/lab/lab.h"
#include "support/session_plans.h"

namespace domsec::testing {

/// A small message with one recipient.
[[nodiscard]] session::Message message(const std::string& from, const std::string& to);

class TwoOrganisations {
 public:
  /// `change` is applied to the built-in recipe first.
  explicit TwoOrganisations(const std::function<void(lab::Recipe&)>& change = {});

  /// Mail between the main domains of two organisations.
  session::DeliveryResult send(const std::string& from, const std::string& to);
  /// No new connections; returns when every session has ended.
  void finish();
  /// Reads a host's configuration again with a change of the test's.
  void change(const std::string& organisation, const std::function<void(exchange::Organisation&)>& edit);

  /// Transcripts of the sessions that an organisation's servers received; complete after finish().
  [[nodiscard]] const std::vector<transcript::Transcript>& received(const std::string& organisation) {
    return received_[organisation];
  }
  /// The verdict of the first session that it received.
  [[nodiscard]] policy::Verdict first_verdict(const std::string& organisation);
  /// Where an organisation's first host keeps its files.
  [[nodiscard]] std::string directory(const std::string& organisation) const;
  /// Its only log file of that direction (`SmtpSend`, `SmtpReceive`); fails the test unless there is just
  /// one.
  [[nodiscard]] std::string log_file(const std::string& organisation, const std::string& direction) const;

 private:
  lab::LabSettings settings(const std::function<void(lab::Recipe&)>& change);

  TemporaryDirectory state_;
  std::map<std::string, std::vector<transcript::Transcript>> received_;

 public:
  net::Loop loop;
  lab::Lab lab;
};

}  // namespace domsec::testing
