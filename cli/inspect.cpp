#include <optional>

#include <fmt/core.h>

#include "cli/container.h"
#include "cli/container_view.h"
#include "cli/exit_code.h"
#include "cli/format.h"
#include "cli/image_view.h"
#include "cli/inspect_command.h"
#include "cli/report.h"
#include "hooks/network_connections.h"
#include "images/store.h"

namespace aictr::cli {
namespace {

using oci::Json;

// Nothing when there is no such container, so that an image of the name is looked for.
Result<std::optional<Json>> find_container(const Globals& globals, const std::string& name) {
  Containers containers = TRY(Containers::open(globals.root));
  auto container = containers.find(name);
  if (!container.ok() && container.error().kind == Kind::not_found) return std::optional<Json>();
  if (!container.ok()) return std::move(container).error();
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  Status status = TRY(containers.status(container.value(), states));
  auto state = runtime::state(states, container.value().id);
  auto connections = TRY(hooks::Connections::look(globals.runroot));
  if (!is_alive(status)) connections.clear();
  auto health = TRY(read_health(containers, container.value()));
  return std::optional(container_view(container.value(), status,
                                      state.ok() ? std::optional(state.value()) : std::nullopt,
                                      hooks::connections_of(connections, container.value().id), health));
}

Result<std::optional<Json>> find_image(const Globals& globals, const std::string& name) {
  auto store = TRY(images::Store::open(globals.root));
  auto image = store.find(name);
  if (!image.ok() && image.error().kind == Kind::not_found) return std::optional<Json>();
  if (!image.ok()) return std::move(image).error();
  return std::optional(image_view(image.value()));
}

Result<Json> find_object(const Globals& globals, const std::string& type, const std::string& name) {
  if (type != "image") {
    auto container = TRY(find_container(globals, name));
    if (container) return std::move(*container);
  }
  if (type != "container") {
    auto image = TRY(find_image(globals, name));
    if (image) return std::move(*image);
  }
  return make_error(Kind::not_found, fmt::format("no such {}: '{}'", type.empty() ? "container or image" : type, name),
                    "`aictr ps -a` lists containers, `aictr images` lists images");
}

}  // namespace

// What is found is printed even when some of the names are not.
Result<int> inspect(const Globals& globals, const InspectFlags& flags, const std::vector<std::string>& arguments) {
  std::vector<Json> objects;
  int code = 0;
  for (const std::string& name : arguments) {
    auto object = find_object(globals, flags.type, name);
    if (object.ok()) {
      objects.push_back(std::move(object).value());
    } else {
      report_error(std::move(object).error().context("inspect"));
      code = kFailed;
    }
  }
  std::string text = TRY(format_objects(flags.format, objects));
  TRY(print(text));
  return code;
}

}  // namespace aictr::cli
