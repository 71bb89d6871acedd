#include "tests/bundle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/process.h"
#include "base/random.h"
#include "base/sys.h"
#include "base/text.h"
#include "oci/default_spec.h"
#include "oci/json.h"

namespace aictr::test {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr const char* kBusybox = "/bin/busybox";

Outcome run_program(const std::vector<std::string>& words) {
  Command command;
  command.program = words[0];
  command.arguments = words;
  command.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"};
  command.deadline = kPatience;
  auto result = run_command(command);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  return {result.value().ended.exit_code(), result.value().output};
}

void make_root(const std::string& root) {
  for (const char* name : {"bin", "dev", "etc", "home", "proc", "root", "run", "sys", "tmp", "usr", "var"})
    REQUIRE(make_directories(AT_FDCWD, root + "/" + name, 0755).ok());
  REQUIRE(::chmod((root + "/tmp").c_str(), 01777) == 0);
  std::string busybox = read_file(AT_FDCWD, kBusybox).value();
  REQUIRE(write_file(AT_FDCWD, root + "/bin/busybox", busybox, 0755, Durability::until_reboot).ok());
  REQUIRE(run_program({kBusybox, "chroot", root, "/bin/busybox", "--install", "-s", "/bin"}).exit_code == 0);
  REQUIRE(write_file(AT_FDCWD, root + "/etc/passwd", "root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home:/bin/sh\n",
                     0644, Durability::until_reboot)
              .ok());
}

}  // namespace

std::string runtime_program() {
  const char* folder = std::getenv("AICTR_BIN");
  return std::string(folder == nullptr ? "build/release/cli" : folder) + "/aictr-runtime";
}

std::string TestBundle::missing() {
  if (::geteuid() != 0) return "needs root";
  if (::access(kBusybox, X_OK) != 0) return "needs a static busybox (package busybox-static)";
  return "";
}

TestBundle::TestBundle() : spec(oci::default_spec()), id_("test-" + random_hex(8).value()) {
  REQUIRE(::chmod(dir_.path().c_str(), 0755) == 0);
  make_root(rootfs());
  process().args = {"true"};
  process().env = {"PATH=/bin"};
  oci::Capabilities& sets = process().capabilities.emplace();
  sets.bounding = sets.effective = sets.permitted = oci::default_capabilities();
}

TestBundle::~TestBundle() {
  runtime({"delete", "--force", id_});
  CHECK(list_directory(AT_FDCWD, state_root()).value_or({}).empty());
  CHECK(mounts_naming(dir_.path()).empty());
}

void TestBundle::write(const std::string& name, const std::string& content, mode_t mode) const {
  std::string whole = path(name);
  REQUIRE(make_directories(AT_FDCWD, whole.substr(0, whole.rfind('/')), 0755).ok());
  REQUIRE(write_file(AT_FDCWD, whole, content, mode, Durability::until_reboot).ok());
  REQUIRE(::chmod(whole.c_str(), mode) == 0);
}

std::string TestBundle::read(const std::string& name) const {
  return read_file(AT_FDCWD, path(name)).value_or("");
}

void TestBundle::write_config() const {
  write("config.json", oci::print_spec(spec));
}

Outcome TestBundle::run(const std::string& script) {
  process().args = {"sh", "-c", script};
  return runtime({"run", "--bundle", dir_.path(), id_});
}

Outcome TestBundle::runtime(const std::vector<std::string>& words) {
  write_config();
  std::vector<std::string> all = {runtime_program(), "--root", state_root()};
  all.insert(all.end(), words.begin(), words.end());
  return run_program(all);
}

Outcome TestBundle::create(const std::vector<std::string>& flags) {
  write_config();
  std::string words = fmt::format("{} --root {} create --bundle {}", runtime_program(), state_root(), dir_.path());
  for (const std::string& flag : flags) words += " " + flag;
  // The container keeps its standard streams open, and so would the pipe that collects the output.
  std::string script = fmt::format("{} {} >{} 2>{}", words, id_, path("output"), path("errors"));
  Outcome outcome = run_program({"/bin/sh", "-c", script + " </dev/null"});
  outcome.output += read("errors");
  return outcome;
}

std::string TestBundle::status() {
  Outcome outcome = runtime({"state", id_});
  if (outcome.exit_code != 0) return "";
  auto json = oci::parse_json(outcome.output);
  REQUIRE_MESSAGE(json.ok(), outcome.output);
  return *json.value().find("status")->as<std::string>();
}

bool TestBundle::becomes(const std::string& wanted) {
  for (int tries = 0; tries < 500; ++tries) {
    if (status() == wanted) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

std::vector<std::string> mounts_naming(const std::string& path) {
  std::vector<std::string> found;
  for (std::string& line : split(read_file(AT_FDCWD, "/proc/self/mountinfo").value_or(""), '\n')) {
    if (line.find(path) != std::string::npos) found.push_back(std::move(line));
  }
  return found;
}

}  // namespace aictr::test
