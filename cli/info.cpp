#include <fmt/core.h>

#include "cli/container.h"
#include "cli/host_facts.h"
#include "cli/info_command.h"
#include "cli/report.h"
#include "cli/template.h"
#include "images/store.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr std::string_view kLines = R"(Version:           {{.Version}}
Containers:        {{.Containers}}
 Running:          {{.ContainersRunning}}
Images:            {{.Images}}
Store:             {{.Root}}
Running state:     {{.RunRoot}}
Name:              {{.Name}}
Operating system:  {{.OperatingSystem}}
Kernel:            {{.KernelVersion}}
Architecture:      {{.Architecture}}
CPUs:              {{.NCPU}}
Memory:            {{.Memory}}
File systems:      {{if .Filesystems}}{{join .Filesystems ", "}}{{else}}neither overlay nor erofs is loaded{{end}}
Security:          {{join .SecurityOptions ", "}}
{{- if .MissingCapabilities}}
 Missing:          {{join .MissingCapabilities ", "}}
{{- end}}
Cgroups:           {{.CgroupVersion}}
{{- range .CgroupControllers}}
 {{.Name}}: v{{.Version}}, {{.Path}}
{{- end}}
)";

Result<void> add_counts(Json& facts, const Globals& globals) {
  auto store = TRY(images::Store::open(globals.root));
  auto images = TRY(store.list());
  Containers containers = TRY(Containers::open(globals.root));
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  std::int64_t all = 0;
  std::int64_t running = 0;
  for (const Container& container : TRY(containers.list())) {
    ++all;
    if (is_alive(TRY(containers.status(container, states)))) ++running;
  }
  facts.set("Images", Json(static_cast<std::int64_t>(images.size())));
  facts.set("Containers", Json(all));
  facts.set("ContainersRunning", Json(running));
  return {};
}

}  // namespace

Result<int> info(const Globals& globals, const InfoFlags& flags, const std::vector<std::string>&) {
  Json facts = host_facts();
  facts.set("Version", Json(AICTR_VERSION));
  facts.set("Root", Json(globals.root));
  facts.set("RunRoot", Json(globals.runroot));
  TRY(add_counts(facts, globals));
  std::string format = flags.format == "json" ? "{{json .}}" : flags.format;
  Template form = TRY(Template::parse(format.empty() ? kLines : format));
  std::string text = TRY(form.render(facts));
  TRY(print(format.empty() ? text : text + "\n"));
  return 0;
}

}  // namespace aictr::cli
