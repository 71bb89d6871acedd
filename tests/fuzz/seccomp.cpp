// Profiles become programs that the kernel takes, and that decide as the words of the profile say.

#include "runtime/seccomp.h"

#include <linux/audit.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <seccomp.h>

#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/runtime/seccomp_machine.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

const std::string kActions[] = {"SCMP_ACT_ALLOW",        "SCMP_ACT_ERRNO", "SCMP_ACT_TRAP",  "SCMP_ACT_LOG",
                                "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY"};
constexpr std::array<std::uint32_t, 7> kAnswers = {SECCOMP_RET_ALLOW,     SECCOMP_RET_ERRNO,        SECCOMP_RET_TRAP,
                                                   SECCOMP_RET_LOG,       SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_TRACE,
                                                   SECCOMP_RET_USER_NOTIF};
const std::string kOperators[] = {"SCMP_CMP_EQ", "SCMP_CMP_NE", "SCMP_CMP_LT",       "SCMP_CMP_LE",
                                  "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"};
const std::string kArchitectures[] = {"SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_ARM"};

constexpr std::size_t kMostRules = 20;  // more of them only take time

const std::vector<std::string>& names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> made = {"no_such_call"};
    for (int number = 0; number < 470; ++number) {
      char* name = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, number);
      if (name != nullptr) made.emplace_back(name);
      std::free(name);
    }
    return made;
  }();
  return kNames;
}

oci::SeccompArg make_argument(Bytes& bytes) {
  oci::SeccompArg arg;
  arg.index = static_cast<unsigned>(bytes.below(6));
  arg.op = bytes.one_of(kOperators);
  arg.value = bytes.number();
  if (arg.op == "SCMP_CMP_MASKED_EQ") arg.value_two = bytes.number();
  return arg;
}

oci::Seccomp make_profile(Bytes& bytes) {
  oci::Seccomp profile;
  profile.default_action = bytes.one_of(kActions);
  for (const std::string& name : kArchitectures) {
    if (bytes.yes()) profile.architectures.push_back(name);
  }
  while (bytes.any() && profile.syscalls.size() < kMostRules) {
    oci::SeccompRule rule;
    rule.action = bytes.one_of(kActions);
    for (std::size_t count = bytes.below(3) + 1; count > 0; --count)
      rule.names.push_back(names()[bytes.below(names().size())]);
    for (std::size_t count = bytes.below(4); count > 0; --count) rule.args.push_back(make_argument(bytes));
    profile.syscalls.push_back(std::move(rule));
  }
  return profile;
}

// The answer of the words themselves, for native calls. runtime/seccomp.h has these rules.

std::uint32_t answer_of(const std::string& action) {
  auto index =
      static_cast<std::size_t>(std::find(std::begin(kActions), std::end(kActions), action) - std::begin(kActions));
  std::uint32_t answer = kAnswers.at(index);
  return answer == SECCOMP_RET_ERRNO || answer == SECCOMP_RET_TRACE ? answer | EPERM : answer;
}

bool holds(const oci::SeccompArg& arg, std::uint64_t value) {
  if (arg.op == "SCMP_CMP_EQ") return value == arg.value;
  if (arg.op == "SCMP_CMP_NE") return value != arg.value;
  if (arg.op == "SCMP_CMP_LT") return value < arg.value;
  if (arg.op == "SCMP_CMP_LE") return value <= arg.value;
  if (arg.op == "SCMP_CMP_GE") return value >= arg.value;
  if (arg.op == "SCMP_CMP_GT") return value > arg.value;
  return (value & arg.value) == (arg.value_two & arg.value);
}

bool compares_nothing(const oci::SeccompArg& arg) {
  return arg.op == "SCMP_CMP_MASKED_EQ" && arg.value == 0;
}

bool matches(const oci::SeccompRule& rule, const seccomp_data& call) {
  std::vector<oci::SeccompArg> args;
  std::copy_if(rule.args.begin(), rule.args.end(), std::back_inserter(args),
               [](auto& arg) { return !compares_nothing(arg); });
  auto fits = [&](const oci::SeccompArg& arg) { return holds(arg, call.args[arg.index]); };
  std::set<unsigned> indexes;
  for (const oci::SeccompArg& arg : args) indexes.insert(arg.index);
  bool alternatives = indexes.size() < args.size();
  return alternatives ? std::any_of(args.begin(), args.end(), fits) : std::all_of(args.begin(), args.end(), fits);
}

