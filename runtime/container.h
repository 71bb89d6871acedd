#pragma once

// The life of an OCI container, as runtime.md of the runtime specification tells it: create, start, kill, delete,
// state. Everything that lasts between two commands is in the state root (a directory, /run/aictr), so any process may
// do any step.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/runtime_spec.h"
#include "oci/state.h"

namespace aictr::runtime {

// A detached mount (open_tree(2) or fsmount(2)) of a directory or a file, and where the container sees it.
struct GivenMount {
  std::string destination;  // made where it is missing
  UniqueFd tree;
};

struct CreateRequest {
  std::string id;      // [A-Za-z0-9_+-][A-Za-z0-9_+.-]*
  std::string bundle;  // absolute; relative paths of the spec start here
  oci::Spec spec;

  // A detached mount (fsmount(2) or open_tree(2)) that becomes the root file system instead of spec.root.path. It ends
  // with the container's mount namespace, so a killed runtime leaves no mount behind.
  UniqueFd rootfs;

  std::vector<GivenMount> mounts;  // after those of the spec

  // Descriptors of ours that the process is to have, as it knows them: {3, fd}. Everything else from 3 on is closed.
  std::map<int, int> extra_fds;

  std::string console_socket;   // unix socket that gets the terminal's master side; empty: it comes back in Created
  bool plain_newlines = false;  // the terminal passes "\n" on as it is (ONLCR off), as runc's does for who is attached
  std::string pidfd_socket;     // unix socket that gets a pidfd of the process; empty: nobody does
  std::string pid_file;
  // The state root gets the directory "<id>.notify", for a socket of the container's; a mount of the spec may show it.
  bool notify_directory = false;
  bool systemd_cgroup = false;  // linux.cgroupsPath is "slice:prefix:name" of a scope that systemd makes
  bool no_pivot = false;
  bool no_new_keyring = false;

  // The process is killed when the thread that created it dies: for a foreground run without a monitor.
  bool die_with_parent = false;
};

// A created container: its process waits for start().
struct Created {
  pid_t pid = 0;  // in the caller's PID namespace; a child of the caller, who reaps it
  UniqueFd pidfd;
  UniqueFd terminal;  // master side, when spec.process.terminal and no console socket was given
};

// What a container did with its memory, from its cgroup. Absent numbers are -1.
struct MemoryReport {
  std::int64_t limit = -1;     // bytes; -1: none
  std::int64_t peak = -1;      // bytes (memory.peak, Linux 5.19; memory.max_usage_in_bytes on v1)
  std::int64_t oom_kills = 0;  // processes of the container that the kernel killed for memory
};

class StateRoot {
 public:
  // Makes the directory (0711) when it is missing.
  static Result<StateRoot> open(std::string path);
  // One that is there, to look at: a missing directory is a root without containers.
  static Result<StateRoot> look(std::string path);
  const std::string& path() const { return path_; }
  int fd() const { return fd_.get(); }
  bool is_missing() const { return !fd_; }

 private:
  StateRoot(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  UniqueFd fd_;
};

// Kind::exists when the id is taken, Kind::usage when the id or the spec has no meaning, Kind::unsupported (naming the
// JSON path) for what this kernel cannot do. Nothing is left behind on failure. The caller must be single-threaded.
Result<Created> create(const StateRoot& root, CreateRequest request);

// create() and start() in one, for less than both cost: the process execs as soon as it can, without waiting at a gate.
Result<Created> run(const StateRoot& root, CreateRequest request);

// Lets the created process exec. Kind::busy unless it is in state created. An exec that fails is reported here
// (Kind::exec) and ends the container.
Result<void> start(const StateRoot& root, const std::string& id);

Result<void> kill(const StateRoot& root, const std::string& id, int signal, bool all = false);

// Is told what went wrong and keeps nothing back.
using Warn = std::function<void(const Error&)>;

// Removes what create() made: cgroup and state. Kind::busy while it runs, unless forced: then it is killed first. A
// poststop hook that fails is a warning.
enum class Force { no, yes };
Result<void> remove(const StateRoot& root, const std::string& id, Force force, const Warn& warn = {});

Result<oci::State> state(const StateRoot& root, const std::string& id);
Result<std::vector<oci::State>> list(const StateRoot& root);  // sorted by id
Result<MemoryReport> memory_report(const StateRoot& root, const std::string& id);

}  // namespace aictr::runtime
