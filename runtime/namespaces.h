#pragma once

// Which namespaces a container gets, and from where (namespaces(7)).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/linux_spec.h"

namespace aictr::runtime {

enum class NamespaceType : std::uint8_t { user, pid, network, mount, ipc, uts, cgroup, time };
std::string_view name_of(NamespaceType type);  // as config.json calls it
int flag_of(NamespaceType type);               // CLONE_NEW*

// Pure: what /linux/namespaces asks for.
class NamespacePlan {
 public:
  // Kind::usage names the JSON pointer of an unknown or repeated type.
  static Result<NamespacePlan> make(const std::vector<oci::Namespace>& namespaces);

  bool creates(NamespaceType type) const { return places_[index(type)] == Place::created; }
  bool joins(NamespaceType type) const { return places_[index(type)] == Place::joined; }
  bool has(NamespaceType type) const { return places_[index(type)] != Place::host; }

  // For clone3(2). Without the cgroup namespace, which is entered once the process is in its cgroup, and without the
  // time namespace, whose clocks are set before anybody is in it.
  std::uint64_t clone_flags() const;

  // A process cannot enter another PID or time namespace, only its children can; and what is created after joining a
  // user namespace must be created from inside. Then a process goes ahead, enters them, and makes the container's.
  bool needs_forerunner() const;

  struct Join {
    NamespaceType type;
    std::string path;
    std::string pointer;  // "/linux/namespaces/2/path"
  };
  const std::vector<Join>& joined() const { return joined_; }

 private:
  enum class Place : std::uint8_t { host, created, joined };
  static std::size_t index(NamespaceType type) { return static_cast<std::size_t>(type); }
  std::array<Place, 8> places_{};
  std::vector<Join> joined_;
};

struct OpenNamespace {
  NamespaceType type;
  UniqueFd fd;
  std::string pointer;
  bool ours = false;  // the one that we are in ourselves
};
// Checks that each path is a namespace of its type.
Result<std::vector<OpenNamespace>> open_namespaces(const NamespacePlan& plan);

// The user namespace last: entering it takes away the right to enter the others, unless they belong to it.
Result<void> join_namespaces(const std::vector<OpenNamespace>& namespaces);

// Root of the user namespace that we are in, which makes its capabilities ours.
Result<void> become_root_of_user_namespace();

}  // namespace aictr::runtime
