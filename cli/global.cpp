#include "cli/global.h"

#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "base/sys.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&Globals::root>("root", 0, "DIR", "folder of images and containers (AICTR_ROOT)"),
    flag<&Globals::runroot>("runroot", 0, "DIR", "folder of what runs now (AICTR_RUNROOT)"),
    flag<&Globals::verbose>("verbose", 'v', "", "say which defaults were chosen"),
    flag<&Globals::debug>("debug", 'D', "", "print the steps of a start with their times"),
    flag<&Globals::version>("version", 0, "", "print the version; so does -v alone"),
};

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Result<std::string> default_root() {
  if (::geteuid() == 0) return std::string("/var/lib/aictr");
  if (auto data = environment("XDG_DATA_HOME")) return *data + "/aictr";
  if (auto home = environment("HOME")) return *home + "/.local/share/aictr";
  return make_error(Kind::usage, "no folder for images: neither XDG_DATA_HOME nor HOME is set", "give --root DIR");
}

// Without a session manager nobody empties a folder at boot; a container that is recorded there is known by the start
// time of its process, so an old record deceives nobody.
std::string default_runroot(const std::string& root) {
  if (::geteuid() == 0) return "/run/aictr";
  if (auto runtime = environment("XDG_RUNTIME_DIR")) return *runtime + "/aictr";
  return root + "/run";
}

Result<std::string> absolute(std::string path) {
  if (path.starts_with('/')) return path;
  std::string here = TRY(sys::readlink(AT_FDCWD, "/proc/self/cwd"));
  return here + "/" + path;
}

}  // namespace

const CommandFor<Globals> kGlobalFlags(Command{
    .name = "",
    .summary = "build images and run them as isolated AI workloads, without a daemon",
    .arguments = "COMMAND",
    .flags = kFlags,
    .interspersed = Interspersed::no,
});

Result<void> fill_defaults(Globals& globals) {
  if (globals.root.empty()) globals.root = environment("AICTR_ROOT").value_or("");
  if (globals.root.empty()) globals.root = TRY(default_root());
  if (globals.runroot.empty()) globals.runroot = environment("AICTR_RUNROOT").value_or("");
  if (globals.runroot.empty()) globals.runroot = default_runroot(globals.root);
  globals.root = TRY(absolute(std::move(globals.root)));
  globals.runroot = TRY(absolute(std::move(globals.runroot)));
  return {};
}

std::string states_path(const Globals& globals) {
  return globals.runroot + "/containers";
}

}  // namespace aictr::cli
