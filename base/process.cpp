#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"

namespace aictr {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& s : strings) result.push_back(const_cast<char*>(s.c_str()));
  result.push_back(nullptr);
  return result;
}

// In the child: only async-signal-safe calls, ends in exec or in _exit with the errno sent through `failure`.
[[noreturn]] void become(const Command& command, char* const* argv, char* const* envp, int input, int output,
                         int failure) {
  sigset_t none;
  sigemptyset(&none);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // `failure` is close-on-exec too: that it closes tells the parent that the program has begun.
  bool closed = sys::close_on_exec_from(3).ok();
  if (closed && ::dup2(input, 0) >= 0 && ::dup2(output, 1) >= 0 && ::dup2(output, 2) >= 0)
    ::execve(command.program.c_str(), argv, envp);
  int code = errno;
  ssize_t written = ::write(failure, &code, sizeof code);
  ::_exit(written == sizeof code ? 127 : 126);
}

// While it lives, writing to a pipe that nobody reads is an error of the write and not the end of this process.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal() {
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    ignore(sys::block_signals(only_sigpipe(), &before_));
  }
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;
  ~NoBrokenPipeSignal() {
    sigset_t set = only_sigpipe();
    timespec at_once{};
    if (!was_pending_) ::sigtimedwait(&set, nullptr, &at_once);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  static sigset_t only_sigpipe() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
  }

  sigset_t before_{};
  bool was_pending_ = false;
};

using Clock = std::chrono::steady_clock;

int remaining_ms(std::optional<Clock::time_point> end) {
  if (!end) return -1;
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*end - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

// Feeds the input and collects the output, up to a limit, until the program has closed its end. False: out of time.
Result<bool> converse(UniqueFd& input, UniqueFd& output, const Command& command, std::string& collected,
                      std::optional<Clock::time_point> end) {
  std::string_view feed = command.input;
  NoBrokenPipeSignal no_signal;
  char buffer[4096];
  while (output) {
    pollfd fds[2] = {{output.get(), POLLIN, 0}, {input.get(), POLLOUT, 0}};
    int ready = ::poll(fds, 2, remaining_ms(end));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return sys_error("wait for a program");
    if (ready == 0) return false;
    if ((fds[1].revents & (POLLERR | POLLHUP)) != 0) input.reset();
    if ((fds[1].revents & POLLOUT) != 0) {
      ssize_t n = ::write(input.get(), feed.data(), feed.size());
      if (n > 0) feed.remove_prefix(static_cast<std::size_t>(n));
      if (feed.empty() || (n < 0 && errno != EAGAIN && errno != EINTR)) input.reset();
    }
    if (fds[0].revents != 0) {
      std::size_t n = TRY(sys::read(output.get(), buffer));
      if (n == 0) output.reset();
      collected.append(buffer, std::min(n, command.output_limit - std::min(command.output_limit, collected.size())));
    }
  }
  return true;
}

Result<bool> wait_until(int pidfd, std::optional<Clock::time_point> end) {
  for (;;) {
    pollfd fd{pidfd, POLLIN, 0};
    int ready = ::poll(&fd, 1, remaining_ms(end));
    if (ready < 0 && errno != EINTR) return sys_error("wait for a program");
    if (ready >= 0) return ready > 0;
  }
}

}  // namespace

Result<std::string> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const std::string& folder :
       split(path != nullptr ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ':')) {
    std::string candidate = fmt::format("{}/{}", folder, name);
    if (folder.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return make_error(Kind::not_found, fmt::format("the program '{}' is not in $PATH", name), "install it");
}

std::vector<std::string> our_environment() {
  std::vector<std::string> variables;
  for (char** one = environ; *one != nullptr; ++one) variables.emplace_back(*one);
  return variables;
}

Result<CommandResult> run_command(const Command& command) {
  auto argv = pointers(command.arguments);
  auto envp = pointers(command.environment);
  sys::Pipe input = TRY(sys::pipe());
  sys::Pipe output = TRY(sys::pipe());
  sys::Pipe failure = TRY(sys::pipe());
  sys::Cloned child = TRY(sys::clone3(0));
  if (child.pid == 0) {
    int from = command.input_file.value_or(input.read_end.get());
    become(command, argv.data(), envp.data(), from, output.write_end.get(), failure.write_end.get());
  }
  input.read_end.reset();
  output.write_end.reset();
  failure.write_end.reset();
  if (command.input.empty()) input.write_end.reset();
  if (input.write_end) ::fcntl(input.write_end.get(), F_SETFL, O_NONBLOCK);

  std::optional<Clock::time_point> end;
  if (command.deadline) end = Clock::now() + *command.deadline;
  CommandResult result;
  auto talked = converse(input.write_end, output.read_end, command, result.output, end);
  if (talked.ok() && talked.value()) talked = wait_until(child.pidfd.get(), end);
  bool in_time = talked.ok() && talked.value();
  // Too late or broken: nothing of ours may be left running. A process that is gone already is no matter.
  if (!in_time) ignore(sys::kill(child.pid, SIGKILL));
  result.ended = TRY(sys::wait(child.pid));
  if (!talked.ok()) return std::move(talked).error();
  if (!in_time) {
    return make_error(Kind::busy,
                      fmt::format("run '{}': not done after {} ms", command.program, command.deadline->count()));
  }
  int code = 0;
  if (::read(failure.read_end.get(), &code, sizeof code) == sizeof code) {
    return sys_error(fmt::format("run '{}'", command.program), code);
  }
  return result;
}

}  // namespace aictr
