// The tree of subcommands and flags, gathered from CLI11. The scripts are written by completion_scripts.cpp.
#include "domsec/cli/completion.h"

#include <CLI/CLI.hpp>
#include <ostream>
#include <string_view>

#include "completion_tree.h"
#include "domsec/finding/catalogue.h"
#include "domsec/lab/fault.h"
#include "domsec/lab/recipe.h"

namespace domsec::cli {
namespace {

using Words = std::vector<std::string>;

struct FlagWords {
  std::string_view flag;
  std::string_view words;   // separated by blanks
  std::string_view under{};  // only below this subcommand
};

/// Flags that take one of a few words; the words are checked where the flags are read.
constexpr FlagWords flag_words[] = {
    {"--crl", "", "domsec verify"},   // a file there
    {"--crl", "cached fetch", "domsec crl"},
    {"--profile", "trust strict", "domsec verify"},
    {"--profile", "exchange postfix exim opensmtpd strict all", "domsec cert"},
    {"--role", "server client both"},
    {"--purpose", "server client any"},
    {"--crl-check", "none leaf chain"},
    {"--crl-unknown", "deny allow"},
    {"--crl-expiry", "enforce ignore"},
    {"--key-usage", "digitalSignature nonRepudiation keyEncipherment dataEncipherment keyAgreement keyCertSign cRLSign"},
    {"--crl", "off cached fetch"},
    {"--crl-fail", "hard soft"},
    {"--name-match", "exact subdomains"},
    {"--names", "domain mx fqdn"},
    {"--profile", "exchange postfix exim opensmtpd strict"},
    {"--require", "none tls server mutual"},
    {"--until", "greeting ehlo starttls tls ehlo2 mail rcpt dot"},
    {"--client-cert", "request require-421 require-alert"},
    {"--color", "auto always never"},
    {"--exit-style", "domsec nagios"},
    {"--fail-on", "error warn", "domsec policy"},
    {"--fail-on", "fail warn inconclusive"},
    {"--mx", "all"},
    {"--sni", "none"},
};

Words split(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// What an argument may be, by the name that `--help` gives it.
Words argument_words(const std::string& name) {
  Words words;
  if (name == "SHELL") return {"bash", "zsh", "fish"};
  if (name == "WHERE") {
    for (const auto& organisation : lab::read_recipe(lab::built_in_recipe(), "lab.toml").organisations) {
      words.push_back(organisation.name);
      for (const auto& host : organisation.hosts) words.push_back(host.name);
    }
  } else if (name == "FAULT") {
    for (const lab::Fault& fault : lab::faults()) words.emplace_back(fault.name);
  } else if (name == "CODE") {
    for (const finding::Row& row : finding::rows()) words.insert(words.end(), {std::string(row.name), std::string(row.slug)});
  }
  return words;
}

CompletionFlag flag_of(const CLI::Option& option, std::string_view path) {
  CompletionFlag flag;
  for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
  flag.about = option.get_description();
  if (option.get_items_expected_max() == 0) return flag;
  flag.value = FlagValue::file;
  for (const FlagWords& each : flag_words) {
    if (each.flag != flag.names.back() || !path.starts_with(each.under)) continue;
    flag.words = split(each.words);
    if (!flag.words.empty()) flag.value = FlagValue::words;
    break;
  }
  return flag;
}

void gather(const CLI::App& app, const std::string& path, std::vector<CompletionNode>& tree) {
  CompletionNode node;
  node.path = path;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_snames().empty() && option->get_lnames().empty()) {
      for (std::string& word : argument_words(option->get_name(true))) node.words.push_back(std::move(word));
    } else {
      node.flags.push_back(flag_of(*option, path));
    }
  }
  const std::vector<const CLI::App*> subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subcommands) node.commands.emplace_back(sub->get_name(), sub->get_description());
  tree.push_back(std::move(node));
  for (const CLI::App* sub : subcommands) gather(*sub, path + " " + sub->get_name(), tree);
}

}  // namespace

std::vector<CompletionNode> completion_tree(const CLI::App& app) {
  std::vector<CompletionNode> tree;
  gather(app, "domsec", tree);
  return tree;
}

int run_completion(const CLI::App& app, const std::string& shell, std::ostream& out, std::ostream& err) {
  const std::vector<CompletionNode> tree = completion_tree(app);
  if (shell == "bash") {
    write_bash(tree, out);
  } else if (shell == "zsh") {
    write_zsh(tree, out);
  } else if (shell == "fish") {
    write_fish(tree, out);
  } else {
    err << "domsec completion: '" << shell << "' is none of bash, zsh, fish\n";
    return 2;
  }
  return 0;
}

}  // namespace domsec::cli
