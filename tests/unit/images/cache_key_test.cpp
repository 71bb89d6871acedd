#include "images/cache_key.h"

#include <set>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::images;

namespace {

const std::vector<oci::Digest> kLayers = {oci::Digest::sha256(std::string(64, 'a'))};

RunAction run() {
  return {{"/bin/sh", "-c", "make"}, {"A=1", "B=2"}, "me", "/srv", true, {}, std::nullopt};
}

CopyAction copy() {
  CopyAction action;
  action.sources = {"a"};
  action.destination = "/d";
  return action;
}

}  // namespace

TEST_CASE("everything that RUN's result depends on is in its key") {
  std::vector<RunAction> different(7, run());
  different[1].arguments[2] = "make all";
  different[2].environment = {"A=1", "B=3"};
  different[3].environment = {"A=1B=2"};
  different[4].user = "";
  different[5].working_directory = "/";
  different[6].network = false;
  std::set<std::string> keys;
  for (const RunAction& action : different) keys.insert(key_of(action, {}, kLayers, {}));
  keys.insert(key_of(run(), {}, {}, {}));
  keys.insert(key_of(run(), {}, kLayers, 5));
  RunAction script = run();
  script.script = RunAction::Script{"/x", "#!x"};
  keys.insert(key_of(script, {}, kLayers, {}));
  CHECK(keys.size() == 10);
  CHECK(key_of(run(), {}, kLayers, {}) == key_of(run(), {}, kLayers, {}));
}

TEST_CASE("words that move from one list to the next change the key") {
  RunAction first = run();
  first.arguments = {"a", "b"};
  first.environment = {"c"};
  RunAction second = run();
  second.arguments = {"a"};
  second.environment = {"b", "c"};
  CHECK(key_of(first, {}, kLayers, {}) != key_of(second, {}, kLayers, {}));
}

TEST_CASE("COPY's key is about what is copied and where to, not about how the sources are written") {
  std::vector<CopiedItem> items = {{"a", "1"}};
  std::string key = key_of(copy(), items, kLayers, {});
  CopyAction same = copy();
  same.sources = {"other/a"};
  CHECK(key_of(same, items, kLayers, {}) == key);
  std::set<std::string> keys = {key};
  keys.insert(key_of(copy(), {{"a", "2"}}, kLayers, {}));
  keys.insert(key_of(copy(), {{"b", "1"}}, kLayers, {}));
  keys.insert(key_of(copy(), {{"a", "1"}, {"a", "1"}}, kLayers, {}));
  std::vector<CopyAction> different(6, copy());
  different[0].destination = "/e";
  different[1].into_directory = true;
  different[2].chown = "1";
  different[3].chmod = "755";
  different[4].unpack = true;
  different[5].documents = {{"x", "y"}};
  for (const CopyAction& action : different) keys.insert(key_of(action, items, kLayers, {}));
  CHECK(keys.size() == 10);
}

TEST_CASE("WORKDIR's key has the path and the user") {
  std::set<std::string> keys;
  keys.insert(key_of(MakeDirectoryAction{"/a", ""}, kLayers, {}));
  keys.insert(key_of(MakeDirectoryAction{"/a", "me"}, kLayers, {}));
  keys.insert(key_of(MakeDirectoryAction{"/b", ""}, kLayers, {}));
  CHECK(keys.size() == 3);
}
