#include "cli/privilege.h"

#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include "runtime/privileges.h"

namespace aictr::cli {

Result<void> need_capability(std::string_view name) {
  auto names = runtime::capability_names();  // by number
  auto number = std::find(names.begin(), names.end(), name) - names.begin();
  if ((TRY(runtime::grantable_capabilities()) >> number & 1) != 0) return {};
  if (::geteuid() != 0) {
    return make_error(Kind::denied, fmt::format("needs root, or {}", name), "run it as root, such as with sudo");
  }
  return make_error(Kind::denied, fmt::format("needs {}, which root does not have here", name),
                    "inside a container, give that one more rights, such as with --privileged");
}

}  // namespace aictr::cli
