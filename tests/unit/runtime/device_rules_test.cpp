#include "runtime/device_rules.h"

#include <linux/bpf.h>

#include <random>

#include <doctest/doctest.h>

#include "runtime/device_filter.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

struct Request {
  char type;
  std::uint32_t major;
  std::uint32_t minor;
  unsigned access;
};

constexpr unsigned kRead = BPF_DEVCG_ACC_READ;
constexpr unsigned kWrite = BPF_DEVCG_ACC_WRITE;
constexpr unsigned kMknod = BPF_DEVCG_ACC_MKNOD;

oci::DeviceRule rule(bool allow, std::string type, std::int64_t major, std::int64_t minor, std::string access) {
  return {allow, std::move(type), major, minor, std::move(access)};
}

const oci::DeviceRule kDenyAll = {false, "a", {}, {}, "rwm"};

DevicePolicy plan(const std::vector<oci::DeviceRule>& rules) {
  auto policy = plan_devices(rules);
  REQUIRE_MESSAGE(policy.ok(), policy.error().message);
  REQUIRE(policy.value().has_value());
  return *policy.value();
}

// Runs the filter as the kernel would, with the instructions that it uses.
bool run_filter(const std::vector<bpf_insn>& program, const Request& request) {
  const bpf_cgroup_dev_ctx context = {
      request.access << 16 | (request.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR), request.major,
      request.minor};
  std::uint64_t reg[11] = {};
  for (std::size_t pc = 0; pc < program.size(); ++pc) {
    const bpf_insn& insn = program[pc];
    std::uint64_t& to = reg[insn.dst_reg];
    auto value = static_cast<std::uint32_t>(insn.imm);
    switch (insn.code) {
      case BPF_LDX | BPF_MEM | BPF_W:
        REQUIRE(insn.src_reg == 1);
        REQUIRE(insn.off % 4 == 0);
        to = reinterpret_cast<const std::uint32_t*>(&context)[insn.off / 4];
        break;
      case BPF_ALU | BPF_MOV | BPF_X:
        to = static_cast<std::uint32_t>(reg[insn.src_reg]);
        break;
      case BPF_ALU | BPF_MOV | BPF_K:
        to = value;
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        to = static_cast<std::uint32_t>(to) & value;
        break;
      case BPF_ALU | BPF_RSH | BPF_K:
        to = static_cast<std::uint32_t>(to) >> value;
        break;
      case BPF_JMP | BPF_JA | BPF_K:
        pc += static_cast<std::size_t>(insn.off);
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        if (to == value) pc += static_cast<std::size_t>(insn.off);
        break;
      case BPF_JMP | BPF_EXIT:
        return reg[0] != 0;
      default:
        FAIL("unknown instruction ", int{insn.code});
    }
  }
  FAIL("ran off the end");
  return false;
}

bool allowed(const std::vector<oci::DeviceRule>& rules, const Request& request) {
  return run_filter(compile_device_filter(plan(rules)), request);
}

// What the list of rules means, said another way: each access right on its own, the last match wins.
bool by_the_book(const DevicePolicy& policy, const Request& request) {
  for (unsigned right : {kRead, kWrite, kMknod}) {
    if ((request.access & right) == 0) continue;
    bool allow = policy.otherwise;
    for (const DeviceMatch& match : policy.rules) {
      if (match.type == request.type && match.major.value_or(request.major) == request.major &&
          match.minor.value_or(request.minor) == request.minor && (match.access & right) != 0)
        allow = match.allow;
    }
    if (!allow) return false;
  }
  return true;
}

std::string v1(const std::vector<oci::DeviceRule>& rules) {
  DevicePolicy policy = plan(rules);
  auto writes = translate_devices_to_v1(policy);
  if (!writes.ok()) return writes.error().message;
  std::string text;
  for (const CgroupWrite& write : writes.value()) text += write.file.substr(8) + " " + write.value + "; ";
  return text;
}

}  // namespace

TEST_CASE("no rules filter nothing") {
  CHECK_FALSE(plan_devices({}).value().has_value());
  CHECK(plan({rule(true, "a", -1, -1, "rwm")}).allows_everything());
}

TEST_CASE("the devices of every container stay open when all are closed") {
  CHECK(allowed({kDenyAll}, {'c', 1, 3, kRead | kWrite}));
  CHECK(allowed({kDenyAll}, {'c', 136, 17, kRead | kWrite}));
  CHECK(allowed({kDenyAll}, {'b', 8, 0, kMknod}));  // a node alone opens nothing
  CHECK_FALSE(allowed({kDenyAll}, {'b', 8, 0, kRead}));
  CHECK_FALSE(allowed({kDenyAll}, {'c', 10, 200, kRead | kWrite}));
}

