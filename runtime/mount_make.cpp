#include "runtime/mount_make.h"

#include <fcntl.h>
#include <linux/magic.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_mount.h"
#include "base/text.h"

namespace aictr::runtime {
namespace {

Result<void> set_option(int context, const std::string& word) {
  auto equals = word.find('=');
  if (equals == std::string::npos) return sys::fsconfig_flag(context, word);
  return sys::fsconfig_string(context, word.substr(0, equals), word.substr(equals + 1));
}

// One word may hold several options with commas, as mount(8) writes them; a quoted value may hold commas itself.
std::vector<std::string> single_options(const std::vector<std::string>& words) {
  std::vector<std::string> result;
  for (const std::string& word : words) {
    if (word.find('"') != std::string::npos) {
      result.push_back(word);
    } else {
      std::ranges::move(split(word, ','), std::back_inserter(result));
    }
  }
  return result;
}

Result<void> change(int mount, const AttributeChange& attributes, std::uint64_t propagation, bool recursive) {
  mount_attr request{};
  request.attr_set = attributes.set;
  request.attr_clr = attributes.clear;
  request.propagation = propagation;
  return sys::mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U), request);
}

Result<void> map_ids(int mount, const MountOp& op) {
  UniqueFd user_namespace = TRY_AS(op.pointer, open_user_namespace(op.id_maps));
  mount_attr request{};
  request.attr_set = MOUNT_ATTR_IDMAP;
  request.userns_fd = static_cast<std::uint64_t>(user_namespace.get());
  bool recursive = op.options.id_map == MountOptions::IdMap::with_submounts;
  auto mapped = sys::mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U), request);
  if (mapped.ok()) return {};
  return std::move(mapped).error().context(
      fmt::format("{}: map the ids of '{}' (Linux 5.12 and a file system that takes part)", op.pointer, op.source));
}

// A program that opens /proc or writes to /sys must not meet a folder of somebody's choice.
Result<void> check_is_what_it_seems(int mount, const MountOp& op) {
  if (op.destination != "/proc") return {};
  if (TRY(sys::file_system_magic(mount)) == PROC_SUPER_MAGIC) return {};
  return make_error(Kind::usage, fmt::format("'{}' cannot be mounted on '/proc': it is not of type proc", op.source));
}

}  // namespace

Result<void> change_attributes(int mount, const MountOptions& options) {
  if (!options.attributes.empty()) TRY(change(mount, options.attributes, 0, false));
  if (!options.recursive_attributes.empty()) TRY(change(mount, options.recursive_attributes, 0, true));
  for (const Propagation& propagation : options.propagation)
    TRY(change(mount, {}, propagation.type, propagation.recursive));
  return {};
}

Result<UniqueFd> make_file_system(const MountOp& op) {
  UniqueFd context = TRY(sys::fsopen(op.type));
  if (!op.source.empty()) TRY(sys::fsconfig_string(context.get(), "source", op.source));
  for (const std::string& word : single_options(op.options.file_system)) TRY(set_option(context.get(), word));
  if (!op.label.empty()) TRY_AS("/linux/mountLabel", sys::fsconfig_string(context.get(), "context", op.label));
  TRY_AS(fmt::format("mount {}", op.type), sys::fsconfig_create(context.get()));
  auto attributes = static_cast<unsigned>(op.options.attributes.set | op.options.recursive_attributes.set);
  if (op.options.copy_up) attributes &= ~static_cast<unsigned>(MOUNT_ATTR_RDONLY);  // it is filled first
  UniqueFd mount = TRY(sys::fsmount(context.get(), attributes));
  for (const Propagation& propagation : op.options.propagation)
    TRY(change(mount.get(), {}, propagation.type, propagation.recursive));
  return mount;
}

Result<UniqueFd> make_bind(const MountOp& op) {
  unsigned flags = OPEN_TREE_CLONE;
  if (op.options.bind == MountOptions::Bind::with_submounts) flags |= AT_RECURSIVE;
  UniqueFd mount = TRY(sys::open_tree(AT_FDCWD, op.source, flags));
  TRY(check_is_what_it_seems(mount.get(), op));
  TRY(change_attributes(mount.get(), op.options));
  if (!op.id_maps.empty()) TRY(map_ids(mount.get(), op));
  return mount;
}

Result<UniqueFd> make_tmpfs(const std::string& mode) {
  UniqueFd context = TRY(sys::fsopen("tmpfs"));
  TRY(sys::fsconfig_string(context.get(), "mode", mode));
  TRY(sys::fsconfig_create(context.get()));
  return sys::fsmount(context.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

}  // namespace aictr::runtime
