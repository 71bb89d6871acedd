#pragma once

// linux.netDevices: interfaces of the host that become the container's (config-linux.md, "Network Devices").

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/netlink.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/linux_spec.h"

namespace aictr::runtime {

// Pure: names that the kernel can take; Kind::usage with the JSON pointer.
Result<void> check_net_devices(const std::map<std::string, oci::NetDevice>& devices);

// Interfaces on loan: moved with their permanent global addresses and set up. Unless keep() is called they go back,
// with name, addresses and state as they were; for one that has no hardware behind it would end with the namespace.
class NetDevices {
 public:
  // `network`: a network namespace, open. The caller has one thread, which visits that namespace and comes back.
  static Result<NetDevices> move(const std::map<std::string, oci::NetDevice>& devices, UniqueFd network);
  NetDevices(NetDevices&&) = default;
  NetDevices& operator=(NetDevices&&) = delete;
  ~NetDevices();
  void keep() { moved_.clear(); }

 private:
  struct Device {
    std::string name;                    // on the host
    int index = 0;                       // where it is now
    bool up = false;                     // on the host
    std::vector<std::string> addresses;  // struct ifaddrmsg and attributes, as the kernel told them
  };
  NetDevices(UniqueFd host, UniqueFd network, Netlink outside, Netlink inside)
      : host_(std::move(host)),
        network_(std::move(network)),
        outside_(std::move(outside)),
        inside_(std::move(inside)) {}
  Result<void> move_in(const std::string& name, const std::string& new_name);
  Result<void> move_back(const Device& device) const;

  UniqueFd host_;
  UniqueFd network_;
  Netlink outside_;
  Netlink inside_;
  std::vector<Device> moved_;
};

// Brings the loopback of the network namespace that we are in up: a new one has it down, and what talks to 127.0.0.1
// would find nobody, though it has no other network. As runc and crun do.
Result<void> bring_up_loopback();

}  // namespace aictr::runtime
