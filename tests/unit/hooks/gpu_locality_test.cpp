#include "hooks/gpu_locality.h"

#include <fcntl.h>

#include <doctest/doctest.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/scope.h"

using namespace aictr;

TEST_CASE("the CPUs near a GPU are those of its address on the bus") {
  char directory[] = "/tmp/aictr-test-XXXXXX";
  REQUIRE(::mkdtemp(directory) != nullptr);
  std::string tree = directory;
  Defer remove([&] { ignore(remove_tree(AT_FDCWD, tree)); });
  auto write = [&](const std::string& path, const std::string& text) {
    std::string whole = tree + "/" + path;
    REQUIRE(make_directories(AT_FDCWD, whole.substr(0, whole.rfind('/')), 0755).ok());
    REQUIRE(write_file(AT_FDCWD, whole, text, 0644, Durability::until_reboot).ok());
  };
  write("proc/driver/nvidia/gpus/0000:18:00.0/information", "Model: \t x\nDevice Minor: \t 1\n");
  write("proc/driver/nvidia/gpus/0000:2a:00.0/information", "Device Minor: 0\n");
  write("proc/driver/nvidia/gpus/0000:3b:00.0/information", "no minor\n");
  write("sys/bus/pci/devices/0000:18:00.0/local_cpulist", "0-3\n");
  write("sys/bus/pci/devices/0000:2a:00.0/local_cpulist", "4-7\n");
  CHECK(hooks::cpus_near_nvidia({0, 1, 9}, tree) == std::vector<std::string>{"4-7", "0-3", ""});
  CHECK(hooks::cpus_near_nvidia({0}, tree + "/none") == std::vector<std::string>{""});
}
