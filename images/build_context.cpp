#include "images/build_context.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/clean_path.h"

namespace aictr::images {
namespace {

// Nothing when the file is not there.
Result<std::optional<IgnoreRules>> read_rules(int dir, const std::string& path, sys::Resolve resolve) {
  std::optional<IgnoreRules> rules;
  auto file = sys::open(dir, path, O_RDONLY, 0, resolve);
  if (!file.ok() && file.error().kind == Kind::not_found) return rules;
  if (!file.ok()) return std::move(file).error();
  std::string text = TRY_AS(path, sys::read_to_end(file.value().get()));
  rules = TRY(IgnoreRules::parse(base_name(path), text));
  return rules;
}

Result<IgnoreRules> find_rules(int folder, const BuildContext& context) {
  bool here = context.origin == BuildContext::Origin::here;
  sys::Resolve resolve = here ? sys::Resolve::normal : sys::Resolve::in_root;
  if (!context.own_ignore_file.empty()) {
    int from = here ? AT_FDCWD : folder;
    if (auto rules = TRY(read_rules(from, context.own_ignore_file, resolve))) return std::move(*rules);
  }
  for (const char* name : {".dockerignore", ".containerignore"}) {
    if (auto rules = TRY(read_rules(folder, name, resolve))) return std::move(*rules);
  }
  return IgnoreRules();
}

}  // namespace

Result<SourceTree> open_build_context(const BuildContext& context) {
  auto root = open_directory(AT_FDCWD, context.path);
  if (!root.ok()) {
    return std::move(root)
        .error()
        .context("build context")
        .with_hint("the last argument is the folder that COPY takes from; '.' is the current one");
  }
  IgnoreRules rules = TRY(find_rules(root.value().get(), context));
  if (context.origin == BuildContext::Origin::elsewhere) {
    return SourceTree("the build context", std::move(root).value(), std::move(rules));
  }
  std::string where = TRY(sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", root.value().get())));
  return SourceTree(fmt::format("the build context '{}'", where), std::move(root).value(), std::move(rules));
}

}  // namespace aictr::images
