// Bundles that are broken, or made to do harm: each is refused in one clear line, and leaves nothing behind.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <span>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "oci/json.h"
#include "runtime/cgroup_host.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

// Puts a value at a JSON pointer; "-" is the end of an array, and what is missing on the way is made.
void put(oci::Json& json, const std::vector<std::string>& tokens, std::size_t at, oci::Json value) {
  if (at == tokens.size()) {
    json = std::move(value);
    return;
  }
  if (auto* array = std::get_if<oci::Json::Array>(&json.value())) {
    if (tokens[at] == "-") array->emplace_back();
    std::size_t index = tokens[at] == "-" ? array->size() - 1 : *parse_number<std::size_t>(tokens[at]);
    put(array->at(index), tokens, at + 1, std::move(value));
    return;
  }
  const oci::Json* found = json.find(tokens[at]);
  oci::Json member = found == nullptr ? oci::Json() : *found;
  put(member, tokens, at + 1, std::move(value));
  json.set(tokens[at], std::move(member));
}

std::string spec_with(TestBundle& bundle, const std::string& pointer, const std::string& value) {
  bundle.spec.root->path = bundle.rootfs();
  oci::Json json = oci::parse_json(oci::print_spec(bundle.spec)).value();
  auto parsed = oci::parse_json(value);
  REQUIRE_MESSAGE(parsed.ok(), value);
  std::vector<std::string> tokens = split(pointer.substr(1), '/');
  for (std::string& token : tokens) {
    for (auto slash = token.find("~1"); slash != std::string::npos; slash = token.find("~1"))
      token.replace(slash, 2, "/");
  }
  put(json, tokens, 0, std::move(parsed).value());
  return oci::print_json(json);
}

bool left_cgroup(const std::string& id) {
  auto host = runtime::CgroupHost::detect().value();
  bool found = !host.v2_mount.empty() && sys::exists(AT_FDCWD, host.v2_mount + "/aictr/" + id);
  for (const auto& [controller, mount] : host.v1_mounts) found = found || sys::exists(AT_FDCWD, mount + "/aictr/" + id);
  return found;
}

// The bundle's destructor looks for mounts and records.
void check_refused(TestBundle& bundle, const std::string& config, const std::string& says) {
  bundle.write("bad/config.json", config);
  for (const std::string command : {"run", "create"}) {
    Outcome outcome = bundle.runtime({command, "--bundle", bundle.path("bad"), bundle.id()});
    CAPTURE(command);
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    if (outcome.exit_code == 0) return;  // and do not wait for one that is created
    CHECK(outcome.says(says));
    CHECK(outcome.output.starts_with("aictr-runtime: "));
    CHECK(list_directory(AT_FDCWD, bundle.state_root()).value_or({}).empty());
    CHECK_FALSE(left_cgroup(bundle.id()));
  }
}

struct Case {
  std::string pointer;
  std::string value;
  std::string says;
};

void check_cases(std::span<const Case> cases) {
  TestBundle bundle;
  bundle.write("rootfs/file", "text");
  REQUIRE(::symlink("loop", bundle.rootfs("/loop").c_str()) == 0);
  for (const Case& c : cases) {
    CAPTURE(c.pointer);
    CAPTURE(c.value);
    check_refused(bundle, spec_with(bundle, c.pointer, c.value), c.says);
  }
}

}  // namespace

TEST_CASE("a config.json that is none") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  const std::string deep(100'000, '[');
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("null"), std::string("[]"), std::string("7"), std::string("\"x\""),
        std::string("{}"), std::string("{\"ociVersion\":1}"), std::string("{\"ociVersion\":\"1.0.0\"} trailing"),
        std::string("{'ociVersion':'1.0.0'}"), std::string("\0\0\0\0", 4), std::string("\xff\xfe{"), deep,
        std::string("{\"ociVersion\":\"1.0.0\",\"process\":{\"cwd\":\"\xc3\x28\"}}"),
        std::string("{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":1e999}}")}) {
    CAPTURE(text.substr(0, 60));
    check_refused(bundle, text, "");
  }
}

