#pragma once

// Containers as a person knows them: one directory each below <root>/containers, with a record (container.json), the
// writable layer and the files made for it. What the kernel side is doing is runtime/'s state; this is the rest.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/claims.h"
#include "images/snapshot.h"
#include "runtime/container.h"

namespace aictr::cli {

// container.json, format 1. Times are RFC 3339 in UTC, empty when not yet.
struct Container {
  std::string id;        // 64 hexadecimal digits
  std::string name;      // unique among containers
  std::string image;     // as the user wrote it
  std::string image_id;  // "sha256:…"
  std::vector<std::string> command;
  std::map<std::string, std::string> labels;
  std::string created;
  std::string started;
  std::string finished;
  std::optional<int> exit_code;
  bool killed_for_memory = false;
  bool remove_at_end = false;  // --rm
};

enum class Status { created, running, exited, dead };  // dead: whoever watched it was killed, so its exit code is lost

class Containers {
 public:
  static Result<Containers> open(const std::string& root);

  // Draws the id (and the name, when the record has none), claims the name and makes the directory. Kind::exists names
  // the container that has the name. Whoever runs the container holds the lock: it tells others that it is being looked
  // after. A failure leaves nothing.
  Result<FileLock> create(Container& record) const;
  Result<void> save(const Container& container) const;

  // By name, by id, or by the start of an id that fits only one.
  Result<Container> find(std::string_view name) const;
  Result<std::vector<Container>> list() const;  // newest first

  // The truth from the runtime's state and the record together.
  Result<Status> status(const Container& container, const runtime::StateRoot& states) const;

  // Kills it and waits until whoever watches it has written down how it ended, or has taken it away; Kind::busy after
  // ten seconds.
  Result<void> end(const Container& container, const runtime::StateRoot& states) const;

  // Kind::busy while it runs, unless forced: then it is killed. Whoever else watches it is to be at its end by then.
  Result<void> remove(const Container& container, const runtime::StateRoot& states, runtime::Force force) const;

  // Removes what commands that were killed have left: containers that were to be removed at their end, and those that
  // were never made whole.
  Result<void> sweep(const runtime::StateRoot& states) const;

  std::string directory(const Container& container) const;  // absolute
  images::Writable writable(const Container& container) const;

 private:
  Containers(std::string path, UniqueFd fd, Claims claims)
      : path_(std::move(path)), fd_(std::move(fd)), claims_(std::move(claims)) {}
  Result<std::string> claim_name(const Container& container) const;
  Result<void> make(Container& record) const;
  Result<std::optional<Container>> load(const std::string& id) const;
  Result<void> clear(const std::string& id, const runtime::StateRoot& states) const;
  Result<void> free_names(const std::string& id) const;
  std::string path_;
  UniqueFd fd_;
  Claims claims_;
};

}  // namespace aictr::cli
