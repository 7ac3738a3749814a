#include "support/two_organisations.h"

#include <gtest/gtest.h>

#include "domsec/exchange/organisation.h"
#include "support/log_files.h"

namespace domsec::testing {

session::Message message(const std::string& from, const std::string& to) {
  session::Message message;
  message.reverse_path = smtp::parse_mailbox(from);
  message.recipients.push_back(smtp::ForwardPath{smtp::parse_mailbox(to)});
  message.content = "Subject: test\n\nHello.\n";
  return message;
}

TwoOrganisations::TwoOrganisations(const std::function<void(lab::Recipe&)>& change)
    : lab(loop, settings(change)) {}

lab::LabSettings TwoOrganisations::settings(const std::function<void(lab::Recipe&)>& change) {
  lab::LabSettings settings;
  settings.directory = state_.path();
  settings.recipe = lab::read_recipe(lab::built_in_recipe(), "lab.toml");
  if (change) change(settings.recipe);
  settings.smtp_port = settings.dns_port = settings.http_port = 0;
  settings.now = [] { return test_instant; };
  settings.clock = [] { return transcript::Time(test_instant); };
  settings.keep = lab::keep_in_spool;
  settings.ended = [this](const std::string& organisation, const transcript::Transcript& ended) {
    if (ended.role() == policy::Role::receive) received_[organisation].push_back(ended);
  };
  return settings;
}

session::DeliveryResult TwoOrganisations::send(const std::string& from, const std::string& to) {
  const std::string domain = lab::organisation(lab.recipe(), to).domain;
  session::Message mail = message("alice@" + lab::organisation(lab.recipe(), from).domain, "bob@" + domain);
  return net::run(loop, lab.server(from).send(*smtp::Domain::parse(domain), std::move(mail)));
}

void TwoOrganisations::finish() {
  lab.stop();
  loop.run();
}

void TwoOrganisations::change(const std::string& organisation,
                              const std::function<void(exchange::Organisation&)>& edit) {
  exchange::Organisation changed = exchange::read_toml(directory(organisation) + "/domsec.toml");
  edit(changed);
  lab.server(organisation).reload(std::move(changed), session::Deviations{});
}

policy::Verdict TwoOrganisations::first_verdict(const std::string& organisation) {
  for (const transcript::Transcript& session : received(organisation)) {
    for (const transcript::Event& event : session.events()) {
      if (const auto* decided = event.body.as<transcript::PolicyDecided>()) return decided->verdict;
    }
  }
  ADD_FAILURE() << organisation << " judged nothing";
  return {};
}

std::string TwoOrganisations::directory(const std::string& organisation) const {
  for (const lab::StateOrganisation& each : lab.state().organisations) {
    if (each.name != organisation) continue;
    const std::string& file = each.hosts.front().configuration;
    return file.substr(0, file.rfind('/'));
  }
  ADD_FAILURE() << "no organisation " << organisation;
  return {};
}

std::string TwoOrganisations::log_file(const std::string& organisation, const std::string& direction) const {
  const std::vector<std::string> files = log_files(directory(organisation) + "/logs/" + direction);
  EXPECT_EQ(files.size(), 1U);
  return files.empty() ? std::string() : files.front();
}

}  // namespace domsec::testing
