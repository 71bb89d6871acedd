#include "cli/container_view.h"

#include <fmt/core.h>

#include "cli/age.h"
#include "cli/network_view.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr const char* kNever = "0001-01-01T00:00:00Z";  // what Docker writes for "not yet"

Json text_or(const std::string& text, const char* otherwise) {
  return Json(text.empty() ? std::string(otherwise) : text);
}

Json strings(std::span<const std::string> texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json(std::move(array));
}

Json labels_of(const Container& container) {
  Json::Object labels;
  for (const auto& [name, value] : container.labels) labels.emplace_back(name, Json(value));
  return Json(std::move(labels));
}

Json mounts_of(const Container& container) {
  Json::Array mounts;
  for (const ContainerMount& mount : container.mounts) {
    Json::Object shown;
    shown.emplace_back("Type", Json(mount.kind));
    if (!mount.volume.empty()) shown.emplace_back("Name", Json(mount.volume));
    shown.emplace_back("Source", Json(mount.source));
    shown.emplace_back("Destination", Json(mount.destination));
    if (!mount.volume.empty()) shown.emplace_back("Driver", Json("local"));
    shown.emplace_back("Mode", Json(mount.read_only() ? "ro" : ""));
    shown.emplace_back("RW", Json(!mount.read_only()));
    shown.emplace_back("Propagation", Json(propagation_of(mount)));
    mounts.emplace_back(std::move(shown));
  }
  return Json(std::move(mounts));
}

std::string health_note(const std::optional<Health>& health) {
  if (!health) return "";
  return health->status == "starting" ? " (health: starting)" : fmt::format(" ({})", health->status);
}

Json state_of(const Container& container, Status status, const std::optional<oci::State>& state,
              const std::optional<Health>& health) {
  bool runs = status == Status::running || status == Status::paused;
  std::int64_t pid = runs && state ? state->pid : 0;
  Json view(Json::Object{
      {"Status", Json(std::string(status_word(status)))},
      {"Running", Json(is_alive(status))},
      {"Paused", Json(status == Status::paused)},
      {"Restarting", Json(status == Status::restarting)},
      {"OOMKilled", Json(container.killed_for_memory)},
      {"Dead", Json(status == Status::dead)},
      {"Pid", Json(pid)},
      {"ExitCode", Json(std::int64_t{container.exit_code.value_or(0)})},
      {"StartedAt", text_or(container.started, kNever)},
      {"FinishedAt", text_or(container.finished, kNever)},
  });
  if (health) view.set("Health", health_view(*health));
  return view;
}

}  // namespace

std::string_view status_word(Status status) {
  switch (status) {
    case Status::created:
      return "created";
    case Status::running:
      return "running";
    case Status::paused:
      return "paused";
    case Status::restarting:
      return "restarting";
    case Status::exited:
      return "exited";
    case Status::dead:
      return "dead";
  }
  return "";
}

std::string status_text(const Container& container, Status status, const std::optional<Health>& health) {
  switch (status) {
    case Status::created:
      return "Created";
    case Status::running:
      return fmt::format("Up {}{}", duration(container.started), health_note(health));
    case Status::paused:
      return fmt::format("Up {} (Paused)", duration(container.started));
    case Status::restarting:
      return fmt::format("Restarting ({}) {}", container.exit_code.value_or(0), age(container.finished));
    case Status::exited:
      return fmt::format("Exited ({}) {}", container.exit_code.value_or(0), age(container.finished));
    case Status::dead:
      return "Dead";
  }
  return "";
}

Json container_view(const Container& container, Status status, const std::optional<oci::State>& state,
                    const std::vector<hooks::Connection>& connections, const std::optional<Health>& health) {
  std::span<const std::string> command = container.command;
  return Json(Json::Object{
      {"Id", Json(container.id)},
      {"Created", Json(container.created)},
      {"Path", Json(command.empty() ? std::string() : command[0])},
      {"Args", strings(command.subspan(command.empty() ? 0 : 1))},
      {"State", state_of(container, status, state, health)},
      {"Image", Json(container.image_id)},
      {"RestartCount", Json(std::int64_t{container.restarts})},
      {"Name", Json("/" + container.name)},
      {"Mounts", mounts_of(container)},
      {"Config", Json(Json::Object{
                     {"Image", Json(container.image)}, {"Cmd", strings(command)}, {"Labels", labels_of(container)}})},
      {"HostConfig", Json(Json::Object{{"NetworkMode", Json(network_mode_text(container))}})},
      {"NetworkSettings", network_settings_view(container, connections)},
  });
}

}  // namespace aictr::cli
