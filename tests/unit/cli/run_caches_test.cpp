#include "cli/run_caches.h"

#include <map>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::cli;

namespace {

Variable variables(std::map<std::string, std::string> all) {
  return [all = std::move(all)](const std::string& name) {
    auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional(found->second);
  };
}

constexpr const char* kPasswd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1001::/data/ann:/bin/sh\n";
const Caller kAnn{1000, 1001, "/data/ann"};

}  // namespace

TEST_CASE("behind sudo the caller is the one who called sudo") {
  auto behind = find_caller(0, 0, variables({{"SUDO_UID", "1000"}, {"SUDO_GID", "1001"}, {"HOME", "/root"}}), kPasswd);
  REQUIRE(behind.ok());
  CHECK(behind.value().uid == 1000);
  CHECK(behind.value().gid == 1001);
  CHECK(behind.value().home == "/data/ann");
  auto root = find_caller(0, 0, variables({{"HOME", "/root"}}), kPasswd);
  CHECK(root.value().uid == 0);
  CHECK(root.value().home == "/root");
  // What only root may decide is not believed of anybody else.
  auto user =
      find_caller(1000, 1001, variables({{"SUDO_UID", "0"}, {"SUDO_GID", "0"}, {"HOME", "/data/ann"}}), kPasswd);
  CHECK(user.value().uid == 1000);
}

TEST_CASE("a caller without a home directory is told so") {
  CHECK(find_caller(5, 5, variables({}), kPasswd).error().message == "--cache: the user 5 has no home directory");
  CHECK_FALSE(find_caller(0, 0, variables({{"SUDO_UID", "77"}, {"SUDO_GID", "77"}}), kPasswd).ok());
}

TEST_CASE("caches are where their programs keep them") {
  auto plan = plan_caches({"hf,pip", "uv,torch", "hf"}, kAnn, variables({{"PIP_CACHE_DIR", "/big/pip"}}), {});
  REQUIRE(plan.ok());
  const auto& mounts = plan.value();
  REQUIRE(mounts.size() == 4);
  CHECK(mounts[0].source == "/data/ann/.cache/huggingface");
  CHECK(mounts[0].target == "/var/cache/aictr/hf");
  CHECK(mounts[0].variable == "HF_HOME");
  CHECK(mounts[1].source == "/big/pip");
  CHECK(mounts[2].variable == "UV_CACHE_DIR");
  CHECK(mounts[2].extra == "UV_LINK_MODE=copy");
  CHECK(mounts[3].variable == "TORCH_HOME");
  auto other = plan_caches({"torch"}, kAnn, variables({{"XDG_CACHE_HOME", "/x"}}), {});
  CHECK(other.value()[0].source == "/x/torch");
  CHECK(plan_caches({"all"}, kAnn, variables({}), {}).value().size() == 6);
}

TEST_CASE("a place that the image or the user chose is where the cache is mounted") {
  auto plan = plan_caches({"hf"}, kAnn, variables({}), {"HF_HOME=/models"});
  CHECK(plan.value()[0].target == "/models");
  CHECK(plan_caches({"hf"}, kAnn, variables({}), {"HF_HOME=relative"}).value()[0].target == "/var/cache/aictr/hf");
}

TEST_CASE("an unknown cache is refused with those that there are") {
  auto plan = plan_caches({"hf,npm"}, kAnn, variables({}), {});
  CHECK(plan.error().message == "unknown cache 'npm' for --cache");
  CHECK(plan.error().hint == "there are hf, pip, uv, torch, triton, cuda and all");
  CHECK_FALSE(plan_caches({""}, kAnn, variables({}), {}).ok());
}
