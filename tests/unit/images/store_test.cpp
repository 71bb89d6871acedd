#include "images/store.h"

#include <fcntl.h>

#include <thread>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/gc.h"
#include "images/layer.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::images;

namespace {

oci::Reference reference(std::string_view text) {
  return oci::Reference::parse(text).value();
}

Store open_store(const test::TempDir& directory) {
  return Store::open(directory / "store").value();
}

oci::Digest add_layer(const Store& store, const std::string& content) {
  LayerDraft draft = LayerDraft::create(store).value();
  REQUIRE(write_file(AT_FDCWD, draft.upper() + "/file", content, 0644).ok());
  timespec epoch{};
  REQUIRE(sys::set_times(AT_FDCWD, draft.upper() + "/file", epoch, epoch).ok());
  auto layer = std::move(draft).commit();
  REQUIRE(layer.ok());
  return layer.value().diff_id;
}

oci::ImageConfig config_of(std::vector<oci::Digest> layers, const std::string& created) {
  oci::ImageConfig config;
  config.created = created;
  config.platform = oci::native_platform();
  config.config.cmd = std::vector<std::string>{"sh"};
  config.diff_ids = std::move(layers);
  return config;
}

Image add_image(Store& store, const std::string& content, const std::vector<std::string>& names) {
  std::vector<oci::Reference> references;
  for (const std::string& name : names) references.push_back(reference(name));
  auto image = store.add(config_of({add_layer(store, content)}, "2026-01-01T00:00:00Z"), references);
  REQUIRE(image.ok());
  return std::move(image).value();
}

std::vector<std::string> names_in(const Store& store, const char* directory) {
  return list_directory(store.fd(), directory).value();
}

}  // namespace

TEST_CASE("a store is made where there is none, and opened again") {
  test::TempDir directory;
  REQUIRE(Store::open(directory / "a/b/store").ok());
  auto again = Store::open(directory / "a/b/store");
  REQUIRE(again.ok());
  CHECK(again.value().list().value().empty());
}

TEST_CASE("a store of a newer format is left alone") {
  test::TempDir directory;
  open_store(directory);
  REQUIRE(write_file(directory.fd(), "store/version", "2\n", 0600).ok());
  auto store = Store::open(directory / "store");
  REQUIRE_FALSE(store.ok());
  CHECK(store.error().kind == Kind::unsupported);
  CHECK(store.error().message.find("format version 2") != std::string::npos);
}

TEST_CASE("a version file with something else in it is corrupt") {
  test::TempDir directory;
  open_store(directory);
  REQUIRE(write_file(directory.fd(), "store/version", "one\n", 0600).ok());
  CHECK(Store::open(directory / "store").error().kind == Kind::corrupt);
}

TEST_CASE("an image is found by name, tag, digest and ID") {
  test::TempDir directory;
  Store store = open_store(directory);
  Image image = add_image(store, "x", {"my-app:1", "other/name"});
  for (const std::string& name :
       {std::string("my-app:1"), std::string("docker.io/library/my-app:1"), std::string("other/name:latest"),
        "my-app@" + image.manifest_digest.text(), image.id.text(), image.id.hex(), image.id.short_id()}) {
    CAPTURE(name);
    auto found = store.find(name);
    REQUIRE(found.ok());
    CHECK(found.value().id == image.id);
    CHECK(found.value().names.size() == 2);
    CHECK(found.value().config.config.cmd == std::vector<std::string>{"sh"});
  }
}

TEST_CASE("what is not there is named, with a hint") {
  test::TempDir directory;
  Store store = open_store(directory);
  add_image(store, "x", {"my-app"});
  for (const char* name : {"my-app:2", "app", "sha256:0", "fff0"}) {
    CAPTURE(name);
    auto found = store.find(name);
    if (found.ok()) continue;  // an ID may begin with anything
    CHECK(found.error().kind == Kind::not_found);
    CHECK(found.error().message.find(name) != std::string::npos);
    CHECK_FALSE(found.error().hint.empty());
  }
  CHECK(store.find("My App").error().kind == Kind::usage);
}

TEST_CASE("a prefix that fits several images is refused") {
  test::TempDir directory;
  Store store = open_store(directory);
  // Seventeen images cannot all begin with different digits.
  for (int i = 0; i < 17; ++i) add_image(store, std::to_string(i), {});
  int ambiguous = 0;
  for (char digit : std::string("0123456789abcdef")) {
    auto found = store.find(std::string("sha256:") + digit);
    if (!found.ok() && found.error().kind == Kind::usage) ++ambiguous;
  }
  CHECK(ambiguous > 0);
}

