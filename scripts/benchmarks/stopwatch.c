// stopwatch COMMAND [ARG...]: runs it once and writes "wall-nanoseconds peak-KiB exit-code" to descriptor 3.
//
// A program of its own, because a child's peak memory counts the pages of whoever spawned it until it execs: measured
// from an interpreter, every contestant would weigh as much as the interpreter.
#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <time.h>

extern char** environ;

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char** argv) {
  if (argc < 2) return 125;
  fcntl(3, F_SETFD, FD_CLOEXEC);  // a container that the command leaves behind would hold it open
  pid_t child;
  int status = 0;
  struct rusage usage;
  long long start = now();
  if (posix_spawnp(&child, argv[1], NULL, NULL, argv + 1, environ) != 0) return 127;
  if (wait4(child, &status, 0, &usage) < 0) return 125;
  long long wall = now() - start;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  dprintf(3, "%lld %ld %d\n", wall, usage.ru_maxrss, code);
  return 0;
}