TEST_CASE("a bundle that is none") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("file", "");
  REQUIRE(::mkdir(bundle.path("empty").c_str(), 0755) == 0);
  REQUIRE(::mkdir(bundle.path("folder").c_str(), 0755) == 0);
  REQUIRE(::mkdir(bundle.path("folder/config.json").c_str(), 0755) == 0);
  for (const char* name : {"file", "empty", "folder", "missing"}) {
    CAPTURE(name);
    Outcome outcome = bundle.runtime({"run", "--bundle", bundle.path(name), bundle.id()});
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.says("bundle '"));
  }
}

TEST_CASE("values of a wrong type or out of range name their place") {
  NEEDS_BUNDLE();
  const Case cases[] = {
      {"/ociVersion", "7", "/ociVersion"},
      {"/ociVersion", "\"2.0.0\"", "/ociVersion"},
      {"/ociVersion", "\"\"", "/ociVersion"},
      {"/process", "[]", "/process"},
      {"/process/args", "\"sh\"", "/process/args"},
      {"/process/args", "[1]", "/process/args/0"},
      {"/process/args", "[]", "/process/args"},
      {"/process/cwd", "7", "/process/cwd"},
      {"/process/env", "{}", "/process/env"},
      {"/process/terminal", "\"yes\"", "/process/terminal"},
      {"/process/user/uid", "-1", "/process/user/uid"},
      {"/process/user/uid", "4294967296", "/process/user/uid"},
      {"/process/user/uid", "\"root\"", "/process/user/uid"},
      {"/process/user/gid", "1.5", "/process/user/gid"},
      {"/process/user/additionalGids", "[-7]", "/process/user/additionalGids/0"},
      {"/process/oomScoreAdj", "1e30", "/process/oomScoreAdj"},
      {"/process/rlimits", "[{\"type\":\"RLIMIT_NOFILE\",\"hard\":-1,\"soft\":1}]", "/process/rlimits/0/hard"},
      {"/root", "\"rootfs\"", "/root"},
      {"/root/readonly", "1", "/root/readonly"},
      {"/hostname", "[]", "/hostname"},
      {"/mounts", "{}", "/mounts"},
      {"/mounts/-", "{\"destination\":7}", "/destination"},
      {"/mounts/-", "{\"source\":\"x\"}", "/destination is missing"},
      {"/mounts/-", "{\"destination\":\"/x\",\"options\":\"ro\"}", "/options"},
      {"/hooks", "[]", "/hooks"},
      {"/hooks/prestart", "[{}]", "/hooks/prestart/0/path"},
      {"/linux", "7", "/linux"},
      {"/linux/namespaces", "\"all\"", "/linux/namespaces"},
      {"/linux/namespaces", "[{}]", "/linux/namespaces/0/type"},
      {"/linux/resources/memory/limit", "\"1g\"", "/linux/resources/memory/limit"},
      {"/linux/resources/memory/limit", "99999999999999999999999", "/linux/resources/memory/limit"},
      {"/linux/resources/cpu/shares", "-5", "/linux/resources/cpu/shares"},
      {"/linux/resources/pids/limit", "true", "/linux/resources/pids/limit"},
      {"/linux/seccomp/defaultAction", "7", "/linux/seccomp/defaultAction"},
      {"/linux/maskedPaths", "\"/proc\"", "/linux/maskedPaths"},
      {"/linux/sysctl", "[]", "/linux/sysctl"},
      {"/annotations", "[1]", "/annotations"},
      {"/annotations/key", "7", "/annotations/key"},
  };
  check_cases(cases);
}

