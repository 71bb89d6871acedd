#include "runtime/privileges.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/sys_process.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

std::uint64_t bit(int capability) {
  return std::uint64_t{1} << capability;
}

// Runs `body` in a child, whose exit code is what it returns.
template <class F>
int in_child(F body) {
  pid_t pid = fork();
  if (pid == 0) _exit(body());
  auto ended = sys::wait(pid);
  return ended.ok() ? ended.value().exit_code() : -1;
}

}  // namespace

TEST_CASE("capability names become masks, and unknown ones are left out") {
  oci::Capabilities sets;
  sets.bounding = {"CAP_CHOWN", "CAP_CHECKPOINT_RESTORE", "CAP_NO_SUCH", "cap_kill", ""};
  sets.ambient = {"CAP_NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE"};
  CapabilityMasks masks = capability_masks(sets);
  CHECK(masks.bounding == (bit(CAP_CHOWN) | bit(CAP_CHECKPOINT_RESTORE)));
  CHECK(masks.ambient == bit(CAP_NET_BIND_SERVICE));
  CHECK(masks.effective == 0);
  CHECK(is_capability("CAP_SYS_ADMIN"));
  CHECK_FALSE(is_capability("SYS_ADMIN"));
}

TEST_CASE("the names stand at their kernel numbers") {
  std::vector<std::string> names = capability_names();
  REQUIRE(names.size() > CAP_SYS_ADMIN);
  CHECK(names[CAP_CHOWN] == "CAP_CHOWN");
  CHECK(names[CAP_NET_RAW] == "CAP_NET_RAW");
  CHECK(names[CAP_SYS_ADMIN] == "CAP_SYS_ADMIN");
  oci::Capabilities all;
  all.permitted = names;
  CHECK(capability_masks(all).permitted == (names.size() == 64 ? ~std::uint64_t{0} : bit(int(names.size())) - 1));
}

TEST_CASE("a change of user keeps exactly the capabilities that were asked for") {
  if (geteuid() != 0) return;
  CHECK(in_child([] {
          oci::Capabilities sets;
          sets.bounding = sets.permitted = {"CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"};
          sets.effective = {"CAP_CHOWN"};
          sets.inheritable = {"CAP_CHOWN", "CAP_KILL"};
          sets.ambient = {"CAP_KILL", "CAP_NET_RAW"};  // the second is not inheritable
          CapabilityMasks masks = capability_masks(sets);
          if (!drop_bounding(masks).ok()) return 1;
          if (!keep_capabilities().ok()) return 2;
          if (!sys::setresgid(1000).ok() || !sys::setresuid(1000).ok()) return 3;
          if (!apply_capabilities(masks).ok()) return 4;
          auto now = sys::capget();
          if (!now.ok() || now.value().permitted != masks.permitted) return 5;
          if (now.value().effective != masks.effective || now.value().inheritable != masks.inheritable) return 6;
          if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0) != 1) return 7;
          if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0) != 0) return 8;
          for (int number = 0; prctl(PR_CAPBSET_READ, number) >= 0; ++number)
            if ((prctl(PR_CAPBSET_READ, number) == 1) != ((masks.bounding & bit(number)) != 0)) return 9;
          return prctl(PR_GET_KEEPCAPS) == 0 ? 0 : 10;
        }) == 0);
}

TEST_CASE("a capability that this process lacks is refused by name") {
  if (geteuid() != 0) return;
  CHECK(in_child([] {
          auto own = sys::capget();
          if (!own.ok()) return 1;
          sys::CapabilitySets less = own.value();
          less.permitted &= ~bit(CAP_MKNOD);
          less.effective &= ~bit(CAP_MKNOD);
          if (!sys::capset(less).ok()) return 2;
          auto grantable = grantable_capabilities();
          if (!grantable.ok() || (grantable.value() & bit(CAP_MKNOD)) != 0) return 3;
          oci::Capabilities sets;
          sets.permitted = {"CAP_CHOWN", "CAP_MKNOD"};
          auto applied = apply_capabilities(capability_masks(sets));
          if (applied.ok() || applied.error().kind != Kind::denied) return 4;
          return applied.error().message.find("CAP_MKNOD:") != std::string::npos ? 0 : 5;
        }) == 0);
}

TEST_CASE("resource limits are planned by name") {
  auto plan = plan_rlimits({{"RLIMIT_NOFILE", 1024, 512}, {"RLIMIT_MEMLOCK", RLIM_INFINITY, RLIM_INFINITY}});
  REQUIRE(plan.ok());
  REQUIRE(plan.value().size() == 2);
  CHECK(plan.value()[0].resource == RLIMIT_NOFILE);
  CHECK(plan.value()[0].limit.rlim_cur == 512);
  CHECK(plan.value()[0].limit.rlim_max == 1024);
  CHECK(plan.value()[1].limit.rlim_cur == RLIM_INFINITY);
}

TEST_CASE("a resource limit that is unknown, repeated or upside down is refused with its place") {
  auto message = [](const std::vector<oci::Rlimit>& limits) {
    auto plan = plan_rlimits(limits);
    REQUIRE_FALSE(plan.ok());
    CHECK(plan.error().kind == Kind::usage);
    return plan.error().message;
  };
  CHECK(message({{"RLIMIT_FOO", 1, 1}}) == "/process/rlimits/0: 'RLIMIT_FOO' is not a resource limit");
  CHECK(message({{"RLIMIT_CORE", 1, 1}, {"RLIMIT_CORE", 2, 2}}) == "/process/rlimits/1: 'RLIMIT_CORE' is given twice");
  CHECK(message({{"RLIMIT_CPU", 1, 2}}) ==
        "/process/rlimits/0: 'RLIMIT_CPU' has a soft limit of 2 above the hard limit of 1");
}

TEST_CASE("a resource limit is set") {
  CHECK(in_child([] {
          auto plan = plan_rlimits({{"RLIMIT_NOFILE", 64, 32}});
          if (!plan.ok() || !apply_rlimits(plan.value()).ok()) return 1;
          auto now = sys::getrlimit(RLIMIT_NOFILE);
          return now.ok() && now.value().rlim_cur == 32 && now.value().rlim_max == 64 ? 0 : 2;
        }) == 0);
}