TEST_CASE("a name wins over an ID") {
  test::TempDir directory;
  Store store = open_store(directory);
  Image first = add_image(store, "x", {});
  Image second = add_image(store, "y", {first.id.short_id()});
  CHECK(store.find(first.id.short_id()).value().id == second.id);
  CHECK(store.find("sha256:" + first.id.short_id()).value().id == first.id);
}

TEST_CASE("the same input gives the same digests") {
  test::TempDir one;
  test::TempDir two;
  Store first = open_store(one);
  Store second = open_store(two);
  CHECK(add_image(first, "x", {"a"}).manifest_digest == add_image(second, "x", {"b"}).manifest_digest);
}

TEST_CASE("an image whose name another takes stays without one") {
  test::TempDir directory;
  Store store = open_store(directory);
  Image first = add_image(store, "x", {"app"});
  Image second = add_image(store, "y", {"app"});
  CHECK(store.find("app").value().id == second.id);
  CHECK(store.find(first.id.hex()).value().names.empty());
  CHECK(store.list().value().size() == 2);
  REQUIRE(store.tag(first, reference("app")).ok());
  CHECK(store.find("app").value().id == first.id);
  CHECK(store.find(first.id.hex()).value().names.size() == 1);
}

TEST_CASE("images are listed newest first") {
  test::TempDir directory;
  Store store = open_store(directory);
  oci::Digest layer = add_layer(store, "x");
  for (const char* year : {"2024", "2026", "2025"}) {
    REQUIRE(store.add(config_of({layer}, std::string(year) + "-01-01T00:00:00Z"), {}).ok());
  }
  auto images = store.list().value();
  REQUIRE(images.size() == 3);
  CHECK(images[0].config.created.substr(0, 4) == "2026");
  CHECK(images[2].config.created.substr(0, 4) == "2024");
}

TEST_CASE("an image of a layer that is not there is not added") {
  test::TempDir directory;
  Store store = open_store(directory);
  auto image = store.add(config_of({oci::Digest::sha256(std::string(64, 'a'))}, ""), {reference("app")});
  REQUIRE_FALSE(image.ok());
  CHECK(image.error().kind == Kind::not_found);
  CHECK(store.list().value().empty());
}

TEST_CASE("removing the last name removes image and layers, and leaves nothing") {
  test::TempDir directory;
  Store store = open_store(directory);
  Image image = add_image(store, "x", {"app:1", "app:2"});
  auto first = store.remove("app:1", false);
  REQUIRE(first.ok());
  CHECK(first.value().untagged == std::vector<std::string>{"app:1"});
  CHECK(first.value().deleted.empty());
  auto second = store.remove("app:2", false);
  REQUIRE(second.ok());
  CHECK(second.value().deleted == std::vector<oci::Digest>{image.id, image.config.diff_ids[0]});
  CHECK(store.list().value().empty());
  for (const char* place : {"layers", "blobs/sha256", "drafts"}) CHECK(names_in(store, place).empty());
}

TEST_CASE("a layer that another image or a cache record needs stays") {
  test::TempDir directory;
  Store store = open_store(directory);
  oci::Digest shared = add_layer(store, "shared");
  oci::Digest cached = add_layer(store, "cached");
  oci::Digest own = add_layer(store, "own");
  REQUIRE(store.add(config_of({shared}, "1"), {reference("other")}).ok());
  REQUIRE(store.add(config_of({shared, cached, own}, "2"), {reference("app")}).ok());
  REQUIRE(make_directories(store.fd(), "cache/steps", 0700).ok());
  REQUIRE(write_file(store.fd(), "cache/steps/key", "{\"layer\":\"" + cached.text() + "\"}", 0600).ok());
  auto removed = store.remove("app", false);
  REQUIRE(removed.ok());
  CHECK(removed.value().deleted.size() == 2);
  CHECK(store.has_layer(shared));
  CHECK(store.has_layer(cached));
  CHECK_FALSE(store.has_layer(own));
}

TEST_CASE("an ID with several names is removed by force only") {
  test::TempDir directory;
  Store store = open_store(directory);
  Image image = add_image(store, "x", {"a", "b"});
  auto refused = store.remove(image.id.hex(), false);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == Kind::busy);
  auto removed = store.remove(image.id.hex(), true);
  REQUIRE(removed.ok());
  CHECK(removed.value().untagged.size() == 2);
  CHECK(store.list().value().empty());
}

