#include "cli/bundle.h"

#include <fcntl.h>

#include <climits>
#include <cstdlib>
#include <memory>

#include <fmt/core.h>

#include "base/file.h"

namespace aictr::cli {

Result<Bundle> load_bundle(const std::string& path) {
  std::string wanted = path.empty() ? "." : path;
  std::unique_ptr<char, void (*)(void*)> resolved(::realpath(wanted.c_str(), nullptr), std::free);
  if (!resolved) return sys_error(fmt::format("bundle '{}'", wanted));
  Bundle bundle;
  bundle.path = resolved.get();
  auto text = read_file(AT_FDCWD, bundle.path + "/config.json");
  if (!text.ok()) {
    return std::move(text)
        .error()
        .context(fmt::format("bundle '{}'", wanted))
        .with_hint("a bundle holds config.json and a root file system; 'aictr-runtime spec' writes a config.json");
  }
  bundle.spec = TRY(oci::parse_spec(text.value()));
  return bundle;
}

}  // namespace aictr::cli
