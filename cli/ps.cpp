#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "cli/age.h"
#include "cli/container.h"
#include "cli/container_network.h"
#include "cli/container_view.h"
#include "cli/filter.h"
#include "cli/format.h"
#include "cli/network_view.h"
#include "cli/ps_command.h"
#include "cli/report.h"
#include "cli/table.h"
#include "hooks/network_connections.h"
#include "oci/reference.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr std::size_t kCommandWidth = 20;  // as wide as Docker shows it
constexpr std::size_t kShortId = 12;
constexpr std::string_view kFilterKeys[] = {"ancestor", "exited",  "health", "id",    "label",
                                            "name",     "network", "status", "volume"};

constexpr Column kColumns[] = {
    {"ID", "CONTAINER ID"},
    {"Image", "IMAGE"},
    {"Command", "COMMAND"},
    {"RunningFor", "CREATED"},
    {"Status", "STATUS"},
    {"Ports", "PORTS"},
    {"Names", "NAMES"},
    {"CreatedAt", "CREATED AT", false},
    {"State", "STATE", false},
    {"Labels", "LABELS", false},
    {"Networks", "NETWORKS", false},
    {"Mounts", "MOUNTS", false},
};

struct Listed {
  Container container;
  Status status = Status::created;
  std::vector<hooks::Connection> connections;  // while it runs
  std::optional<Health> health;
};

std::string labels_of(const Container& container) {
  std::vector<std::string> labels;
  for (const auto& [name, value] : container.labels) labels.push_back(fmt::format("{}={}", name, value));
  return join(labels, ",");
}

// Volumes by name, other sources by path, as Docker does.
std::string mounts_of(const Container& container, bool no_trunc) {
  constexpr std::size_t kWidth = 15;  // as wide as Docker shows each
  std::vector<std::string> sources;
  for (const ContainerMount& mount : container.mounts) {
    const std::string& source = mount.volume.empty() ? mount.source : mount.volume;
    if (!source.empty()) sources.push_back(no_trunc ? source : shortened(source, kWidth));
  }
  return join(sources, ",");
}

bool has_volume(const Container& container, const std::string& wanted) {
  return std::ranges::any_of(container.mounts, [&](const ContainerMount& mount) {
    return mount.volume == wanted || mount.destination == wanted || (!mount.source.empty() && mount.source == wanted);
  });
}

std::string command_of(const Container& container, bool no_trunc) {
  std::string command = join(container.command, " ");
  return fmt::format("\"{}\"", no_trunc ? command : shortened(command, kCommandWidth));
}

Json row_of(const Listed& listed, bool no_trunc) {
  const Container& container = listed.container;
  return Json(Json::Object{
      {"Command", Json(command_of(container, no_trunc))},
      {"CreatedAt", Json(local_time(container.created))},
      {"ID", Json(no_trunc ? container.id : container.id.substr(0, kShortId))},
      {"Image", Json(container.image)},
      {"Labels", Json(labels_of(container))},
      {"Mounts", Json(mounts_of(container, no_trunc))},
      {"Names", Json(container.name)},
      {"Networks", Json(networks_column(container))},
      {"Ports", Json(is_alive(listed.status) ? ports_column(container, listed.connections) : "")},
      {"RunningFor", Json(age(container.created))},
      {"State", Json(std::string(status_word(listed.status)))},
      {"Status", Json(status_text(container, listed.status, listed.health))},
  });
}

bool is_of_image(const Container& container, const std::string& wanted) {
  std::string id = wanted.starts_with("sha256:") ? wanted : "sha256:" + wanted;
  if (container.image_id.starts_with(id)) return true;
  auto asked = oci::Reference::parse(wanted);
  auto own = oci::Reference::parse(container.image);
  return asked.ok() && own.ok() && asked.value().full() == own.value().full();
}

bool is_on_network(const Container& container, const std::string& name) {
  return network_mode_text(container) == name ||
         std::ranges::any_of(container.network.networks,
                             [&](const hooks::NetworkAttachment& one) { return one.network == name; });
}

bool is_wanted(const Listed& listed, const Filters& filters) {
  const Container& container = listed.container;
  auto has_code = [&](const std::string& code) {
    return listed.status == Status::exited && std::to_string(container.exit_code.value_or(0)) == code;
  };
  return filters.allow_labels(container.labels) && filters.allow("exited", has_code) &&
         filters.allow(
             "health",
             [&](const std::string& word) { return word == (listed.health ? listed.health->status : "none"); }) &&
         filters.allow("id", [&](const std::string& id) { return container.id.starts_with(id); }) &&
         filters.allow("name",
                       [&](const std::string& name) { return container.name.find(name) != std::string::npos; }) &&
         filters.allow("network", [&](const std::string& name) { return is_on_network(container, name); }) &&
         filters.allow("status", [&](const std::string& word) { return word == status_word(listed.status); }) &&
         filters.allow("volume", [&](const std::string& volume) { return has_volume(container, volume); }) &&
         filters.allow("ancestor", [&](const std::string& image) { return is_of_image(container, image); });
}

Result<std::vector<Listed>> list_all(const Globals& globals) {
  Containers containers = TRY(Containers::open(globals.root));
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  TRY(containers.sweep(states));
  TRY(disconnect_abandoned(globals));
  auto connections = TRY(hooks::Connections::look(globals.runroot));
  std::vector<Listed> all;
  for (Container& container : TRY(containers.list())) {
    Status status = TRY(containers.status(container, states));
    auto own = hooks::connections_of(connections, container.id);
    auto health = TRY(read_health(containers, container));
    all.push_back({std::move(container), status, std::move(own), std::move(health)});
  }
  return all;
}

// Docker shows the running ones alone unless a flag or a filter speaks of others.
void narrow(std::vector<Listed>& all, const PsFlags& flags, const Filters& filters) {
  int last = flags.latest ? 1 : flags.last.value_or(-1);
  bool any_status = flags.all || last >= 0 || filters.has("status") || filters.has("exited");
  std::erase_if(all, [&](const Listed& listed) {
    return (!any_status && !is_alive(listed.status)) || !is_wanted(listed, filters);
  });
  if (last >= 0) all.resize(std::min(all.size(), static_cast<std::size_t>(last)));
}

}  // namespace

Result<int> ps(const Globals& globals, const PsFlags& flags, const std::vector<std::string>&) {
  Filters filters = TRY(Filters::parse(flags.filter, kFilterKeys));
  std::vector<Listed> all = TRY(list_all(globals));
  narrow(all, flags, filters);
  std::vector<Json> rows;
  for (const Listed& listed : all) rows.push_back(row_of(listed, flags.no_trunc));
  std::string text = TRY(format_list(flags.quiet ? "{{.ID}}" : flags.format, kColumns, rows));
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
