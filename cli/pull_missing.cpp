#include "cli/pull_missing.h"

#include <signal.h>
#include <unistd.h>

#include <vector>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "cli/libexec.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

// What is printed on standard output is the container's alone.
[[noreturn]] void become_pull(const std::string& program, const std::vector<std::string>& arguments) {
  if (sys::replace(STDOUT_FILENO, STDERR_FILENO).ok()) report_error(sys::execute(program, arguments));
  ::_exit(125);
}

Result<bool> pull(const std::string& name, const Globals& globals) {
  std::string program = TRY(libexec_program("aictr-images"));
  sys::Cloned child = TRY(sys::clone3(0));
  if (child.pid == 0) become_pull(program, {"aictr", "--root", globals.root, "pull", name});
  sys::Ended ended = TRY(sys::wait(child.pid));
  return ended.exit_code() == 0;
}

}  // namespace

Result<bool> pull_if_wanted(const images::Store& store, const std::string& name, const std::string& when,
                            const Globals& globals) {
  if (when == "never") return true;
  if (when == "missing") {
    auto found = store.find(name);
    if (found.ok() || found.error().kind != Kind::not_found) return true;
    report_done(fmt::format("there is no image '{}' here", name));
  }
  return pull(name, globals);
}

}  // namespace aictr::cli
