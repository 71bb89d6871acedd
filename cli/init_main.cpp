// aictr-init: the first process of a container that was started with --init. It starts the command, passes signals on
// to it, reaps every process that is orphaned in the container, and ends as the command ends. Written in plain system
// calls: it stays in memory for as long as the container runs.
//
//   aictr-init COMMAND [ARG...]

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace {

constexpr int kOwnFailure = 125;
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

[[noreturn]] void become(char** command, const sigset_t& mask) {
  // A process group of its own, in the foreground of the terminal if there is one, so that Ctrl-C reaches the command
  // once.
  ::setpgid(0, 0);
  ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  ::execvp(command[0], command);
  int code = errno;
  std::fprintf(stderr, "aictr: run '%s': %s\n", command[0], std::strerror(code));
  ::_exit(code == ENOENT ? kNotFound : kNotExecutable);
}

int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Takes every child that has ended; true, with its status, when the command was among them.
bool reap(pid_t command, int& status) {
  bool ended = false;
  for (;;) {
    int one = 0;
    pid_t pid = ::waitpid(-1, &one, WNOHANG);
    if (pid <= 0) return ended;
    if (pid == command) {
      status = one;
      ended = true;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: aictr-init COMMAND [ARG...]\n", stderr);
    return kOwnFailure;
  }
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  pid_t command = ::fork();
  if (command < 0) {
    std::perror("aictr-init: fork");
    return kOwnFailure;
  }
  if (command == 0) become(argv + 1, before);

  int status = 0;
  for (;;) {
    int signal = ::sigwaitinfo(&all, nullptr);
    if (signal == SIGCHLD) {
      if (reap(command, status)) return exit_code(status);
    } else if (signal > 0 && signal != SIGTTIN && signal != SIGTTOU) {
      ::kill(command, signal);
    }
  }
}
