// A cmdlet is a plain function over its bound parameters. The table knows each one's parameters, for binding,
// for Get-Help and for completion. Other files add their cmdlets to the table: core_cmdlets.h,
// connector_cmdlets.h.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domsec/shell/host.h"
#include "domsec/shell/script_error.h"
#include "domsec/shell/value.h"

namespace domsec::shell {

/// What a parameter wants. The binder converts, or says at the argument's place what is wrong.
enum class ParameterKind {
  anything,
  text,
  texts,  // one or several
  number,
  flag,   // -Switch, -Switch:$false
  truth,  // a value that is $true or $false
  date_time,
  octets,  // Byte[]
  block,   // { … }
  edits,   // texts that replace, or @{Add=…; Remove=…}, or $null for none
};

enum class FromPipeline { no, value, property, value_or_property };
enum class Presence { optional, mandatory };
enum class Rest { single, gathers };  // `gathers`: takes every value that no other parameter took

struct ParameterSpec {
  std::string name;
  ParameterKind kind = ParameterKind::anything;
  std::string about{};  // for Get-Help
  int position = -1;    // from 0; -1 = by name only
  FromPipeline pipeline = FromPipeline::no;
  Presence presence = Presence::optional;
  std::vector<std::string> words{};  // for completion; the cmdlet itself refuses others
  std::vector<std::string> aliases{};
  Rest rest = Rest::single;
};

/// How a cmdlet meets the pipeline: not at all, called once with everything, or called for each entry.
enum class Feed { none, whole, each };

struct Argument {
  Value value;
  Place place;
};

class Interpreter;
struct Cmdlet;

/// One call of a cmdlet.
struct Invocation {
  Interpreter& interpreter;
  const Cmdlet& cmdlet;
  Place place;                              // of the cmdlet's name
  std::map<std::string, Argument> bound{};  // by the parameter's full name
  List input{};                             // Feed::whole: all of it; Feed::each: the entry

  [[nodiscard]] Host& host() const;
  [[nodiscard]] bool has(const std::string& name) const { return bound.contains(name); }
  [[nodiscard]] const Argument* find(const std::string& name) const;
  /// The bound value; $null when there is none.
  [[nodiscard]] Value value(const std::string& name) const;
  /// As text; `otherwise` when there is none.
  [[nodiscard]] std::string text(const std::string& name, std::string_view otherwise = {}) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;
  [[nodiscard]] std::int64_t number(const std::string& name, std::int64_t otherwise) const;
  /// A flag or a truth value.
  [[nodiscard]] bool is_set(const std::string& name) const;
  /// Of the argument, or of the cmdlet's name when there is none.
  [[nodiscard]] Place place_of(const std::string& name) const;
  /// A refusal at the argument's place.
  [[noreturn]] void refuse(const std::string& parameter, const std::string& sentence) const;
  /// Asks, unless -Confirm:$false or -Force was given. `yes to all` and `no to all` hold for the rest of the
  /// input.
  [[nodiscard]] bool confirmed(const std::string& question) const;
};

struct Cmdlet {
  std::string name;
  std::string about;
  std::vector<ParameterSpec> parameters;
  Feed feed = Feed::none;
  std::function<List(Invocation&)> run;
};

class CmdletTable {
 public:
  void add(Cmdlet cmdlet);
  void add_alias(std::string alias, std::string cmdlet);
  /// By name or alias, without regard to case; null when there is none.
  [[nodiscard]] const Cmdlet* find(std::string_view name) const;
  [[nodiscard]] std::vector<const Cmdlet*> all() const;  // by name
  /// The known name that is most like this one; empty when none is.
  [[nodiscard]] std::string nearest(std::string_view name) const;

 private:
  std::map<std::string, Cmdlet> cmdlets_;  // by lower-case name
  std::map<std::string, std::string> aliases_;
};

/// Parameters that every cmdlet has: Confirm, WhatIf, Force (silently) …
[[nodiscard]] const std::vector<ParameterSpec>& common_parameters();

/// One of a cmdlet's parameters or of the common ones, by name, alias or unambiguous prefix; throws
/// ScriptError.
[[nodiscard]] const ParameterSpec& parameter_of(const Cmdlet& cmdlet, std::string_view name, Place place);

}  // namespace domsec::shell
