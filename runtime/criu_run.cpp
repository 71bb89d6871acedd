#include "runtime/criu_run.h"

#include <unistd.h>

#include <fmt/core.h>

#include "base/descriptor_flags.h"
#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"

namespace aictr::runtime {
namespace {

Error become_criu(const CriuRun& run, const std::string& program) {
  auto get_ready = [&]() -> Result<void> {
    if (run.prepare) TRY(run.prepare());
    for (int fd : run.kept) TRY(sys::keep_at_exec(fd));
    return {};
  };
  auto ready = get_ready();
  if (!ready.ok()) return std::move(ready).error();
  std::vector<std::string> words = {"criu"};
  words.insert(words.end(), run.arguments.begin(), run.arguments.end());
  return sys::execute(program, words);
}

}  // namespace

Result<void> run_criu(const CriuRun& run, const CriuOptions& options) {
  std::string program = TRY(find_criu());
  sys::Cloned criu = TRY(sys::clone3(0, run.cgroup));
  if (criu.pid == 0) {
    Error error = become_criu(run, program);
    ignore(sys::write_all(STDERR_FILENO, error.message + "\n"));  // nobody else hears of it
    ::_exit(127);
  }
  sys::Ended ended = TRY(sys::wait(criu.pid));
  if (ended.exit_code() == 0) return {};
  std::string log = fmt::format("{}/{}", options.work_path.empty() ? options.image_path : options.work_path, run.log);
  std::string reason = reason_in_criu_log(read_file(AT_FDCWD, log).value_or(""));
  if (reason.empty()) reason = fmt::format("exit status {}", ended.exit_code());
  return make_error(Kind::internal, fmt::format("criu failed: {}", reason), fmt::format("its log is '{}'", log));
}

}  // namespace aictr::runtime
