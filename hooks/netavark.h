#pragma once

// netavark, which makes and removes bridges, interfaces, addresses, routes and firewall rules, and aardvark-dns, which
// answers names. Their protocol: https://github.com/containers/netavark, docs; from version 1.4 (Debian 12).

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "hooks/network_connections.h"

namespace aictr::hooks {

class Netavark {
 public:
  // Kind::unsupported says what to install.
  static Result<Netavark> find();
  bool resolves_names() const { return !aardvark_.empty(); }

  // Connects the network namespace of a process, and puts it down in the connections first. A failure leaves nothing.
  Result<void> set_up(const Connections& connections, Connection& connection, pid_t pid) const;

  // `pid`: of a process that is still in the namespace; nothing when the container has ended. What is not there any
  // more is no error.
  Result<void> tear_down(const Connections& connections, const Connection& connection, std::optional<pid_t> pid) const;

 private:
  Netavark(std::string program, std::string aardvark) : program_(std::move(program)), aardvark_(std::move(aardvark)) {}
  Result<void> call(const char* what, const Connections& connections, const Connection& connection,
                    const std::string& ns) const;
  std::string program_;
  std::string aardvark_;  // empty: not installed
};

}  // namespace aictr::hooks
