#include "images/snapshot.h"

#include <fcntl.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/layer.h"
#include "images/overlay.h"
#include "tests/skip.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::images;

namespace {

oci::Digest add_layer(const Store& store, const std::vector<std::pair<std::string, std::string>>& files) {
  LayerDraft draft = LayerDraft::create(store).value();
  for (const auto& [name, content] : files) {
    REQUIRE(write_file(AT_FDCWD, draft.upper() + "/" + name, content, 0644).ok());
  }
  auto layer = std::move(draft).commit();
  REQUIRE(layer.ok());
  return layer.value().diff_id;
}

std::string read_in(const UniqueFd& mount, const std::string& path) {
  return read_file(mount.get(), path).value_or("(missing)");
}

std::string mount_table() {
  return read_file(AT_FDCWD, "/proc/self/mountinfo").value();
}

}  // namespace

TEST_CASE("layers are stacked in order, and writes go to the upper directory") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  std::string before = mount_table();
  std::vector<oci::Digest> layers{add_layer(store, {{"a", "low"}, {"b", "low"}}), add_layer(store, {{"b", "high"}})};
  LayerDraft draft = LayerDraft::create(store).value();
  auto mount = mount_layers(store, layers, Writable{draft.upper(), draft.work()});
  REQUIRE_MESSAGE(mount.ok(), (mount.ok() ? "" : mount.error().message));
  CHECK(read_in(mount.value(), "a") == "low");
  CHECK(read_in(mount.value(), "b") == "high");
  REQUIRE(write_file(mount.value().get(), "c", "new", 0644).ok());
  REQUIRE(sys::unlink(mount.value().get(), "a").ok());
  CHECK(mount_table() == before);
  mount.value().reset();
  CHECK(read_file(AT_FDCWD, draft.upper() + "/c").value() == "new");

  layers.push_back(std::move(draft).commit().value().diff_id);
  auto again = mount_layers(store, layers, {});
  REQUIRE(again.ok());
  CHECK(read_in(again.value(), "a") == "(missing)");
  CHECK(read_in(again.value(), "c") == "new");
  auto write = write_file(again.value().get(), "d", "no", 0644);
  REQUIRE_FALSE(write.ok());
  CHECK(write.error().code == EROFS);
}

TEST_CASE("a layer may come twice") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  oci::Digest twice = add_layer(store, {{"a", "twice"}});
  oci::Digest between = add_layer(store, {{"a", "between"}, {"b", "between"}});
  LayerDraft draft = LayerDraft::create(store).value();
  auto mount = mount_layers(store, std::vector{twice, between, twice}, Writable{draft.upper(), draft.work()});
  REQUIRE_MESSAGE(mount.ok(), (mount.ok() ? "" : mount.error().message));
  CHECK(read_in(mount.value(), "a") == "twice");
  CHECK(read_in(mount.value(), "b") == "between");
  CHECK(mount_layers(store, std::vector{twice, twice}, {}).ok());
}

TEST_CASE("no layer at all, and one, can be mounted both ways") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  std::vector<oci::Digest> none;
  std::vector<oci::Digest> one{add_layer(store, {{"a", "x"}})};
  for (const auto& layers : {none, one}) {
    CAPTURE(layers.size());
    LayerDraft draft = LayerDraft::create(store).value();
    auto writable = mount_layers(store, layers, Writable{draft.upper(), draft.work(), true});
    REQUIRE(writable.ok());
    CHECK(write_file(writable.value().get(), "b", "y", 0644).ok());
    auto read_only = mount_layers(store, layers, {});
    REQUIRE(read_only.ok());
    CHECK_FALSE(write_file(read_only.value().get(), "b", "y", 0644).ok());
    CHECK(list_directory(read_only.value().get()).value().size() == layers.size());
  }
}

