#include "images/build_context.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/clean_path.h"

namespace aictr::images {
namespace {

// Nothing when the file is not there.
Result<std::optional<IgnoreRules>> read_rules(int dir, const std::string& path, const std::string& name) {
  std::optional<IgnoreRules> rules;
  auto text = read_file(dir, path);
  if (!text.ok() && text.error().kind == Kind::not_found) return rules;
  if (!text.ok()) return std::move(text).error();
  rules = TRY(IgnoreRules::parse(name, text.value()));
  return rules;
}

Result<IgnoreRules> find_rules(int context, const std::string& dockerfile_path) {
  if (!dockerfile_path.empty()) {
    std::string own = dockerfile_path + ".dockerignore";
    if (auto rules = TRY(read_rules(AT_FDCWD, own, base_name(own)))) return std::move(*rules);
  }
  for (const char* name : {".dockerignore", ".containerignore"}) {
    if (auto rules = TRY(read_rules(context, name, name))) return std::move(*rules);
  }
  return IgnoreRules();
}

}  // namespace

Result<SourceTree> open_build_context(const std::string& path, const std::string& dockerfile_path) {
  auto root = open_directory(AT_FDCWD, path);
  if (!root.ok()) {
    return std::move(root)
        .error()
        .context("build context")
        .with_hint("the last argument is the folder that COPY takes from; '.' is the current one");
  }
  IgnoreRules rules = TRY(find_rules(root.value().get(), dockerfile_path));
  std::string where = TRY(sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", root.value().get())));
  return SourceTree(fmt::format("the build context '{}'", where), std::move(root).value(), std::move(rules));
}

}  // namespace aictr::images
