#include "runtime/seccomp.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/core.h>
#include <seccomp.h>

#include "base/sys_process.h"
#include "runtime/seccomp_code.h"

namespace aictr::runtime {
namespace {

constexpr std::uint32_t kMaxErrno = 4095;

struct ActionName {
  std::string_view name;
  std::uint32_t action;
  bool takes_number;  // errnoRet
};
constexpr ActionName kActions[] = {
    {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW, false},
    {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO, true},
    {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD, false},
    {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD, false},
    {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS, false},
    {"SCMP_ACT_LOG", SECCOMP_RET_LOG, false},
    {"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF, false},
    {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE, true},
    {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP, false},
};

struct OperatorName {
  std::string_view name;
  Compare op;
};
constexpr OperatorName kOperators[] = {
    {"SCMP_CMP_EQ", Compare::eq}, {"SCMP_CMP_GE", Compare::ge}, {"SCMP_CMP_GT", Compare::gt},
    {"SCMP_CMP_LE", Compare::le}, {"SCMP_CMP_LT", Compare::lt}, {"SCMP_CMP_MASKED_EQ", Compare::masked_eq},
    {"SCMP_CMP_NE", Compare::ne},
};

struct FlagName {
  std::string_view name;
  unsigned flag;
};
constexpr FlagName kFlags[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
};

template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.name);
  return names;
}

template <class Table>
auto find(const Table& table, std::string_view name) -> decltype(std::begin(table)) {
  auto found = std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : found;
}

Error usage(const std::string& member, std::string_view reason) {
  return make_error(Kind::usage, fmt::format("/linux/seccomp/{} {}", member, reason));
}

Result<std::uint32_t> parse_action(const std::string& member, const std::string& name, std::optional<unsigned> number) {
  const ActionName* known = find(kActions, name);
  if (known == nullptr) return usage(member, fmt::format("'{}' is not an action", name));
  if (!known->takes_number) {
    if (number) return usage(member, fmt::format("'{}' takes no errnoRet", name));
    return known->action;
  }
  std::uint32_t data = number.value_or(EPERM);
  if (data > kMaxErrno) return usage(member, fmt::format("has errnoRet {}: must be at most {}", data, kMaxErrno));
  return known->action | data;
}

std::uint32_t kind_of(std::uint32_t action) {
  return action & SECCOMP_RET_ACTION_FULL;
}

bool refuses(std::uint32_t action) {
  return kind_of(action) != SECCOMP_RET_ALLOW && kind_of(action) != SECCOMP_RET_LOG;
}

Result<std::vector<ArgumentCheck>> parse_arguments(const std::string& member,
                                                   const std::vector<oci::SeccompArg>& args) {
  std::vector<ArgumentCheck> checks;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const oci::SeccompArg& arg = args[i];
    std::string where = fmt::format("{}/args/{}", member, i);
    const OperatorName* known = find(kOperators, arg.op);
    if (known == nullptr) return usage(where + "/op", fmt::format("'{}' is not an operator", arg.op));
    if (arg.index > 5) return usage(where + "/index", fmt::format("is {}: a system call has 6 arguments", arg.index));
    ArgumentCheck check;
    check.index = arg.index;
    check.op = known->op;
    check.value = arg.value;
    if (known->op == Compare::masked_eq) {
      if (arg.value == 0) continue;  // nothing is compared
      check.mask = arg.value;
      check.value = arg.value_two & arg.value;
    }
    checks.push_back(check);
  }
  return checks;
}

bool names_one_argument_twice(const std::vector<ArgumentCheck>& checks) {
  std::array<int, 6> count{};
  for (const ArgumentCheck& check : checks) ++count[check.index];
  return std::any_of(count.begin(), count.end(), [](int n) { return n > 1; });
}

// One would wait for an answer before anybody can give one: the first message with the listener is sent with these.
Result<void> check_notified(const std::string& member, const std::vector<std::string>& names) {
  for (const char* needed : {"write", "sendmsg"}) {
    if (std::find(names.begin(), names.end(), needed) == names.end()) continue;
    return usage(member + "/action", fmt::format("'SCMP_ACT_NOTIFY' cannot be used for the {} syscall", needed));
  }
  return {};
}

