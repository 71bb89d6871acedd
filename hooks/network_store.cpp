#include "hooks/network_store.h"

#include <fcntl.h>
#include <net/if.h>

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/file.h"
#include "base/random.h"
#include "base/sys.h"
#include "base/units.h"
#include "hooks/network_subnets.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kIdLength = 64;
constexpr std::string_view kEnding = ".json";
constexpr const char* kReserved[] = {"host", "none", "container", "default", "private", "slirp4netns", "pasta"};

std::string file_name(const std::string& name) {
  return fmt::format("{}{}", name, kEnding);
}

// The first of aictr0, aictr1, … that neither a network nor this host has.
std::string free_interface(const std::vector<Network>& networks) {
  for (unsigned number = 0;; ++number) {
    std::string name = fmt::format("aictr{}", number);
    bool has_owner = std::any_of(networks.begin(), networks.end(),
                                 [&](const Network& network) { return network.network_interface == name; });
    if (!has_owner && ::if_nametoindex(name.c_str()) == 0) return name;
  }
}

}  // namespace

Result<NetworkStore> NetworkStore::open(const std::string& root) {
  return NetworkStore(TRY(make_and_open_directory(AT_FDCWD, root + "/networks", 0700)));
}

Result<std::vector<Network>> NetworkStore::list() const {
  std::vector<Network> all;
  for (const std::string& name : TRY(list_directory(fd_.get()))) {
    if (!name.ends_with(kEnding)) continue;
    auto text = read_file(fd_.get(), name);
    if (!text.ok() && text.error().kind == Kind::not_found) continue;  // removed meanwhile
    std::string content = TRY(std::move(text));
    all.push_back(TRY(parse_network_file(content, fmt::format("network '{}'", name))));
  }
  return all;
}

Result<Network> NetworkStore::find(std::string_view name) const {
  std::vector<Network> fits;
  for (Network& network : TRY(list())) {
    if (network.name == name || network.id == name) return std::move(network);
    if (!name.empty() && network.id.starts_with(name)) fits.push_back(std::move(network));
  }
  if (fits.size() == 1) return std::move(fits.front());
  if (fits.empty()) {
    return make_error(Kind::not_found, fmt::format("no such network: '{}'", name),
                      fmt::format("`aictr network ls` lists them, `aictr network create {}` makes it", name));
  }
  return make_error(Kind::usage, fmt::format("'{}' fits {} networks: write more of the id", name, fits.size()));
}

Result<Network> NetworkStore::create(const NetworkWish& wish) const {
  if (std::find(std::begin(kReserved), std::end(kReserved), wish.name) != std::end(kReserved)) {
    return make_error(Kind::usage, fmt::format("a network cannot be called '{}'", wish.name), "choose another name");
  }
  std::vector<Network> others = TRY(list());
  std::vector<Subnet> taken = host_routes();
  for (const Network& other : others) {
    if (other.name == wish.name) {
      return make_error(Kind::exists, fmt::format("network '{}' exists", wish.name),
                        fmt::format("remove it with `aictr network rm {}`, or choose another name", wish.name));
    }
    for (const NetworkSubnet& part : other.subnets) taken.push_back(*Subnet::parse(part.subnet));
  }
  Network network = TRY(plan_network(wish, taken));
  network.id = TRY(random_hex(kIdLength));
  network.network_interface = free_interface(others);
  network.created = rfc3339(std::chrono::system_clock::now());
  TRY(write_file(fd_.get(), file_name(network.name), network_file(network), 0600));
  return network;
}

// As Docker's, it resolves no names: a program of the host need not run for it.
Result<Network> NetworkStore::default_network() const {
  auto there = find(kDefaultNetwork);
  if (there.ok() || there.error().kind != Kind::not_found) return there;
  NetworkWish wish;
  wish.name = kDefaultNetwork;
  wish.dns = false;
  return create(wish);
}

Result<void> NetworkStore::remove(const Network& network) const {
  return unless_gone(sys::unlink(fd_.get(), file_name(network.name)));
}

}  // namespace aictr::hooks