TEST_CASE("a process that makes no sense") {
  NEEDS_BUNDLE();
  const Case cases[] = {
      {"/process/cwd", "\"\"", "/process/cwd"},
      {"/process/cwd", "\"tmp\"", "/process/cwd"},
      {"/process/cwd", "\"/file\"", "/process/cwd"},
      {"/process/cwd", "\"/loop\"", "/process/cwd"},
      {"/process/args", "[\"\"]", "execut"},
      {"/process/args", "[\"/\"]", "execute '/'"},
      {"/process/args", "[\"/file\"]", "permission denied"},
      {"/process/args", "[\"/loop\"]", "execute '/loop'"},
      {"/process/rlimits", "[{\"type\":\"RLIMIT_NONE\",\"hard\":1,\"soft\":1}]", "/process/rlimits/0"},
      {"/process/rlimits", "[{\"type\":\"RLIMIT_CORE\",\"hard\":1,\"soft\":2}]", "/process/rlimits/0"},
      {"/process/rlimits",
       "[{\"type\":\"RLIMIT_CORE\",\"hard\":1,\"soft\":1},{\"type\":\"RLIMIT_CORE\",\"hard\":1,\"soft\":1}]",
       "/process/rlimits/1"},
      {"/process/scheduler", "{\"policy\":\"SCHED_MAGIC\"}", "/process/scheduler/policy"},
      {"/process/ioPriority", "{\"class\":\"IOPRIO_CLASS_X\"}", "/process/ioPriority/class"},
      {"/process/ioPriority", "{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":8}", "/process/ioPriority/priority"},
      {"/process/oomScoreAdj", "1001", "/process/oomScoreAdj"},
  };
  check_cases(cases);
}

TEST_CASE("a root or mounts that make no sense, or lead to the host") {
  NEEDS_BUNDLE();
  const Case cases[] = {
      {"/root/path", "\"missing\"", "/root/path"},
      {"/root/path", "\"\"", "/root/path"},
      {"/root/path", "\"/etc/passwd\"", "/root/path"},
      {"/mounts/-", "{\"destination\":\"/\",\"type\":\"tmpfs\"}", "/mounts/"},
      {"/mounts/-", "{\"destination\":\"\",\"type\":\"tmpfs\"}", "/mounts/"},
      {"/mounts/-", "{\"destination\":\"/../..\",\"type\":\"tmpfs\"}", "/mounts/"},
      {"/mounts/-", "{\"destination\":\"/x\",\"type\":\"nosuchfs\"}", "nosuchfs"},
      {"/mounts/-", "{\"destination\":\"/x\",\"source\":\"/no/such\",\"options\":[\"bind\"]}", "/no/such"},
      {"/mounts/-", "{\"destination\":\"/loop/x\",\"type\":\"tmpfs\"}", "/loop/x"},
      {"/mounts/-", "{\"destination\":\"/file/x\",\"type\":\"tmpfs\"}", "/file/x"},
      {"/mounts/-", "{\"destination\":\"/file\",\"type\":\"tmpfs\"}", "/file"},
      {"/mounts/-", "{\"destination\":\"/proc\",\"type\":\"tmpfs\"}", "/proc"},
      {"/mounts/-", "{\"destination\":\"/proc/sys\",\"type\":\"tmpfs\"}", "/proc"},
      {"/mounts/-", "{\"destination\":\"/proc/self/attr\",\"source\":\"/tmp\",\"options\":[\"bind\"]}", "/proc"},
      {"/mounts/-", "{\"destination\":\"/x/../proc/1\",\"type\":\"tmpfs\"}", "/proc"},
      {"/mounts/-", "{\"destination\":\"/x\",\"type\":\"tmpfs\",\"options\":[\"size=-1q\"]}", "size"},
      {"/mounts/-", "{\"destination\":\"/x\",\"type\":\"tmpfs\",\"options\":[\"nosuchoption\"]}", "nosuchoption"},
      {"/mounts/-",
       "{\"destination\":\"/x\",\"source\":\"/tmp\",\"options\":[\"bind\",\"idmap\"],\"uidMappings\":"
       "[{\"containerID\":0,\"hostID\":0,\"size\":0}],\"gidMappings\":[]}",
       "/mounts/"},
      {"/linux/rootfsPropagation", "\"sideways\"", "/linux/rootfsPropagation"},
      {"/linux/devices", "[{\"type\":\"q\",\"path\":\"/dev/x\"}]", "/linux/devices/0"},
      {"/linux/devices", "[{\"type\":\"c\",\"path\":\"dev/x\",\"major\":1,\"minor\":3}]", "/linux/devices/0"},
      {"/linux/devices", "[{\"type\":\"c\",\"path\":\"/file/x\",\"major\":1,\"minor\":3}]", "/file/x"},
  };
  check_cases(cases);
}