// A rule of the profile, read and judged once for all architectures.
struct Rule {
  const std::vector<std::string>* names;
  std::uint32_t action = 0;
  std::vector<std::vector<ArgumentCheck>> alternatives;  // none: whatever the arguments
};

Result<std::vector<Rule>> parse_rules(const oci::Seccomp& profile) {
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < profile.syscalls.size(); ++i) {
    const oci::SeccompRule& from = profile.syscalls[i];
    std::string member = fmt::format("syscalls/{}", i);
    Rule rule;
    rule.names = &from.names;
    rule.action = TRY(parse_action(member + "/action", from.action, from.errno_ret));
    if (kind_of(rule.action) == SECCOMP_RET_USER_NOTIF) TRY(check_notified(member, from.names));
    std::vector<ArgumentCheck> checks = TRY(parse_arguments(member, from.args));
    if (names_one_argument_twice(checks)) {
      for (const ArgumentCheck& check : checks) rule.alternatives.push_back({check});
    } else if (!checks.empty()) {
      rule.alternatives.push_back(std::move(checks));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

const Decision kNoSuchCall = {{}, SECCOMP_RET_ERRNO | ENOSYS};
const Decision kBadArchitecture = {{}, SECCOMP_RET_KILL_THREAD};  // as libseccomp has it

bool notifies(const Rule& rule) {
  return kind_of(rule.action) == SECCOMP_RET_USER_NOTIF;
}

// The decisions of one architecture.
class ArchTable {
 public:
  ArchTable(const SeccompArch& arch, std::uint32_t default_action) : arch_(arch), default_(default_action) {}

  void add(const Rule& rule) {
    for (const std::string& name : *rule.names) {
      for (const SyscallEntry& call : resolve_syscall(arch_, name)) uses_.push_back({call, &rule});
    }
  }

  // Into the table of all calls with this arch's AUDIT_ARCH_*, from the first number of this arch on.
  void write(DecisionTable& table) && {
    auto by_number = [](const Use& a, const Use& b) { return a.call.number < b.call.number; };
    std::stable_sort(uses_.begin(), uses_.end(), by_number);
    table.begin(arch_.token == SCMP_ARCH_X32 ? kX32Bit : 0, {{}, default_});
    for (std::size_t i = 0, end = 0; i < uses_.size(); i = end) {
      std::uint32_t number = uses_[i].call.number;
      while (end < uses_.size() && uses_[end].call.number == number) ++end;
      table.begin(number, decide(std::span<const Use>(uses_).subspan(i, end - i)));
      table.begin(number + 1, {{}, default_});
    }
    if (refuses(default_) && !uses_.empty()) table.begin(uses_.back().call.number + 1, kNoSuchCall);
    // Numbers of x32, until its own table is written. Where the default is to allow they would be a way around the
    // rules.
    if (arch_.token == SCMP_ARCH_X86_64) table.begin(kX32Bit, refuses(default_) ? kNoSuchCall : kBadArchitecture);
  }

 private:
  struct Use {
    SyscallEntry call;
    const Rule* rule;
  };

  Decision decide(std::span<const Use> uses) const {
    Decision decision{{}, default_};
    for (const Use& use : uses) {
      // What the default does anyway needs no rule; libseccomp refuses it.
      if (use.rule->action == default_) continue;
      if (use.rule->alternatives.empty() && !use.call.first_argument) return {{}, use.rule->action};
      add_conditions(decision, use);
    }
    return decision;
  }

  void add_conditions(Decision& decision, const Use& use) const {
    std::uint32_t action = use.rule->action;
    if (use.call.first_argument) {
      // The arguments of a call that came through socketcall(2) are in memory, where no filter sees them.
      if (use.rule->alternatives.empty()) decision.conditions.push_back({{selector(*use.call.first_argument)}, action});
      return;
    }
    for (std::vector<ArgumentCheck> checks : use.rule->alternatives) {
      for (ArgumentCheck& check : checks) check.wide = arch_.wide;
      decision.conditions.push_back({std::move(checks), action});
    }
  }

  static ArgumentCheck selector(std::uint32_t value) {
    ArgumentCheck check;
    check.value = value;
    check.wide = false;
    return check;
  }

  const SeccompArch& arch_;
  std::uint32_t default_;
  std::vector<Use> uses_;
};

// Those that a process on this kernel can use. The native one is always among them.
Result<std::vector<const SeccompArch*>> parse_architectures(const oci::Seccomp& profile, std::uint32_t native) {
  const SeccompArch* own = find_seccomp_arch(native);
  if (own == nullptr || own->family == 0)
    return make_error(Kind::unsupported, "this build has no seccomp filters for the architecture of this machine");
  std::vector<const SeccompArch*> used = {own};
  for (std::size_t i = 0; i < profile.architectures.size(); ++i) {
    const std::string& name = profile.architectures[i];
    const SeccompArch* arch = name == "SCMP_ARCH_NATIVE" ? own : find_seccomp_arch(name);
    if (arch == nullptr) return usage(fmt::format("architectures/{}", i), fmt::format("'{}' is not known", name));
    bool usable = arch->family == own->family;
    if (usable && std::find(used.begin(), used.end(), arch) == used.end()) used.push_back(arch);
  }
  return used;
}

Result<unsigned> parse_flags(const std::vector<std::string>& names) {
  if (names.empty()) return SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  unsigned flags = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const FlagName* known = find(kFlags, names[i]);
    if (known == nullptr) return usage(fmt::format("flags/{}", i), fmt::format("'{}' is not a flag", names[i]));
    flags |= known->flag;
  }
  return flags;
}

}  // namespace

