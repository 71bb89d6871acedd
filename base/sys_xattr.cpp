#include "base/sys_xattr.h"

#include <sys/xattr.h>

#include <array>
#include <cstring>

#include <fmt/core.h>

namespace aictr::sys {
namespace {

// Most files have none or few, so the first call with a buffer on the stack is nearly always enough. A list or value
// may grow between asking for its size and reading it.
template <class Call>
Result<std::string> read_grown(std::string_view what, Call call) {
  std::array<char, 1024> small;
  ssize_t n = call(small.data(), small.size());
  if (n >= 0) return std::string(small.data(), static_cast<std::size_t>(n));
  std::string large;
  while (errno == ERANGE) {
    ssize_t size = call(nullptr, 0);
    if (size < 0) break;
    large.resize(static_cast<std::size_t>(size));
    n = call(large.data(), large.size());
    if (n < 0) continue;
    large.resize(static_cast<std::size_t>(n));
    return large;
  }
  return sys_error(what);
}

}  // namespace

Result<std::vector<std::string>> list_xattrs(int fd) {
  auto list = read_grown("list extended attributes",
                         [fd](char* into, std::size_t size) { return ::flistxattr(fd, into, size); });
  if (!list.ok() && list.error().code == EOPNOTSUPP) return std::vector<std::string>();
  if (!list.ok()) return std::move(list).error();
  std::vector<std::string> names;
  const std::string& text = list.value();
  for (std::size_t at = 0; at < text.size(); at += names.back().size() + 1) names.emplace_back(text.c_str() + at);
  return names;
}

Result<std::string> get_xattr(int fd, const std::string& name) {
  return read_grown(fmt::format("get extended attribute '{}'", name),
                    [&](char* into, std::size_t size) { return ::fgetxattr(fd, name.c_str(), into, size); });
}

Result<void> set_xattr(int fd, const std::string& name, std::string_view value) {
  if (::fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) == 0) return {};
  return sys_error(fmt::format("set extended attribute '{}'", name));
}

Result<void> remove_xattr(int fd, const std::string& name) {
  if (::fremovexattr(fd, name.c_str()) == 0) return {};
  return sys_error(fmt::format("remove extended attribute '{}'", name));
}

}  // namespace aictr::sys