TEST_CASE("a stack of two hundred layers is mounted") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  std::vector<oci::Digest> layers;
  for (int i = 0; i < 200; ++i) layers.push_back(add_layer(store, {{"f" + std::to_string(i), "x"}}));
  LayerDraft draft = LayerDraft::create(store).value();
  auto mount = mount_layers(store, layers, Writable{draft.upper(), draft.work()});
  REQUIRE_MESSAGE(mount.ok(), (mount.ok() ? "" : mount.error().message));
  CHECK(list_directory(mount.value().get()).value().size() == 200);
}

TEST_CASE("the ways of older kernels give the same mount and leave none behind") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir directory;
  std::vector<UniqueFd> lowers;
  for (const char* name : {"a", "b"}) {
    lowers.push_back(make_and_open_directory(directory.fd(), name, 0755).value());
    REQUIRE(write_file(lowers.back().get(), name, name, 0644).ok());
  }
  REQUIRE(sys::mkdir(directory.fd(), "point", 0700).ok());
  std::string before = mount_table();
  for (int way = 0; way < 3; ++way) {
    CAPTURE(way);
    std::string number = std::to_string(way);
    UniqueFd upper = make_and_open_directory(directory.fd(), "upper" + number, 0755).value();
    UniqueFd work = make_and_open_directory(directory.fd(), "work" + number, 0755).value();
    for (bool writable : {false, true}) {
      Overlay overlay{lowers, writable ? upper.get() : -1, writable ? work.get() : -1, false};
      auto mount = way == 0   ? mount_by_layer(overlay)
                   : way == 1 ? mount_by_option(overlay)
                              : mount_by_old_call(overlay, directory / "point");
      REQUIRE_MESSAGE(mount.ok(), (mount.ok() ? "" : mount.error().message));
      CHECK(read_in(mount.value(), "a") == "a");
      CHECK(read_in(mount.value(), "b") == "b");
      CHECK(write_file(mount.value().get(), "c", "new", 0644).ok() == writable);
      CHECK(mount_table() == before);
    }
  }
}

TEST_CASE("the root of the mount has mode and owner of the topmost layer's") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  LayerDraft base = LayerDraft::create(store).value();
  UniqueFd root = open_directory(AT_FDCWD, base.upper()).value();
  REQUIRE(sys::chmod(root.get(), 0750).ok());
  REQUIRE(sys::chown(AT_FDCWD, base.upper(), 5, 6).ok());
  std::vector<oci::Digest> layers{std::move(base).commit().value().diff_id};
  LayerDraft draft = LayerDraft::create(store).value();
  auto mount = mount_layers(store, layers, Writable{draft.upper(), draft.work()});
  REQUIRE(mount.ok());
  struct stat st = sys::stat(mount.value().get()).value();
  CHECK((st.st_mode & 07777) == 0750);
  CHECK(st.st_uid == 5);
  CHECK(st.st_gid == 6);
}

TEST_CASE("a missing layer is named") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir directory;
  Store store = Store::open(directory / "store").value();
  std::vector<oci::Digest> layers{oci::Digest::sha256(std::string(64, 'b'))};
  auto mount = mount_layers(store, layers, {});
  REQUIRE_FALSE(mount.ok());
  CHECK(mount.error().kind == Kind::corrupt);
  CHECK(mount.error().message.find(layers[0].text()) != std::string::npos);
}

TEST_CASE("a store on overlayfs is told why it will not do") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir directory;
  Store outer = Store::open(directory / "store").value();
  LayerDraft draft = LayerDraft::create(outer).value();
  std::vector<oci::Digest> none;
  UniqueFd mount = mount_layers(outer, none, Writable{draft.upper(), draft.work()}).value();
  std::string inside = "/proc/self/fd/" + std::to_string(mount.get()) + "/store";
  Store inner = Store::open(inside).value();
  LayerDraft second = LayerDraft::create(inner).value();
  auto refused = mount_layers(inner, none, Writable{second.upper(), second.work()});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == Kind::unsupported);
  CHECK(refused.error().message.find("is on overlayfs") != std::string::npos);
  CHECK(refused.error().hint.find("--root") != std::string::npos);
}