Result<SeccompProgram> compile_seccomp(const oci::Seccomp& profile, std::uint32_t native) {
  std::uint32_t default_action = TRY(parse_action("defaultAction", profile.default_action, profile.default_errno_ret));
  if (kind_of(default_action) == SECCOMP_RET_USER_NOTIF)
    return usage("defaultAction", "'SCMP_ACT_NOTIFY' cannot be used as default action");
  std::vector<Rule> rules = TRY(parse_rules(profile));
  std::vector<const SeccompArch*> architectures = TRY(parse_architectures(profile, native));

  std::map<std::uint32_t, DecisionTable> tables;
  for (const SeccompArch* arch : architectures) {
    ArchTable table(*arch, default_action);
    for (const Rule& rule : rules) table.add(rule);
    std::move(table).write(tables[arch->audit]);
  }
  SeccompProgram program;
  program.flags = TRY(parse_flags(profile.flags));
  program.needs_listener = std::any_of(rules.begin(), rules.end(), notifies);
  if (!program.needs_listener)
    program.flags &= ~unsigned{SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV};  // means nothing then
  program.instructions = assemble_seccomp(tables, kBadArchitecture.otherwise);
  if (program.instructions.size() > BPF_MAXINSNS)
    return make_error(Kind::unsupported, fmt::format("/linux/seccomp needs {} instructions: the kernel takes {}",
                                                     program.instructions.size(), BPF_MAXINSNS));
  return program;
}

SeccompWords known_seccomp_words() {
  return {names_of(kActions), names_of(kOperators), names_of(kFlags), seccomp_arch_names()};
}

Result<UniqueFd> install_seccomp(const SeccompProgram& program) {
  sock_fprog code{static_cast<unsigned short>(program.instructions.size()),
                  const_cast<sock_filter*>(program.instructions.data())};  // the kernel only reads it
  unsigned flags = program.flags;
  if (program.needs_listener) flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
  // A thread that cannot follow is an error then, and not an answer that looks like a descriptor (Linux 5.7).
  if ((flags & SECCOMP_FILTER_FLAG_TSYNC) != 0) flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
  auto installed = sys::seccomp_set_filter(flags, code);
  if (!installed.ok()) {
    Error error = std::move(installed).error().context("install the seccomp filter");
    if (error.code == EACCES) error.hint = "set noNewPrivileges, or run with CAP_SYS_ADMIN";
    if (error.code == EINVAL)
      error.hint = "this kernel may lack CONFIG_SECCOMP_FILTER or a flag of /linux/seccomp/flags";
    return error;
  }
  return UniqueFd(program.needs_listener ? installed.value() : -1);
}

}  // namespace aictr::runtime
