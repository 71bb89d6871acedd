#include "cli/runtime_globals.h"

#include <fcntl.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/units.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

constexpr std::string_view kFormats[] = {"text", "json"};

constexpr Flag kFlags[] = {
    flag<&RuntimeGlobals::root>("root", 0, "DIR", "where the state of the containers is (/run/aictr-runtime)"),
    flag<&RuntimeGlobals::log>("log", 0, "FILE", "append errors to this file, not only to standard error"),
    flag<&RuntimeGlobals::log_format>("log-format", 0, "FORMAT", "how the log file is written", kFormats),
    flag<&RuntimeGlobals::debug>("debug", 0, "", "print the time of every step to standard error"),
    flag<&RuntimeGlobals::systemd_cgroup>("systemd-cgroup", 0, "",
                                          "let systemd make the cgroups: cgroupsPath is SLICE:PREFIX:NAME"),
    flag<&RuntimeGlobals::rootless>("rootless", 0, "true|false|auto", "ignored: aictr sees for itself"),
    flag<&RuntimeGlobals::version>("version", 'v', "", "print the version"),
};

// Callers look for the kernel's reasons in the words that runc has them in: "permission denied", without a capital.
std::string message_of(const Error& error) {
  std::string message = error.message;
  std::string_view reason = error.code == 0 ? "" : std::strerror(error.code);
  if (reason.empty() || !message.ends_with(reason)) return message;
  char& first = message[message.size() - reason.size()];
  first = static_cast<char>(std::tolower(static_cast<unsigned char>(first)));
  return message;
}

std::string log_line(const RuntimeGlobals& globals, const std::string& level, std::string message) {
  std::string time = rfc3339(std::chrono::system_clock::now());
  if (globals.log_format == "text")
    return fmt::format("time=\"{}\" level={} msg={}\n", time, level, oci::print_json(oci::Json(message)));
  oci::Json line;
  line.set("level", oci::Json(level));
  line.set("msg", oci::Json(std::move(message)));
  line.set("time", oci::Json(time));
  return oci::print_json(line) + "\n";
}

void append_to_log(const RuntimeGlobals& globals, const std::string& line) {
  if (globals.log.empty()) return;
  auto file = sys::open(globals.log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (file.ok()) ignore(sys::write_all(file.value().get(), line));
}

}  // namespace

constinit const CommandFor<RuntimeGlobals> kRuntimeGlobalFlags = Command{
    .name = "",
    .summary = "run containers from OCI bundles, as runc does",
    .arguments = "COMMAND [ARG...]",
    .flags = kFlags,
    .interspersed = Interspersed::no,
    .program = "aictr-runtime",
};

std::string default_runtime_root() {
  const char* user_root = std::getenv("XDG_RUNTIME_DIR");
  if (::geteuid() != 0 && user_root != nullptr && *user_root != '\0') return std::string(user_root) + "/aictr-runtime";
  return "/run/aictr-runtime";
}

void log_runtime_error(const RuntimeGlobals& globals, const Error& error) {
  std::string text = "aictr-runtime: " + message_of(error) + "\n";
  if (!error.hint.empty()) text += "hint: " + error.hint + "\n";
  ignore(sys::write_all(STDERR_FILENO, text));  // nobody else can be told
  append_to_log(globals, log_line(globals, "error", message_of(error)));
}

void log_runtime_warning(const RuntimeGlobals& globals, const Error& error) {
  if (globals.log.empty()) ignore(sys::write_all(STDERR_FILENO, "aictr-runtime: warning: " + message_of(error) + "\n"));
  append_to_log(globals, log_line(globals, "warning", message_of(error)));
}

}  // namespace aictr::cli
