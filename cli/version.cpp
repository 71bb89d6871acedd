#include <sys/utsname.h>

#include <fmt/core.h>

#include "cli/report.h"
#include "cli/template.h"
#include "cli/version_command.h"
#include "oci/image_spec.h"
#include "oci/json.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {
namespace {

using oci::Json;

#ifdef __clang__
constexpr std::string_view kCompiler = "clang " __clang_version__;
#else
constexpr std::string_view kCompiler = "gcc " __VERSION__;
#endif

constexpr std::string_view kTable = R"(Client:
 Version:       {{.Client.Version}}
 Runtime spec:  {{.Client.RuntimeSpec}}
 Image spec:    {{.Client.ImageSpec}}
 Compiler:      {{.Client.Compiler}}
 OS/Arch:       {{.Client.Os}}/{{.Client.Arch}}
 Kernel:        {{.Client.KernelVersion}}
)";

std::string kernel_release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "";
}

Json facts() {
  oci::Platform platform = oci::native_platform();
  Json client(Json::Object{
      {"Version", Json(AICTR_VERSION)},
      {"RuntimeSpec", Json(std::string(oci::kRuntimeSpecVersion))},
      {"ImageSpec", Json("1.1.0")},
      {"Compiler", Json(std::string(kCompiler))},
      {"Os", Json(platform.os)},
      {"Arch", Json(platform.architecture)},
      {"KernelVersion", Json(kernel_release())},
  });
  return Json(Json::Object{{"Client", std::move(client)}});
}

}  // namespace

Result<int> version(const Globals&, const VersionFlags& flags, const std::vector<std::string>&) {
  std::string format = flags.format == "json" ? "{{json .}}" : flags.format;
  bool table = format.empty();
  Template form = TRY(Template::parse(table ? kTable : format));
  std::string text = TRY(form.render(facts()));
  TRY(print(table ? text : text + "\n"));
  return 0;
}

}  // namespace aictr::cli