TEST_CASE("an image that a container uses loses its name by force, and stays") {
  test::TempDir directory;
  Store store = open_store(directory);
  Image image = add_image(store, "x", {"app"});
  ImagesInUse in_use = [&] { return Result<std::vector<oci::Digest>>(std::vector{image.id}); };
  CHECK(store.remove("app", false, in_use).error().kind == Kind::busy);
  CHECK(store.find("app").ok());
  auto removed = store.remove("app", true, in_use);
  REQUIRE(removed.ok());
  CHECK(removed.value().deleted.empty());
  CHECK(store.find(image.id.hex()).ok());
  CHECK(store.has_layer(image.config.diff_ids[0]));
}

TEST_CASE("while the store is held nothing is deleted, and the next removal catches up") {
  test::TempDir directory;
  Store store = open_store(directory);
  Image image = add_image(store, "x", {"app"});
  {
    FileLock hold = store.hold().value();
    REQUIRE(store.remove("app", false).ok());
    CHECK(store.list().value().empty());
    CHECK(store.has_layer(image.config.diff_ids[0]));
  }
  auto gone = collect_garbage(store, {});
  REQUIRE(gone.ok());
  CHECK(gone.value() == image.config.diff_ids);
}

TEST_CASE("files that a killed process had not renamed yet are collected") {
  test::TempDir directory;
  Store store = open_store(directory);
  for (const char* name : {"index.json.0123abcd.tmp", "blobs/sha256/00ff.0123abcd.tmp"}) {
    REQUIRE(write_file(store.fd(), name, "half", 0600).ok());
  }
  REQUIRE(make_directories(store.fd(), "drafts/empty", 0700).ok());
  REQUIRE(make_directories(store.fd(), "drafts/dead/layer/fs", 0700).ok());
  REQUIRE(write_file(store.fd(), "drafts/dead/lock", "", 0600).ok());
  REQUIRE(collect_garbage(store, {}).ok());
  CHECK_FALSE(sys::exists(store.fd(), "index.json.0123abcd.tmp"));
  CHECK(names_in(store, "blobs/sha256").empty());
  CHECK(names_in(store, "drafts").empty());
}

TEST_CASE("a damaged index is told apart from an empty store") {
  test::TempDir directory;
  Store store = open_store(directory);
  REQUIRE(write_file(store.fd(), "index.json", "{\"schemaVersion\":2,", 0600).ok());
  auto images = store.list();
  REQUIRE_FALSE(images.ok());
  CHECK(images.error().kind == Kind::corrupt);
  CHECK(images.error().message.find("index.json") != std::string::npos);
  CHECK_FALSE(images.error().hint.empty());
}

TEST_CASE("an image whose blob is damaged can be removed by name, and takes no layer of others along") {
  test::TempDir directory;
  Store store = open_store(directory);
  Image broken = add_image(store, "x", {"broken"});
  Image sound = add_image(store, "y", {"sound"});
  REQUIRE(write_file(store.fd(), "blobs/sha256/" + broken.id.hex(), "garbage", 0600).ok());
  auto found = store.find("broken");
  REQUIRE_FALSE(found.ok());
  CHECK(found.error().kind == Kind::corrupt);
  CHECK(store.find("sound").ok());
  REQUIRE(store.remove("broken", false).ok());
  CHECK(store.list().value().size() == 1);
  CHECK(store.has_layer(sound.config.diff_ids[0]));
  CHECK_FALSE(store.has_layer(broken.config.diff_ids[0]));
}

TEST_CASE("two threads that add images lose none") {
  test::TempDir directory;
  open_store(directory);
  auto work = [&](const std::string& who) {
    Store store = open_store(directory);
    for (int i = 0; i < 20; ++i) {
      LayerDraft draft = LayerDraft::create(store).value();
      ignore(write_file(AT_FDCWD, draft.upper() + "/file", "same", 0644));
      timespec epoch{};
      ignore(sys::set_times(AT_FDCWD, draft.upper() + "/file", epoch, epoch));
      Layer layer = std::move(draft).commit().value();
      ignore(store.add(config_of({layer.diff_id}, who + std::to_string(i)), {reference(who + std::to_string(i))}));
    }
  };
  std::thread first(work, "a");
  std::thread second(work, "b");
  first.join();
  second.join();
  Store store = open_store(directory);
  CHECK(store.list().value().size() == 40);
  CHECK(names_in(store, "layers").size() == 1);
  CHECK(names_in(store, "drafts").empty());
}
