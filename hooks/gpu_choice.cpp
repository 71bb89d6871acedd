#include "hooks/gpu_choice.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"

namespace aictr::hooks {
namespace {

constexpr std::array kDrivers = {"", "nvidia", "nvidia.cdi", "nvidia.runtime-hook", "cdi"};
constexpr std::string_view kCdiKind = "nvidia.com/gpu=";

std::string what_there_is(const std::vector<Gpu>& gpus) {
  if (gpus.empty()) return "this machine has no NVIDIA GPU";
  std::vector<std::string> lines;
  for (const Gpu& gpu : gpus) {
    lines.push_back(fmt::format("{} ({}, {})", gpu.index, gpu.model, gpu.uuid));
    for (std::size_t j = 0; j < gpu.mig.size(); ++j) lines.push_back(fmt::format("{}:{} (MIG)", gpu.index, j));
  }
  return "there are " + join(lines, ", ");
}

ChosenGpu whole(const Gpu& gpu) {
  return {gpu, gpu.mig};
}

bool same_pci(std::string_view wanted, std::string_view pci) {
  std::string text = lower(wanted);
  // NVML writes the domain with eight digits.
  while (text.size() > pci.size() && text.starts_with('0')) text.erase(0, 1);
  return text == pci || "0000:" + text == pci;
}

Result<ChosenGpu> find_instance(const std::string& name, const std::vector<Gpu>& gpus) {
  auto parts = split(name, ':');
  bool is_pair = parts.size() == 2;
  auto index = parse_number<unsigned>(parts[0]);
  auto instance = parse_number<unsigned>(parts.back());
  for (const Gpu& gpu : gpus) {
    if (is_pair && index && instance && gpu.index == *index && *instance < gpu.mig.size())
      return ChosenGpu{gpu, {gpu.mig[*instance]}};
    for (const MigInstance& mig : gpu.mig) {
      if (!mig.uuid.empty() && mig.uuid == name) return ChosenGpu{gpu, {mig}};
      // The form of before driver 470.
      if (name == fmt::format("MIG-{}/{}/{}", gpu.uuid, mig.gpu_instance, mig.compute_instance))
        return ChosenGpu{gpu, {mig}};
    }
  }
  return make_error(Kind::not_found, fmt::format("there is no GPU '{}'", one_line(name)), what_there_is(gpus));
}

Result<ChosenGpu> find_gpu(const std::string& name, const std::vector<Gpu>& gpus) {
  auto index = parse_number<unsigned>(name);
  for (const Gpu& gpu : gpus) {
    if (index && *index == gpu.index) return whole(gpu);
    if (!name.empty() && (name == gpu.uuid || same_pci(name, gpu.pci))) return whole(gpu);
  }
  return find_instance(name, gpus);
}

Result<std::vector<ChosenGpu>> named(const GpuRequest& request, const std::vector<Gpu>& gpus) {
  std::vector<ChosenGpu> chosen;
  for (const std::string& text : request.devices) {
    std::string name = text.starts_with(kCdiKind) ? text.substr(kCdiKind.size()) : text;
    std::vector<ChosenGpu> more;
    if (name == "all") {
      for (const Gpu& gpu : gpus) more.push_back(whole(gpu));
    } else {
      more.push_back(TRY(find_gpu(name, gpus)));
    }
    merge(chosen, std::move(more));
  }
  return chosen;
}

bool is_good_enough(const Gpu& gpu, const GpuSelection& wanted) {
  std::int64_t least = wanted.memory + (wanted.more_than ? 1 : 0);
  return gpu.memory.value_or(0) >= least && (!wanted.free || gpu.free.value_or(false));
}

Result<std::vector<ChosenGpu>> selected(const GpuRequest& request, const std::vector<Gpu>& gpus) {
  const GpuSelection& wanted = *request.selection;
  std::vector<ChosenGpu> chosen;
  for (const Gpu& gpu : gpus) {
    if (is_good_enough(gpu, wanted)) chosen.push_back(whole(gpu));
  }
  std::int64_t least = std::max(wanted.free.value_or(1), request.count);
  if (std::cmp_less(chosen.size(), least)) {
    std::vector<std::string> have;
    for (const Gpu& gpu : gpus) {
      have.push_back(fmt::format("{}: {}{}", gpu.index, binary_size(static_cast<std::uint64_t>(gpu.memory.value_or(0))),
                                 gpu.free.value_or(false) ? ", free" : ", in use"));
    }
    return make_error(Kind::busy,
                      fmt::format("{} of {} GPUs are what --gpus select= asks for, and {} are wanted", chosen.size(),
                                  gpus.size(), least),
                      have.empty() ? what_there_is(gpus) : join(have, "; "));
  }
  if (wanted.free || request.count > 0) chosen.resize(static_cast<std::size_t>(least));
  return chosen;
}

}  // namespace

bool needs_nvml(const GpuRequest& request) {
  return request.selection || std::ranges::any_of(request.devices, [](const std::string& name) {
           return name.find("MIG-") != std::string::npos && name.find("MIG-GPU-") == std::string::npos;
         });
}

Result<std::vector<ChosenGpu>> choose_gpus(const GpuRequest& request, const std::vector<Gpu>& gpus) {
  if (std::ranges::find(kDrivers, request.driver) == kDrivers.end()) {
    return make_error(Kind::unsupported, fmt::format("GPUs of the driver '{}' are not supported", request.driver),
                      "the driver is nvidia; for others use --device VENDOR/CLASS=NAME with a CDI file");
  }
  if (request.selection) return selected(request, gpus);
  if (!request.devices.empty()) return named(request, gpus);
  std::vector<ChosenGpu> chosen;
  if (request.count > 0 && std::cmp_less(gpus.size(), request.count)) {
    return make_error(Kind::not_found, fmt::format("{} GPUs are wanted", request.count), what_there_is(gpus));
  }
  if (request.count < 0 && gpus.empty() && !request.automatic) {
    return make_error(Kind::not_found, "this machine has no NVIDIA GPU",
                      "the driver is loaded, but lists none in /proc/driver/nvidia/gpus");
  }
  for (const Gpu& gpu : gpus) {
    if (request.count < 0 || gpu.index < request.count) chosen.push_back(whole(gpu));
  }
  return chosen;
}

void merge(std::vector<ChosenGpu>& into, std::vector<ChosenGpu> more) {
  for (ChosenGpu& choice : more) {
    auto known = std::ranges::find(into, choice.gpu.minor, [](const ChosenGpu& c) { return c.gpu.minor; });
    if (known == into.end()) {
      into.push_back(std::move(choice));
      continue;
    }
    for (MigInstance& instance : choice.instances) {
      bool there = std::ranges::any_of(known->instances, [&](const MigInstance& other) {
        return other.gpu_instance == instance.gpu_instance && other.compute_instance == instance.compute_instance;
      });
      if (!there) known->instances.push_back(std::move(instance));
    }
  }
}

}  // namespace aictr::hooks
