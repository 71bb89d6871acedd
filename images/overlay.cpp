#include "images/overlay.h"

#include <fcntl.h>

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/scope.h"
#include "base/sys_mount.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

constexpr std::size_t kLongestOptionValue = 255;  // of fsconfig(2)
constexpr std::size_t kLongestOptions = 4095;     // of mount(2)

struct Option {
  std::string key;
  std::string value;  // empty: a flag
};

std::string by_descriptor(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

// Overlayfs wants the highest first.
std::vector<std::string> highest_first(const Overlay& overlay) {
  std::vector<std::string> paths;
  for (auto lower = overlay.lowers.rbegin(); lower != overlay.lowers.rend(); ++lower) {
    paths.push_back(by_descriptor(lower->get()));
  }
  return paths;
}

// Everything but the lower directories. What an upper directory must not hold for a layer to be made of it is switched
// off, whatever the kernel's defaults are.
std::vector<Option> options_of(const Overlay& overlay) {
  std::vector<Option> options;
  if (uses_user_xattrs()) options.push_back({"userxattr", ""});
  if (overlay.upper < 0) return options;
  options.push_back({"upperdir", by_descriptor(overlay.upper)});
  options.push_back({"workdir", by_descriptor(overlay.work)});
  options.push_back({"index", "off"});
  if (!uses_user_xattrs()) {  // with userxattr they are off, and the kernel takes no word about them
    options.push_back({"redirect_dir", "off"});
    options.push_back({"metacopy", "off"});
  }
  if (overlay.skip_sync) options.push_back({"volatile", ""});
  return options;
}

Result<UniqueFd> open_context() {
  auto context = sys::fsopen("overlay");
  if (context.ok() || context.error().code != ENODEV) return context;
  return make_error(Kind::unsupported, "this kernel has no overlayfs",
                    "load it (`modprobe overlay`), or use a kernel built with CONFIG_OVERLAY_FS");
}

Result<void> set(int context, const Option& option) {
  if (option.value.empty()) return sys::fsconfig_flag(context, option.key);
  return sys::fsconfig_string(context, option.key, option.value);
}

Result<UniqueFd> finish(int context, const Overlay& overlay) {
  TRY(sys::fsconfig_string(context, "source", "overlay"));
  for (const Option& option : options_of(overlay)) TRY(set(context, option));
  TRY(sys::fsconfig_create(context));
  return sys::fsmount(context, overlay.upper < 0 ? MOUNT_ATTR_RDONLY : 0U);
}

std::string join_lowers(const Overlay& overlay) {
  std::string joined;
  for (const std::string& path : highest_first(overlay)) joined += (joined.empty() ? "" : ":") + path;
  return joined;
}

Error too_many_layers(const Overlay& overlay) {
  return make_error(Kind::unsupported, fmt::format("this kernel cannot mount {} layers", overlay.lowers.size()),
                    "use Linux 6.7 or newer, or an image of fewer layers");
}

}  // namespace

Result<UniqueFd> mount_by_layer(const Overlay& overlay) {
  UniqueFd context = TRY(open_context());
  for (const std::string& lower : highest_first(overlay)) {
    TRY(sys::fsconfig_string(context.get(), "lowerdir+", lower));
  }
  return finish(context.get(), overlay);
}

Result<UniqueFd> mount_by_option(const Overlay& overlay) {
  std::string lowers = join_lowers(overlay);
  if (lowers.size() > kLongestOptionValue) return too_many_layers(overlay);
  UniqueFd context = TRY(open_context());
  TRY(sys::fsconfig_string(context.get(), "lowerdir", lowers));
  return finish(context.get(), overlay);
}

Result<UniqueFd> mount_by_old_call(const Overlay& overlay, const std::string& mount_point) {
  std::string data = "lowerdir=" + join_lowers(overlay);
  for (const Option& option : options_of(overlay)) {
    data += "," + option.key + (option.value.empty() ? "" : "=" + option.value);
  }
  if (data.size() > kLongestOptions) return too_many_layers(overlay);
  TRY(sys::mount("overlay", mount_point, "overlay", overlay.upper < 0 ? MS_RDONLY : 0UL, data));
  Defer unmount([&] { ignore(sys::umount(mount_point, sys::kDetach)); });
  TRY(sys::mount("none", mount_point, "", MS_PRIVATE, ""));
  return sys::open_tree(AT_FDCWD, mount_point, OPEN_TREE_CLONE);
}

}  // namespace aictr::images