int number_of(const std::string& name) {
  static std::map<std::string, int> numbers;
  auto [found, fresh] = numbers.try_emplace(name);
  if (fresh) found->second = ::seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, name.c_str());
  return found->second;
}

std::uint32_t expected_answer(const oci::Seccomp& profile, const seccomp_data& call) {
  std::uint32_t otherwise = answer_of(profile.default_action);
  std::optional<std::uint32_t> conditional;
  int highest = -1;
  std::optional<std::uint32_t> always;
  for (const oci::SeccompRule& rule : profile.syscalls) {
    for (const std::string& name : rule.names) {
      int number = number_of(name);
      highest = std::max(highest, number);
      if (number != call.nr || answer_of(rule.action) == otherwise) continue;
      bool unconditional = std::all_of(rule.args.begin(), rule.args.end(), compares_nothing);
      if (unconditional && !always) always = answer_of(rule.action);
      if (!unconditional && !conditional && matches(rule, call)) conditional = answer_of(rule.action);
    }
  }
  bool refuses = otherwise != SECCOMP_RET_ALLOW && otherwise != SECCOMP_RET_LOG;
  if (refuses && highest >= 0 && call.nr > highest) return SECCOMP_RET_ERRNO | ENOSYS;
  return always.value_or(conditional.value_or(otherwise));
}

std::vector<seccomp_data> interesting_calls(const oci::Seccomp& profile) {
  std::vector<seccomp_data> calls;
  for (const oci::SeccompRule& rule : profile.syscalls) {
    std::set<std::uint64_t> values = {0};
    for (const oci::SeccompArg& arg : rule.args)
      values.insert({arg.value, arg.value + 1, arg.value - 1, arg.value_two, ~arg.value});
    for (const std::string& name : rule.names) {
      for (int number : {number_of(name) - 1, number_of(name), number_of(name) + 1}) {
        for (std::uint64_t value : values) {
          if (number < 0) continue;
          seccomp_data call{};
          call.arch = AUDIT_ARCH_X86_64;
          call.nr = number;
          std::fill(std::begin(call.args), std::end(call.args), value);
          calls.push_back(call);
        }
      }
    }
  }
  return calls;
}

// What seccomp_check_filter() and bpf_check_classic() of the kernel ask of a program.
bool kernel_takes(const std::vector<sock_filter>& program) {
  if (program.empty() || program.size() > BPF_MAXINSNS) return false;
  for (std::size_t pc = 0; pc < program.size(); ++pc) {
    const sock_filter& code = program[pc];
    if (BPF_CLASS(code.code) != BPF_JMP) continue;
    std::size_t furthest = code.code == (BPF_JMP | BPF_JA) ? code.k : std::max(code.jt, code.jf);
    if (furthest >= program.size() - pc - 1) return false;
  }
  return BPF_CLASS(program.back().code) == BPF_RET;
}

}  // namespace

void fuzz(std::string_view input) {
  Bytes bytes(input);
  oci::Seccomp profile = make_profile(bytes);
  auto program = compile_seccomp(profile, SCMP_ARCH_X86_64);
  if (!program.ok()) return;
  require(kernel_takes(program.value().instructions), "the kernel takes the program");
  for (const seccomp_data& call : interesting_calls(profile)) {
    std::uint32_t got = test::run_filter(program.value().instructions, call);
    require(got == expected_answer(profile, call), "the program decides as the profile says");
  }
  for (int arch : {AUDIT_ARCH_I386, AUDIT_ARCH_ARM, 0}) {
    seccomp_data call{};
    call.arch = static_cast<std::uint32_t>(arch);
    call.nr = input.empty() ? 0 : input[0];
    require(test::run_filter(program.value().instructions, call) != test::kInvalidProgram, "foreign calls are decided");
  }
}
