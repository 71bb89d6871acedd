#include "cli/run_cdi.h"

#include <algorithm>

#include "base/text.h"
#include "cli/yaml_reader.h"
#include "hooks/cdi_host_check.h"
#include "hooks/cdi_registry.h"
#include "hooks/host_node.h"

namespace aictr::cli {
namespace {

std::string name_of(const std::string& variable) {
  return variable.substr(0, variable.find('='));
}

bool ends_at(const std::string& text, std::string_view destination) {
  return std::ranges::any_of(split(text, ':'), [&](const std::string& part) { return part == destination; });
}

bool is_users_place(const RunFlags& flags, const std::string& destination) {
  auto of_volume = [&](const std::string& text) { return ends_at(text, destination); };
  auto of_mount = [&](const std::string& text) {
    return std::ranges::any_of(split(text, ','), [&](const std::string& field) {
      return field == "target=" + destination || field == "dst=" + destination || field == "destination=" + destination;
    });
  };
  return std::ranges::any_of(flags.volume, of_volume) || std::ranges::any_of(flags.mount, of_mount) ||
         std::ranges::any_of(flags.tmpfs, of_volume);
}

}  // namespace

void keep_choices_of_user(oci::ContainerEdits& edits, const RunFlags& flags) {
  std::erase_if(edits.env, [&](const std::string& variable) {
    return std::ranges::any_of(flags.env, [&](const std::string& set) { return name_of(set) == name_of(variable); });
  });
  std::erase_if(edits.mounts, [&](const oci::MountEdit& mount) { return is_users_place(flags, mount.container_path); });
}

Result<void> add_cdi_devices(oci::Spec& spec, const std::vector<std::string>& names, const RunFlags& flags) {
  if (names.empty()) return {};
  auto directories = flags.cdi_spec_dir.empty() ? hooks::default_cdi_directories() : flags.cdi_spec_dir;
  hooks::CdiRegistry registry = TRY_AS("--device", hooks::CdiRegistry::read(directories, read_yaml_apart));
  auto entries = TRY_AS("--device", registry.find(names));
  TRY_AS("--device", hooks::check_on_host(entries, hooks::CdiHost::live()));
  oci::ContainerEdits edits = hooks::edits_of(entries);
  TRY_AS("--device", oci::fill_in_devices(edits, hooks::find_host_node));
  keep_choices_of_user(edits, flags);
  oci::apply_edits(spec, edits);
  return {};
}

}  // namespace aictr::cli
