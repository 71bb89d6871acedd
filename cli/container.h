#pragma once

// Containers as a person knows them: one directory each below <root>/containers, with a record (container.json), the
// writable layer and the files made for it. What the kernel side is doing is runtime/'s state; this is the rest.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/claims.h"
#include "cli/container_mount.h"
#include "hooks/network_attachment.h"
#include "images/snapshot.h"
#include "runtime/container.h"

namespace aictr::cli {

// container.json, format 1. Times are RFC 3339 in UTC, empty when not yet.
struct Container {
  std::string id;                      // 64 hexadecimal digits
  std::string name;                    // unique among containers
  std::string image;                   // as the user wrote it
  std::string image_id;                // "sha256:…"
  std::vector<std::string> command;    // what runs, the image's entrypoint and all
  std::vector<std::string> flags;      // of `aictr run`, from which every start makes its spec (words_of())
  std::vector<std::string> arguments;  // behind the image
  std::map<std::string, std::string> labels;
  std::string created;
  std::string started;
  std::string finished;
  std::optional<int> exit_code;  // of its last run; none while it runs
  bool killed_for_memory = false;
  bool remove_at_end = false;    // --rm
  bool waits_for_start = false;  // made by `aictr create`: that it has not been started does not mean that it was left
  bool restarting = false;       // it has ended, and its monitor is about to start it again
  int restarts = 0;              // by its monitor, since a person started it
  std::vector<ContainerMount> mounts;
  hooks::ContainerNetwork network;
};

// dead: its monitor was killed, so its exit code is lost.
enum class Status { created, running, paused, restarting, exited, dead };

// Its process lives, or will again without anybody's doing.
constexpr bool is_alive(Status status) {
  return status == Status::running || status == Status::paused || status == Status::restarting;
}

class Containers {
 public:
  static Result<Containers> open(const std::string& root);

  // Draws the id (and the name, when the record has none), claims the name and makes the directory. Kind::exists names
  // the container that has the name. Whoever runs the container holds the lock: it tells others that it is being looked
  // after. A failure leaves nothing.
  Result<FileLock> create(Container& record) const;

  // The lock of a container that nobody looks after. Kind::busy when somebody does.
  Result<FileLock> take(const Container& container) const;

  // Of a container that nobody else can know yet.
  Result<void> save(const Container& container) const;

  // Changes the record, one process after the other, and `container` with it. Kind::not_found when it is gone.
  Result<void> change(Container& container, const std::function<void(Container&)>& edit) const;

  Result<void> rename(Container& container, const std::string& name) const;

  // By name, by id, or by the start of an id that fits only one.
  Result<Container> find(std::string_view name) const;
  Result<std::vector<Container>> list() const;  // newest first

  // The truth from the runtime's state and the record together.
  Result<Status> status(const Container& container, const runtime::StateRoot& states) const;

  // Kills it and waits until whoever watches it has written down how it ended, or has taken it away; Kind::busy after
  // ten seconds.
  Result<void> end(const Container& container, const runtime::StateRoot& states) const;

  // Whether a person has ended the container, so that its monitor does not start it again. Set before the signal.
  Result<void> set_stopped(const Container& container, bool stopped) const;
  bool is_stopped(const Container& container) const;

  // Nobody looks after it any more.
  Result<bool> is_left(const Container& container) const;

  // Kind::busy while it runs, unless forced: then it is killed. Whoever else watches it is to be at its end by then.
  // Volumes that were made for it alone go with it when asked for, and always with a container of --rm.
  enum class OwnVolumes { keep, remove };
  Result<void> remove(const Container& container, const runtime::StateRoot& states, runtime::Force force,
                      OwnVolumes volumes = OwnVolumes::keep) const;

  // Removes what commands that were killed have left: containers that were to be removed at their end, and those that
  // were never made whole.
  Result<void> sweep(const runtime::StateRoot& states) const;

  const std::string& root() const { return root_; }         // of the store
  std::string directory(const Container& container) const;  // absolute
  Result<UniqueFd> open_directory(const Container& container) const;
  images::Writable writable(const Container& container) const;

 private:
  Containers(std::string root, std::string path, UniqueFd fd, Claims claims)
      : root_(std::move(root)), path_(std::move(path)), fd_(std::move(fd)), claims_(std::move(claims)) {}
  Result<std::string> claim_name(const std::string& id, const std::string& name) const;
  Result<void> make(Container& record) const;
  Result<std::optional<Container>> load(const std::string& id) const;
  bool is_for_nobody(const std::string& id) const;
  Result<void> clear(const std::string& id, const runtime::StateRoot& states) const;
  Result<void> free_names(const std::string& id) const;
  std::string root_;
  std::string path_;
  UniqueFd fd_;
  Claims claims_;
};

}  // namespace aictr::cli