TEST_CASE("the last rule that matches wins") {
  auto open = rule(true, "c", 195, -1, "rw");
  auto shut = rule(false, "c", 195, 3, "rw");
  CHECK(allowed({kDenyAll, open}, {'c', 195, 3, kRead}));
  CHECK_FALSE(allowed({kDenyAll, open, shut}, {'c', 195, 3, kRead}));
  CHECK(allowed({kDenyAll, open, shut}, {'c', 195, 0, kRead}));
  CHECK(allowed({kDenyAll, shut, open}, {'c', 195, 3, kRead}));
  CHECK_FALSE(allowed({kDenyAll, open}, {'b', 195, 0, kRead}));
  CHECK_FALSE(allowed({open, kDenyAll}, {'c', 195, 0, kRead}));
}

TEST_CASE("each access right is decided on its own") {
  std::vector<oci::DeviceRule> rules = {kDenyAll, rule(true, "c", 10, 1, "r"), rule(true, "c", 10, 1, "w")};
  CHECK(allowed(rules, {'c', 10, 1, kRead | kWrite}));
  rules.push_back(rule(false, "c", 10, 1, "w"));
  CHECK(allowed(rules, {'c', 10, 1, kRead}));
  CHECK_FALSE(allowed(rules, {'c', 10, 1, kRead | kWrite}));
}

TEST_CASE("without a rule for all devices the rest is denied") {
  CHECK_FALSE(allowed({rule(true, "c", 10, 1, "r")}, {'c', 10, 2, kRead}));
}

TEST_CASE("the type a with numbers means both types") {
  std::vector<oci::DeviceRule> rules = {kDenyAll, rule(true, "a", 7, -1, "rwm")};
  CHECK(allowed(rules, {'b', 7, 0, kRead}));
  CHECK(allowed(rules, {'c', 7, 0, kRead}));
}

TEST_CASE("random lists of rules decide as their words say") {
  std::mt19937 random(3);
  auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const char* const accesses[] = {"r", "w", "m", "rw", "rm", "wm", "rwm"};
  const char* const types[] = {"a", "b", "c"};
  for (int round = 0; round < 500; ++round) {
    std::vector<oci::DeviceRule> rules;
    for (int count = 1 + pick(8); count > 0; --count)
      rules.push_back(rule(pick(2) == 0, types[pick(3)], pick(4) - 1, pick(4) - 1, accesses[pick(7)]));
    DevicePolicy policy = plan(rules);
    std::vector<bpf_insn> program = compile_device_filter(policy);
    for (char type : {'b', 'c'})
      for (std::uint32_t major = 0; major < 4; ++major)
        for (std::uint32_t minor = 0; minor < 4; ++minor)
          for (unsigned access = 1; access < 8; ++access) {
            Request request = {type, major, minor, access};
            if (run_filter(program, request) != by_the_book(policy, request))
              FAIL("round ", round, ": ", type, " ", major, ":", minor, " access ", access);
          }
  }
}

TEST_CASE("rules without a meaning are refused with their place") {
  auto message = [](const oci::DeviceRule& bad) {
    auto policy = plan_devices({kDenyAll, bad});
    REQUIRE_FALSE(policy.ok());
    CHECK(policy.error().kind == Kind::usage);
    return policy.error().message;
  };
  CHECK(message(rule(true, "c", 1, 1, "")) ==
        "/linux/resources/devices/1: access '' must be made of the letters r, w and m");
  CHECK(message(rule(true, "c", 1, 1, "rx")) ==
        "/linux/resources/devices/1: access 'rx' must be made of the letters r, w and m");
  CHECK(message(rule(true, "u", 1, 1, "r")) == "/linux/resources/devices/1: type 'u' must be a, b or c");
  CHECK(message(rule(true, "c", -2, 1, "r")) ==
        "/linux/resources/devices/1: -2 is no device number: must be from 0 to 4095");
  CHECK(message(rule(true, "c", 1, 1 << 20, "r")) ==
        "/linux/resources/devices/1: 1048576 is no device number: must be from 0 to 1048575");
}

TEST_CASE("v1 gets a default and its exceptions") {
  CHECK(v1({kDenyAll, rule(true, "c", 195, -1, "rw"), rule(true, "c", 195, -1, "m")})
            .find("deny a; allow c 195:* rwm; ") == 0);
  CHECK(v1({rule(true, "a", -1, -1, "rwm"), rule(false, "b", 8, 0, "w")}) == "allow a; deny b 8:0 w; ");
  CHECK(v1({rule(true, "a", -1, -1, "rwm"), rule(false, "b", 8, 0, "w"), rule(true, "b", 8, 0, "w")}) == "allow a; ");
}

TEST_CASE("what v1 cannot say is an error and not something else") {
  std::string message = v1({kDenyAll, rule(true, "c", 195, -1, "rw"), rule(false, "c", 195, 3, "rw")});
  CHECK(message.find("cannot deny 'c 195:3 rw' after 'c 195:* rw'") == 0);
}
