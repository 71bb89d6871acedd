#include "runtime/exec_check.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::runtime;

TEST_CASE("a process joins a container that runs or is about to, and a paused one only when told to") {
  CHECK(check_visitable("running", false).ok());
  CHECK(check_visitable("created", false).ok());
  CHECK(check_visitable("paused", true).ok());
  CHECK(check_visitable("paused", false).error().kind == Kind::busy);
  CHECK(check_visitable("stopped", true).error().message == "cannot exec in a stopped container");
  CHECK(check_visitable("creating", false).error().message == "cannot exec in a creating container");
}

TEST_CASE("what a joining process leaves open is the container's, what it says is its own") {
  oci::Process first;
  first.capabilities.emplace().bounding = {"CAP_CHOWN"};
  first.rlimits = {{"RLIMIT_CORE", 1, 1}};
  first.apparmor_profile = "first";
  first.oom_score_adj = 7;
  first.no_new_privileges = true;
  first.env = {"SECRET=1"};
  oci::Process open;
  inherit_from(first, open);
  CHECK(open.capabilities->bounding == std::vector<std::string>{"CAP_CHOWN"});
  CHECK(open.rlimits.size() == 1);
  CHECK(open.apparmor_profile == "first");
  CHECK(open.oom_score_adj == 7);
  CHECK_FALSE(open.no_new_privileges);
  CHECK(open.env.empty());
  oci::Process own;
  own.capabilities.emplace();
  own.rlimits = {{"RLIMIT_NOFILE", 2, 2}};
  own.apparmor_profile = "own";
  own.oom_score_adj = 0;
  inherit_from(first, own);
  CHECK(own.capabilities->bounding.empty());
  CHECK(own.rlimits[0].type == "RLIMIT_NOFILE");
  CHECK(own.apparmor_profile == "own");
  CHECK(own.oom_score_adj == 0);
}
