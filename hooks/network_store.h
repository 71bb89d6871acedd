#pragma once

// The networks of this machine: <root>/networks/NAME.json, written by rename. Whoever changes them holds the lock of
// hooks/network_connections.h.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "hooks/network.h"

namespace aictr::hooks {

class NetworkStore {
 public:
  static Result<NetworkStore> open(const std::string& root);  // makes the directory

  Result<std::vector<Network>> list() const;  // by name

  // By name, by id or by the start of an id that fits only one. Kind::not_found, Kind::usage when several fit.
  Result<Network> find(std::string_view name) const;

  // Kind::exists when the name is taken. Draws id, interface and what the wish leaves open.
  Result<Network> create(const NetworkWish& wish) const;

  // The one that containers are on unless told otherwise; made when it is not there.
  Result<Network> default_network() const;

  Result<void> remove(const Network& network) const;

 private:
  explicit NetworkStore(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace aictr::hooks
