#include "cli/run_cdi.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::cli;

TEST_CASE("what the user says about a variable or a place wins over a CDI file") {
  oci::ContainerEdits edits;
  edits.env = {"A=file", "B=file"};
  for (const char* path : {"/kept", "/of/v", "/of/mount", "/of/tmpfs"}) edits.mounts.push_back({"/h", path, "", {}});
  RunFlags flags;
  flags.env = {"A=user"};
  flags.volume = {"/src:/of/v:ro"};
  flags.mount = {"type=bind,source=/x,target=/of/mount"};
  flags.tmpfs = {"/of/tmpfs:size=1m"};
  keep_choices_of_user(edits, flags);
  CHECK(edits.env == std::vector<std::string>{"B=file"});
  REQUIRE(edits.mounts.size() == 1);
  CHECK(edits.mounts[0].container_path == "/kept");
}
