#include "cli/run_gpus.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/nvml.h"
#include "cli/report.h"
#include "hooks/cuda_versions.h"
#include "hooks/driver_capability.h"
#include "hooks/gpu_choice.h"
#include "hooks/gpu_request.h"
#include "hooks/nvidia_driver.h"
#include "hooks/nvidia_edits.h"
#include "hooks/nvidia_mounts.h"
#include "hooks/nvidia_require.h"

namespace aictr::cli {
namespace {

using Requests = std::vector<hooks::GpuRequest>;

// A step whose device is not required runs without it where there is none.
Result<hooks::GpuRequest> parse_device(const std::string& text) {
  auto parts = split(text, ',');
  std::string name = parts[0] == "nvidia.com/gpu" ? "nvidia.com/gpu=all" : parts[0];
  bool required = parts.size() == 2 && parts[1] == "required";
  if (!name.starts_with("nvidia.com/gpu=") || (parts.size() > 1 && !required)) {
    return make_error(Kind::unsupported,
                      fmt::format("--device={}: only nvidia.com/gpu=NAME[,required] can be given", one_line(text)));
  }
  hooks::GpuRequest request;
  request.devices = {name};
  request.automatic = !required;
  return request;
}

Result<Requests> parse_requests(const GpuWishes& wishes) {
  Requests requests;
  for (const std::string& text : wishes.devices) requests.push_back(TRY(parse_device(text)));
  for (const std::string& text : wishes.requests) {
    requests.push_back(TRY_AS(fmt::format("--gpus '{}'", one_line(text)), hooks::parse_gpu_request(text)));
  }
  return requests;
}

// Docker gives nothing for `--gpus 0`, and says nothing.
bool asks_for_something(const hooks::GpuRequest& request) {
  return request.count != 0 || !request.devices.empty() || request.selection;
}

std::string variable(const std::vector<std::string>& environment, std::string_view name) {
  for (const std::string& text : environment) {
    if (text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name))
      return text.substr(name.size() + 1);
  }
  return {};
}

// What the request says, else what the environment says, else what NVIDIA's tools give.
Result<hooks::Capabilities> capabilities(const Requests& requests, const std::vector<std::string>& environment) {
  std::vector<std::string> named;
  for (const hooks::GpuRequest& request : requests) {
    for (const std::string& word : request.capabilities) {
      if (word != "gpu" && word != "nvidia" && !word.empty()) named.push_back(word);
    }
  }
  if (!named.empty()) return TRY_AS("--gpus", hooks::parse_capabilities(join(named, ",")));
  return TRY_AS("NVIDIA_DRIVER_CAPABILITIES",
                hooks::parse_capabilities(variable(environment, "NVIDIA_DRIVER_CAPABILITIES")));
}

Result<std::vector<hooks::ChosenGpu>> choose(const Requests& requests, hooks::NvidiaDriver& driver) {
  if (std::ranges::any_of(requests, hooks::needs_nvml)) TRY(ask_nvml(driver));
  std::vector<hooks::ChosenGpu> chosen;
  for (const hooks::GpuRequest& request : requests) {
    hooks::merge(chosen, TRY_AS("--gpus", hooks::choose_gpus(request, driver.gpus)));
  }
  return chosen;
}

Result<void> check_image(const hooks::NvidiaDriver& driver, const std::vector<hooks::ChosenGpu>& chosen,
                         const std::vector<std::string>& environment) {
  std::string model = chosen.empty() ? "" : chosen.front().gpu.model;
  hooks::DriverFacts facts{driver.version, hooks::cuda_of_driver(driver.version), std::nullopt,
                           hooks::brand_of_model(model)};
  return hooks::check_requirements(environment, facts);
}

std::string told(const hooks::ChosenGpu& choice) {
  std::string text = fmt::format("GPU {}: {} ({})", choice.gpu.index, choice.gpu.model, choice.gpu.uuid);
  for (const hooks::MigInstance& mig : choice.instances) {
    text += fmt::format(", MIG instance {}/{}", mig.gpu_instance, mig.compute_instance);
  }
  return text;
}

hooks::HostPaths host_paths(const GpuWishes& wishes) {
  hooks::HostPaths paths = hooks::HostPaths::from_environment();
  if (!wishes.driver_root.empty()) paths.driver = wishes.driver_root;
  return paths;
}

// A machine without a GPU is no reason to stop for somebody who asked for "auto".
std::optional<GpuGrant> go_without(const Requests& requests, const std::string& why) {
  if (!std::ranges::all_of(requests, &hooks::GpuRequest::automatic)) return std::nullopt;
  report_warning(fmt::format("no GPU is given: {}; it runs on the CPU", why));
  return GpuGrant();
}

}  // namespace

Result<void> check_gpu_wishes(const GpuWishes& wishes) {
  TRY(parse_requests(wishes));
  return {};
}

Result<GpuGrant> grant_gpus(const GpuWishes& wishes, const std::vector<std::string>& environment,
                            const ViewLayers& view, const std::string& directory) {
  Requests requests = TRY(parse_requests(wishes));
  std::erase_if(requests, [](const auto& request) { return !asks_for_something(request); });
  if (requests.empty()) return GpuGrant();
  hooks::Capabilities wanted = TRY(capabilities(requests, environment));

  auto found = hooks::find_driver(host_paths(wishes));
  if (!found.ok()) {
    auto without = go_without(requests, found.error().message);
    if (without) return std::move(*without);
    return std::move(found).error().context("--gpus");
  }
  hooks::NvidiaDriver driver = std::move(found).value();
  std::vector<hooks::ChosenGpu> chosen = TRY(choose(requests, driver));
  if (chosen.empty()) {
    auto without = go_without(requests, "this machine has no NVIDIA GPU");
    if (without) return std::move(*without);
  }
  TRY(check_image(driver, chosen, environment));

  hooks::NvidiaEdits edits = TRY_AS("--gpus", hooks::plan_nvidia_edits(driver, chosen, wanted));
  UniqueFd root = TRY(view());
  std::string place = directory + "/gpu";
  TRY(remove_tree(AT_FDCWD, place));
  hooks::MadeFiles made =
      TRY_AS("--gpus", hooks::make_nvidia_files(driver, edits, chosen, root.get(), place + "/under", place + "/proc"));
  GpuGrant grant;
  grant.edits = std::move(edits.edits);
  for (hooks::MadeMount& mount : made.mounts) {
    grant.mounts.push_back({std::move(mount.destination), std::move(mount.tree)});
  }
  grant.under = place + "/under";
  grant.library_path = std::move(made.library_path);
  for (const hooks::ChosenGpu& choice : chosen) grant.chosen.push_back(told(choice));
  grant.chosen.push_back(fmt::format("NVIDIA driver {} for {}", driver.version.text, hooks::capability_names(wanted)));
  return grant;
}

void apply_gpus(oci::Spec& spec, const GpuGrant& grant) {
  if (grant.under.empty()) return;
  oci::apply_edits(spec, grant.edits);
  // The second way to the libraries, for when an ldconfig in the container has written the cache anew.
  std::vector<std::string>& env = spec.process->env;
  std::string before = variable(env, "LD_LIBRARY_PATH");
  std::erase_if(env, [](const std::string& text) { return text.starts_with("LD_LIBRARY_PATH="); });
  env.push_back(fmt::format("LD_LIBRARY_PATH={}{}{}", before, before.empty() ? "" : ":", grant.library_path));
}

}  // namespace aictr::cli