TEST_CASE("namespaces, limits and filters that make no sense") {
  NEEDS_BUNDLE();
  const Case cases[] = {
      {"/linux/namespaces/-", "{\"type\":\"galaxy\"}", "/linux/namespaces/"},
      {"/linux/namespaces/-", "{\"type\":\"pid\"}", "second pid namespace"},
      {"/linux/namespaces", "[{\"type\":\"mount\"},{\"type\":\"pid\",\"path\":\"/no/such\"}]",
       "/linux/namespaces/1/path"},
      {"/linux/namespaces", "[{\"type\":\"mount\"},{\"type\":\"pid\",\"path\":\"/proc/self/ns/net\"}]",
       "no pid namespace"},
      {"/linux/namespaces", "[{\"type\":\"mount\"},{\"type\":\"network\",\"path\":\"/etc/passwd\"}]", "/etc/passwd"},
      {"/linux/namespaces/-", "{\"type\":\"user\"}", "/linux/uidMappings"},
      {"/linux/uidMappings", "[{\"containerID\":0,\"hostID\":0,\"size\":1}]", "/linux/uidMappings"},
      {"/linux/timeOffsets", "{\"boottime\":{\"secs\":1}}", "/linux/timeOffsets"},
      {"/linux/cgroupsPath", "\"/../../x\"", "/linux/cgroupsPath"},
      {"/linux/cgroupsPath", "\"/\"", "/linux/cgroupsPath"},
      {"/linux/resources/memory/limit", "-7", "/linux/resources/memory/limit"},
      {"/linux/resources/memory", "{\"limit\":100000000,\"swap\":1000}", "/linux/resources/memory/swap"},
      {"/linux/resources/blockIO/weight", "5", "/linux/resources/blockIO/weight"},
      {"/linux/resources/hugepageLimits", "[{\"pageSize\":\"3XB\",\"limit\":1}]", "/linux/resources/hugepageLimits/0"},
      {"/linux/resources/unified/..~1memory.max", "\"1\"", "/linux/resources/unified/"},
      {"/linux/resources/unified/cgroup.procs", "\"1\"", "/linux/resources/unified/"},
      {"/linux/resources/unified/no.such", "\"1\"", "no.such"},
      {"/linux/resources/devices", "[{\"allow\":true,\"type\":\"x\",\"access\":\"rwm\"}]",
       "/linux/resources/devices/0"},
      {"/linux/resources/devices", "[{\"allow\":true,\"type\":\"c\",\"access\":\"rwz\"}]",
       "/linux/resources/devices/0"},
      {"/linux/seccomp", "{\"defaultAction\":\"SCMP_ACT_DANCE\"}", "/linux/seccomp/defaultAction"},
      {"/linux/seccomp", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_Z80\"]}",
       "/linux/seccomp/architectures/0"},
      {"/linux/seccomp", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"SECCOMP_FILTER_FLAG_X\"]}",
       "/linux/seccomp/flags/0"},
      {"/linux/seccomp",
       "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\","
       "\"args\":[{\"index\":9,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]}",
       "/linux/seccomp/syscalls/0/args/0/index"},
      {"/linux/seccomp",
       "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\","
       "\"args\":[{\"index\":1,\"value\":1,\"op\":\"SCMP_CMP_LIKE\"}]}]}",
       "/linux/seccomp/syscalls/0/args/0/op"},
      {"/linux/seccomp",
       "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}",
       "/linux/seccomp/syscalls/0/action needs /linux/seccomp/listenerPath"},
      {"/linux/sysctl", "{\"kernel.panic\":\"1\"}", "/linux/sysctl"},
      {"/linux/sysctl", "{\"net/../kernel/panic\":\"1\"}", "/linux/sysctl"},
      {"/linux/sysctl", "{\"net.no.such\":\"1\"}", "net"},
      {"/linux/personality", "{\"domain\":\"DOS\"}", "/linux/personality/domain"},
      {"/linux/memoryPolicy", "{\"mode\":\"MPOL_X\"}", "/linux/memoryPolicy/mode: invalid memory policy mode"},
      {"/linux/memoryPolicy", "{}", "/linux/memoryPolicy/mode: invalid memory policy mode"},
      {"/linux/memoryPolicy", R"({"mode":"MPOL_DEFAULT","nodes":"0-7"})", "mode requires 0 nodes but got 8"},
      {"/linux/memoryPolicy", R"({"mode":"MPOL_BIND","nodes":"0-9876543210"})", "invalid memory policy nodes"},
      {"/linux/memoryPolicy", R"({"mode":"MPOL_BIND","nodes":"0","flags":["f"]})", "invalid memory policy flag"},
      {"/linux/intelRdt", "{\"closID\":\"x\"}", "/linux/intelRdt needs the resctrl file system"},
      {"/linux/intelRdt", "{\"closID\":\"../x\"}", "/linux/intelRdt/closID '../x' is no name of a group"},
      {"/hooks/prestart", "[{\"path\":\"bin/true\"}]", "/hooks/prestart/0/path"},
      {"/hooks/createRuntime", "[{\"path\":\"/bin/true\",\"timeout\":0}]", "/hooks/createRuntime/0/timeout"},
      {"/hooks/createRuntime", "[{\"path\":\"/no/such\"}]", "error running createRuntime hook #0"},
      {"/hooks/createRuntime", "[{\"path\":\"/bin/false\"}]", "error running createRuntime hook #0"},
      {"/hooks/createContainer", "[{\"path\":\"/bin/false\"}]", "error running createContainer hook #0"},
      {"/hostname", "\"01234567890123456789012345678901234567890123456789012345678901234567890\"", "hostname"},
  };
  check_cases(cases);
}

TEST_CASE("a whole that is too large is no reason to fall over") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().env.assign(20'000, "KEY=" + std::string(200, 'v'));
  Outcome outcome = bundle.run("true");
  CHECK((outcome.exit_code == 0 || outcome.exit_code == 1));
  bundle.process().env = {"PATH=/bin"};
  for (int i = 0; i < 3000; ++i) bundle.spec.annotations[fmt::format("key{}", i)] = std::string(100, 'x');
  CHECK(bundle.run("true").exit_code == 0);
  bundle.spec.annotations.clear();
  bundle.process().args = {"echo", std::string(200'000, 'x')};
  CHECK(bundle.runtime({"run", "-b", bundle.path(), bundle.id()}).exit_code == 1);
}

TEST_CASE("what the specification does not name is passed over") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  for (const char* pointer : {"/org.example.unknown", "/process/unknown", "/linux/unknown", "/root/unknown"}) {
    CAPTURE(std::string(pointer));
    bundle.write("odd/config.json", spec_with(bundle, pointer, R"({"any":["thing"]})"));
    CHECK(bundle.runtime({"run", "-b", bundle.path("odd"), bundle.id()}).exit_code == 0);
  }
}
