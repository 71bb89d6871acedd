#include "cli/libexec.h"

#include <fcntl.h>

#include <cstdlib>
#include <vector>

#include <fmt/core.h>

#include "base/sys.h"
#include "runtime/self_protect.h"

namespace aictr::cli {
namespace {

std::string folder_of_this_program() {
  auto self = runtime::path_of_this_program();
  if (!self.ok()) return ".";
  return self.value().substr(0, self.value().rfind('/'));
}

std::vector<std::string> folders() {
  std::vector<std::string> result;
  if (const char* given = std::getenv("AICTR_LIBEXEC")) result.emplace_back(given);
  std::string here = folder_of_this_program();
  result.insert(result.end(), {here, here + "/../libexec/aictr", AICTR_LIBEXEC});
  return result;
}

}  // namespace

Result<std::string> libexec_program(const std::string& name) {
  for (const std::string& folder : folders()) {
    std::string path = fmt::format("{}/{}", folder, name);
    if (sys::exists(AT_FDCWD, path)) return path;
  }
  return make_error(Kind::not_found, fmt::format("the program {} is missing", name),
                    "install aictr whole, or set AICTR_LIBEXEC to its folder");
}

}  // namespace aictr::cli
