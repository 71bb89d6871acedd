#pragma once

// What is set up now: <runroot>/network/connections/CONTAINER/INTERFACE.json, one file a connection. It is written
// before anything is set up and removed after everything is put down, so that the next command finds what a killed one
// has left. `lock` beside it is held by whoever sets up or puts down, networks included.

#include <optional>
#include <string>
#include <vector>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "hooks/network_connection.h"

namespace aictr::hooks {

class Connections {
 public:
  // Waits until nobody else has them; they are ours as long as this lives, and as long as a program runs that has the
  // lock's descriptor.
  static Result<Connections> hold(const std::string& runroot);

  // To look at; a folder that is not there is one without connections.
  static Result<std::vector<Connection>> look(const std::string& runroot);

  Result<std::vector<Connection>> list() const;
  Result<std::vector<Connection>> of(const std::string& container_id) const;  // by interface
  Result<void> save(const Connection& connection) const;
  Result<void> drop(const Connection& connection) const;

  std::string path(const Connection& connection) const;   // of its file
  const std::string& directory() const { return path_; }  // where netavark keeps what it tells aardvark-dns
  int lock_fd() const { return lock_.fd(); }

 private:
  Connections(std::string path, UniqueFd fd, FileLock lock)
      : path_(std::move(path)), fd_(std::move(fd)), lock_(std::move(lock)) {}
  std::string path_;
  UniqueFd fd_;  // of "connections"
  FileLock lock_;
};

// Those of one container, by interface.
std::vector<Connection> connections_of(const std::vector<Connection>& all, const std::string& container_id);

}  // namespace aictr::hooks
