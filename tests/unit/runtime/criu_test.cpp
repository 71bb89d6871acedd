#include "runtime/criu.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

bool has(const std::vector<std::string>& words, std::string_view part) {
  std::string line = " " + join(words, " ") + " ";
  CAPTURE(line);
  return line.find(" " + std::string(part) + " ") != std::string::npos;
}

std::string refusal(const CriuOptions& options) {
  auto checked = check_criu_options(options);
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().kind == Kind::usage);
  return checked.error().message;
}

}  // namespace

TEST_CASE("a dump names the process, the root, and what is mounted from outside") {
  CriuOptions options;
  options.image_path = "/images";
  auto words = criu_dump_arguments({7, "/root", {"/data", "/proc/kcore"}, "net:[40265]"}, options);
  CHECK(words[0] == "dump");
  CHECK(has(words, "--images-dir /images --log-file dump.log -v4"));
  CHECK(has(words, "--tree 7 --root /root"));
  CHECK(has(words, "--manage-cgroups=soft"));
  CHECK(has(words, "--external mnt[/data]:/data --external mnt[/proc/kcore]:/proc/kcore"));
  CHECK(has(words, "--external net[40265]:extRootNetNS"));
  CHECK_FALSE(has(words, "--leave-running"));
  CHECK_FALSE(has(words, "--track-mem"));
}

TEST_CASE("each wish is a flag of criu's") {
  CriuOptions options;
  options.work_path = "/work";
  options.parent_path = "../before";
  options.page_server = "[::1]:27";
  options.manage_cgroups = "full";
  options.empty_ns = {"network"};
  options.status_fd = 5;
  options.leave_running = options.lazy_pages = options.tcp_established = options.tcp_skip_in_flight = true;
  options.tcp_close = options.link_remap = options.ext_unix_sk = options.shell_job = true;
  options.file_locks = options.auto_dedup = true;
  REQUIRE(check_criu_options(options).ok());
  auto words = criu_dump_arguments({7, "/root", {}, ""}, options);
  for (const char* part :
       {"--work-dir /work", "--prev-images-dir ../before --track-mem", "--page-server --address [::1] --port 27",
        "--manage-cgroups=full", "--empty-ns net", "--status-fd 5", "--leave-running", "--lazy-pages",
        "--tcp-established", "--skip-in-flight", "--tcp-close", "--link-remap", "--ext-unix-sk", "--shell-job",
        "--file-locks", "--auto-dedup"})
    CHECK(has(words, part));
  options.pre_dump = true;
  CHECK(criu_dump_arguments({7, "/root", {}, ""}, options)[0] == "pre-dump");
}

TEST_CASE("a restore makes a child of ours, with our descriptors in the place of others") {
  CriuOptions options;
  options.lsm_profile = "apparmor:x";
  auto words = criu_restore_arguments(
      {"/root", "/pid", {{"/data", "/here/data"}}, {{1, "pipe:[123]"}, {9, "extRootNetNS"}}}, options);
  CHECK(words[0] == "restore");
  CHECK(has(words, "--log-file restore.log"));
  CHECK(has(words, "--restore-detached --restore-sibling --root /root --pidfile /pid"));
  CHECK(has(words, "--external mnt[/data]:/here/data"));
  CHECK(has(words, "--inherit-fd fd[1]:pipe:[123] --inherit-fd fd[9]:extRootNetNS"));
  CHECK(has(words, "--lsm-profile apparmor:x"));
}

TEST_CASE("words without a meaning are refused by the name of their flag") {
  CriuOptions options;
  options.manage_cgroups = "hard";
  CHECK(refusal(options).starts_with("--manage-cgroups-mode: 'hard'"));
  options = {};
  options.empty_ns = {"pid"};
  CHECK(refusal(options).starts_with("--empty-ns: 'pid'"));
  for (const char* server : {"host", ":5", "host:port", "host:"}) {
    options = {};
    options.page_server = server;
    CHECK(refusal(options).starts_with("--page-server"));
  }
  options = {};
  options.parent_path = "/before";
  CHECK(refusal(options).starts_with("--parent-path"));
}

TEST_CASE("the reason of a failure is the first error in the log") {
  CHECK(reason_in_criu_log("(0.1) Warn\n(0.2) Error (a.c:1): first\n(0.3) Error (b.c:2): last\n(0.4) done\n") ==
        "Error (a.c:1): first");
  CHECK(reason_in_criu_log("nothing").empty());
}
