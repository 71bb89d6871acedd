// Volumes and what fills them, in a store of the test's own; nothing is mounted.

#include "cli/volume.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <thread>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "cli/container_volumes.h"
#include "cli/run_mounts.h"
#include "cli/volume_fill.h"
#include "cli/volume_prune.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::cli;
using aictr::test::TempDir;

namespace {

Result<std::vector<std::string>> nobody(const std::string&) {
  return std::vector<std::string>();
}

Volume named(const std::string& name) {
  Volume volume;
  volume.name = name;
  return volume;
}

void write(const std::string& path, const std::string& text) {
  REQUIRE(write_file(AT_FDCWD, path, text, 0644).ok());
}

std::vector<std::string> names_in(const std::string& path) {
  return list_directory(AT_FDCWD, path).value();
}

// An image's root with a directory of mode 0750 that has a file, another name of it, a link and a folder.
UniqueFd image_root(const std::string& path) {
  REQUIRE(make_directories(AT_FDCWD, path + "/data/sub", 0755).ok());
  write(path + "/data/file", "of the image");
  REQUIRE(sys::link(AT_FDCWD, path + "/data/file", AT_FDCWD, path + "/data/sub/same").ok());
  REQUIRE(sys::symlink("file", AT_FDCWD, path + "/data/link").ok());
  REQUIRE(sys::symlink("/", AT_FDCWD, path + "/out").ok());
  REQUIRE(::chmod((path + "/data").c_str(), 0750) == 0);
  return open_directory(AT_FDCWD, path).value();
}

}  // namespace

TEST_CASE("a volume is made once, listed by name and found again") {
  TempDir directory;
  auto volumes = Volumes::open(directory.path()).value();
  Volume wanted = named("models");
  wanted.labels = {{"a", "b"}};
  wanted.options = {{"type", "tmpfs"}, {"device", "tmpfs"}};
  REQUIRE(volumes.create(wanted).ok());
  REQUIRE(volumes.create(named("data")).ok());
  auto again = volumes.create(named("models")).value();
  CHECK(again.labels.at("a") == "b");  // as it was
  CHECK(again.options.at("device") == "tmpfs");
  auto all = volumes.list().value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "data");
  CHECK_FALSE(all[0].anonymous);
  CHECK(names_in(volumes.data(all[0])).empty());
  CHECK(volumes.find("nothing").error().kind == Kind::not_found);
  CHECK(volumes.find("../volumes/data").error().kind == Kind::not_found);
}

TEST_CASE("a volume without a name gets one") {
  TempDir directory;
  auto volumes = Volumes::open(directory.path()).value();
  auto volume = volumes.create({}).value();
  CHECK(volume.anonymous);
  CHECK(volume.name.size() == 64);
  CHECK(volumes.find(volume.name).value().anonymous);
}

TEST_CASE("names and options that have no meaning are refused") {
  TempDir directory;
  auto volumes = Volumes::open(directory.path()).value();
  for (const char* bad : {"a", ".hidden", "a/b", "with blank", "-a"}) {
    CAPTURE(bad);
    CHECK(volumes.create(named(bad)).error().kind == Kind::usage);
  }
  Volume wanted = named("odd");
  wanted.options = {{"colour", "red"}};
  CHECK(volumes.create(wanted).error().kind == Kind::usage);
  wanted.options = {{"type", "nfs"}};
  CHECK(volumes.create(wanted).error().message == "the volume options name no device");
  CHECK(check_volume_driver("nfs").error().kind == Kind::unsupported);
}

TEST_CASE("a volume that is used stays, and one that is removed takes what killed commands have left with it") {
  TempDir directory;
  auto volumes = Volumes::open(directory.path()).value();
  REQUIRE(volumes.create(named("used")).ok());
  auto users = [](const std::string&) -> Result<std::vector<std::string>> { return std::vector<std::string>{"web"}; };
  auto refused = volumes.remove("used", users);
  CHECK(refused.error().kind == Kind::busy);
  CHECK(refused.error().message == "volume 'used' is in use by web");
  REQUIRE(sys::mkdir(AT_FDCWD, directory.path() + "/volumes/.draft", 0700).ok());
  REQUIRE(volumes.remove("used", nobody).ok());
  CHECK(names_in(directory.path() + "/volumes") == std::vector<std::string>{".lock"});
  CHECK(volumes.remove("used", nobody).error().kind == Kind::not_found);
}

