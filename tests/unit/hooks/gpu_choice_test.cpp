#include "hooks/gpu_choice.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "hooks/nvidia_mig.h"
#include "hooks/nvidia_nodes.h"
#include "hooks/nvidia_version.h"
#include "hooks/nvml_report.h"

using namespace aictr;
using namespace aictr::hooks;

namespace {

std::vector<Gpu> machine() {
  std::vector<Gpu> gpus(3);
  for (unsigned i = 0; i < 3; ++i) {
    gpus[i].index = i;
    gpus[i].minor = 2 - i;  // minors need not be indexes
    gpus[i].uuid = fmt::format("GPU-{}", i);
    gpus[i].pci = fmt::format("0000:0{}:00.0", i + 1);
    gpus[i].memory = (i + 1) * (40LL << 30);
    gpus[i].free = i != 0;
  }
  gpus[2].mig = {{1, 0, 12, 13, "MIG-a", "1g.18gb"}, {2, 0, 21, 22, "MIG-b", "1g.18gb"}};
  return gpus;
}

std::string chosen(std::string_view request) {
  auto choice = choose_gpus(parse_gpu_request(request).value(), machine());
  if (!choice.ok()) return choice.error().message;
  std::string text;
  for (const ChosenGpu& one : choice.value()) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", one.gpu.index);
    for (const MigInstance& mig : one.instances) text += fmt::format(":{}", mig.gpu_instance);
  }
  return text;
}

}  // namespace

TEST_CASE("counts take the first ones, as Docker does") {
  CHECK(chosen("all") == "0 1 2:1:2");
  CHECK(chosen("1") == "0");
  CHECK(chosen("2") == "0 1");
  CHECK(chosen("0") == "");
  CHECK(chosen("4") == "4 GPUs are wanted");
  CHECK(chosen("driver=nvidia") == "0");
  CHECK(chosen("driver=amd") == "GPUs of the driver 'amd' are not supported");
}

TEST_CASE("names") {
  for (std::string_view name : {"1", "GPU-1", "0000:02:00.0", "00000000:02:00.0", "02:00.0", "nvidia.com/gpu=1"}) {
    CHECK(chosen(fmt::format("device={}", name)) == "1");
  }
  CHECK(chosen("\"device=2,0\"") == "2:1:2 0");
  CHECK(chosen("\"device=0,0\"") == "0");
  CHECK(chosen("device=all") == "0 1 2:1:2");
  CHECK(chosen("device=2:1") == "2:2");
  CHECK(chosen("device=MIG-b") == "2:2");
  CHECK(chosen("device=MIG-GPU-2/1/0") == "2:1");
  CHECK(chosen("\"device=2:0,2:1\"") == "2:1:2");
  for (std::string_view name : {"3", "2:2", "0:0", "GPU-", "MIG-c", "x", "1:", ":1", "1:0:0"}) {
    CHECK(chosen(fmt::format("device={}", name)) == fmt::format("there is no GPU '{}'", name));
  }
}

TEST_CASE("selections") {
  CHECK(chosen("select=free:1") == "1");
  CHECK(chosen("select=free:2") == "1 2:1:2");
  CHECK(chosen("select=free:3") == "2 of 3 GPUs are what --gpus select= asks for, and 3 are wanted");
  CHECK(chosen("select=mem>=80G") == "1 2:1:2");
  CHECK(chosen("select=mem>80G") == "2:1:2");
  CHECK(chosen("select=mem>=80G,count=1") == "1");
  CHECK(chosen("\"select=mem>80G,free:1\"") == "2:1:2");
}

TEST_CASE("NVML's report is merged by minor, and only where the UUID is the same") {
  std::vector<Gpu> gpus = machine();
  for (Gpu& gpu : gpus) gpu.memory.reset();
  gpus[2].mig[0].uuid.clear();
  auto facts = merge_nvml_report(
      "gpu\t2\t100\t1\tGPU-0\ngpu\t1\t200\t0\tGPU-"
      "other\nmig\t0\t1\t0\tMIG-x\tNVIDIA MIG 2g.35gb\n"
      "cuda\t13.0\narch\t2\t9.0\narch\t1\t8.6\n",
      gpus);
  CHECK(facts.value().cuda->text == "13.0");
  CHECK(facts.value().arch->text == "8.6");
  CHECK(gpus[0].memory == 100);
  CHECK_FALSE(*gpus[0].free);
  CHECK_FALSE(gpus[1].memory);
  CHECK(gpus[2].mig[0].uuid == "MIG-x");
  CHECK(gpus[2].mig[0].profile == "2g.35gb");
  for (std::string_view bad : {"x", "gpu\t1", "gpu\t1\tx\t0\tGPU-1", "mig\t0\ta\t0\tu\tn", "cuda\tx"}) {
    CHECK_FALSE(merge_nvml_report(bad, gpus).ok());
  }
}

TEST_CASE("the driver's files in /proc") {
  CHECK(parse_driver_version("NVRM version: NVIDIA UNIX x86_64 Kernel Module  575.64.03  Mon").value().text ==
        "575.64.03");
  CHECK(parse_driver_version("NVRM version: NVIDIA UNIX Open Kernel Module for "
                             "x86_64  580.95.05  Release")
            .value()
            .text == "580.95.05");
  CHECK_FALSE(parse_driver_version("NVRM version: 575.64.03").ok());
  auto gpu = parse_gpu_information(
                 "Model: \t X\nGPU UUID: GPU-1\nBus Location: "
                 "0000:0A:00.0\nDevice Minor: \t 3\n")
                 .value();
  CHECK(gpu->minor == 3);
  CHECK(gpu->pci == "0000:0a:00.0");
  CHECK_FALSE(parse_gpu_information("Device Minor: 1\nGPU Excluded: Yes\n").value());
  CHECK_FALSE(parse_gpu_information("Model: X\n").ok());
  CHECK(parse_gpu_information("Model: X\nDevice Minor: 255\n").error().message.starts_with("line 2:"));
  CHECK(parse_character_majors("Character devices:\n195 nvidia\n510 "
                               "nvidia-uvm\nx y\n\nBlock devices:\n8 sd\n")
            .size() == 2);
}

TEST_CASE("tables of MIG minors") {
  CHECK(parse_mig_minors("config 1\ngpu0/gi1/access 12\n\n").value().at("gpu0/gi1/access") == 12);
  for (std::string_view bad : {"a", "a b", "a 1 2", "a -1", "a 1048576"}) {
    auto minors = parse_mig_minors("config 1\n" + std::string(bad));
    CHECK(minors.error().message.starts_with("line 2: "));
  }
  CHECK(parse_capability_minor("DeviceFileMinor: 12\nDeviceFileMode: 292\n") == 12U);
  CHECK_FALSE(parse_capability_minor("DeviceFileMinor: x\n"));
}