TEST_CASE("who holds the volumes keeps them from being removed") {
  TempDir directory;
  auto volumes = Volumes::open(directory.path()).value();
  REQUIRE(volumes.create(named("wanted")).ok());
  std::optional<FileLock> held = volumes.hold().value();
  bool recorded = false;
  std::thread remover([&] {
    auto removed = volumes.remove("wanted", [&](const std::string&) -> Result<std::vector<std::string>> {
      return recorded ? std::vector<std::string>{"box"} : std::vector<std::string>();
    });
    CHECK_FALSE(removed.ok());
  });
  recorded = true;  // as a container's record does
  held.reset();
  remover.join();
  CHECK(volumes.find("wanted").ok());
}

TEST_CASE("an empty volume takes what the image has, with the owner and the mode of the directory") {
  TempDir directory;
  UniqueFd root = image_root(directory.path() + "/image");
  auto volumes = Volumes::open(directory.path()).value();
  auto volume = volumes.create(named("data")).value();
  REQUIRE(fill_volume(volumes, volume, root.get(), "/data").ok());
  std::string data = volumes.data(volume);
  CHECK(names_in(data) == std::vector<std::string>{"file", "link", "sub"});
  CHECK(read_file(AT_FDCWD, data + "/link").value() == "of the image");
  struct stat file = sys::stat(AT_FDCWD, data + "/file").value();
  CHECK(file.st_nlink == 2);
  CHECK(sys::stat(AT_FDCWD, data + "/sub/same").value().st_ino == file.st_ino);
  CHECK((sys::stat(AT_FDCWD, data).value().st_mode & 07777) == 0750);
  CHECK(names_in(volumes.directory(volume)) == std::vector<std::string>{"_data", "lock", "volume.json"});
}

TEST_CASE("a volume that has something keeps it") {
  TempDir directory;
  UniqueFd root = image_root(directory.path() + "/image");
  auto volumes = Volumes::open(directory.path()).value();
  auto volume = volumes.create(named("data")).value();
  write(volumes.data(volume) + "/own", "mine");
  REQUIRE(fill_volume(volumes, volume, root.get(), "/data").ok());
  CHECK(names_in(volumes.data(volume)) == std::vector<std::string>{"own"});
}

TEST_CASE("a copy that was broken off is done again, and one that was whole is finished") {
  TempDir directory;
  UniqueFd root = image_root(directory.path() + "/image");
  auto volumes = Volumes::open(directory.path()).value();
  auto volume = volumes.create(named("data")).value();
  std::string own = volumes.directory(volume);
  REQUIRE(make_directories(AT_FDCWD, own + "/copying/half", 0755).ok());
  REQUIRE(fill_volume(volumes, volume, root.get(), "/data").ok());
  CHECK(names_in(volumes.data(volume)) == std::vector<std::string>{"file", "link", "sub"});

  REQUIRE(make_directories(AT_FDCWD, own + "/copied/rest", 0755).ok());
  REQUIRE(fill_volume(volumes, volume, root.get(), "/data").ok());
  CHECK(names_in(volumes.data(volume)) == std::vector<std::string>{"file", "link", "rest", "sub"});
}

TEST_CASE("an image has nothing to give outside of itself, or where it has no directory") {
  TempDir directory;
  UniqueFd root = image_root(directory.path() + "/image");
  auto volumes = Volumes::open(directory.path()).value();
  auto volume = volumes.create(named("data")).value();
  REQUIRE(fill_volume(volumes, volume, root.get(), "/data/file").ok());
  REQUIRE(fill_volume(volumes, volume, root.get(), "/none").ok());
  CHECK(names_in(volumes.data(volume)).empty());
  REQUIRE(fill_volume(volumes, volume, root.get(), "/out/data").ok());  // a link to "/" ends at the image's own root
  CHECK(names_in(volumes.data(volume)).size() == 3);
}

TEST_CASE("volumes that were made for a container go when it cannot be made, and stay when it is") {
  TempDir directory;
  auto containers = Containers::open(directory.path()).value();
  RunFlags flags;
  flags.volume = {"/data", "kept:/kept"};
  { auto mounts = RunMounts::prepare(flags, {}, containers, "/").value(); }
  auto volumes = Volumes::open(directory.path()).value();
  REQUIRE(volumes.list().value().size() == 1);
  CHECK(volumes.list().value()[0].name == "kept");

  Container container;
  {
    auto mounts = RunMounts::prepare(flags, {}, containers, "/").value();
    container.mounts = mounts.list();
    REQUIRE(containers.create(container).ok());
    mounts.recorded();
  }
  CHECK(volumes.list().value().size() == 2);
  CHECK(users_of_volumes(containers)("kept").value() == std::vector<std::string>{container.name});
  auto pruned = prune_volumes(directory.path(), true, [](const Volume&) { return true; }).value();
  CHECK(pruned.names.empty());
}

TEST_CASE("the image's volumes are anonymous ones, unless something is mounted there") {
  TempDir directory;
  auto containers = Containers::open(directory.path()).value();
  RunFlags flags;
  flags.tmpfs = {"/cache"};
  oci::ContainerConfig image;
  image.volumes = {"/cache/", "/data"};
  auto mounts = RunMounts::prepare(flags, image, containers, "/").value();
  REQUIRE(mounts.list().size() == 2);
  CHECK(mounts.list()[1].destination == "/data");
  CHECK(mounts.list()[1].anonymous);
}

TEST_CASE("--volumes-from takes binds and volumes of another container, read-only when asked") {
  TempDir directory;
  auto containers = Containers::open(directory.path()).value();
  Container other;
  other.name = "other";
  RunFlags flags;
  flags.volume = {"/data", "/etc:/conf", "name:/kept"};
  flags.tmpfs = {"/tmp"};
  auto first = RunMounts::prepare(flags, {}, containers, "/").value();
  other.mounts = first.list();
  REQUIRE(containers.create(other).ok());
  first.recorded();

  RunFlags from;
  from.volumes_from = {"other:ro"};
  from.tmpfs = {"/conf"};
  auto mounts = RunMounts::prepare(from, {}, containers, "/").value();
  REQUIRE(mounts.list().size() == 3);
  CHECK(mounts.list()[0].kind == "tmpfs");  // its own mount wins
  CHECK(mounts.list()[1].volume == other.mounts[0].volume);
  CHECK(mounts.list()[1].read_only());
  CHECK_FALSE(mounts.list()[1].anonymous);
  from.volumes_from = {"other:wo"};
  CHECK(RunMounts::prepare(from, {}, containers, "/").error().kind == Kind::usage);
  from.volumes_from = {"nobody"};
  CHECK(RunMounts::prepare(from, {}, containers, "/").error().kind == Kind::not_found);
}

TEST_CASE("a read-only root leaves programs their temporary places, where nothing else is mounted") {
  TempDir directory;
  auto containers = Containers::open(directory.path()).value();
  RunFlags flags;
  flags.read_only = true;
  flags.volume = {"/etc:/tmp"};
  auto mounts = RunMounts::prepare(flags, {}, containers, "/").value();
  REQUIRE(mounts.list().size() == 3);
  CHECK(mounts.list()[0].kind == "bind");
  CHECK(mounts.list()[1].destination == "/run");
  CHECK(mounts.list()[2].destination == "/var/tmp");
  flags.read_only_tmpfs = false;
  CHECK(RunMounts::prepare(flags, {}, containers, "/").value().list().size() == 1);
}

TEST_CASE("a missing bind source is an error that says so") {
  TempDir directory;
  auto containers = Containers::open(directory.path()).value();
  RunFlags flags;
  flags.volume = {"/no/such/directory:/b"};
  auto mounts = RunMounts::prepare(flags, {}, containers, "/");
  REQUIRE_FALSE(mounts.ok());
  CHECK(mounts.error().kind == Kind::not_found);
  CHECK(mounts.error().message == "bind mount for '/b': stat '/no/such/directory': No such file or directory");
}
