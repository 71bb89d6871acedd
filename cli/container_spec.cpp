#include "cli/container_spec.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "base/sys.h"
#include "cli/libexec.h"
#include "oci/default_spec.h"
#include "oci/user.h"

namespace aictr::cli {
namespace {

constexpr const char* kInitInside = "/dev/aictr/init";
constexpr std::size_t kShortId = 12;
constexpr std::size_t kMaxAccounts = 8U << 20;  // bytes of an /etc/passwd that we read

}  // namespace

Result<void> set_user(oci::Process& process, const std::string& user, const std::vector<std::string>& groups,
                      int rootfs) {
  // Read through the root's own descriptor: the file may be a link, and must not lead out of the container.
  auto read_inside = [&](const char* path) -> std::string {
    auto fd = sys::open(rootfs, path, O_RDONLY | O_NONBLOCK, 0, sys::Resolve::in_root);
    if (!fd.ok()) return "";
    return sys::read_to_end(fd.value().get(), kMaxAccounts).value_or("");
  };
  std::string group_file = read_inside("etc/group");
  oci::Account account = TRY(oci::resolve_user(user, read_inside("etc/passwd"), group_file));
  process.user.uid = account.uid;
  process.user.gid = account.gid;
  // The group of the user is among the supplementary ones too: a program that changes its group must not thereby lose
  // the rights that the group takes away (CVE-2022-36109).
  auto& all = process.user.additional_gids;
  std::vector<gid_t> of_devices = std::exchange(all, std::move(account.groups));
  for (gid_t group : of_devices) {
    if (std::find(all.begin(), all.end(), group) == all.end()) all.push_back(group);
  }
  if (std::find(all.begin(), all.end(), account.gid) == all.end()) all.insert(all.begin(), account.gid);
  for (const std::string& group : groups) {
    all.push_back(TRY_AS("--group-add", oci::resolve_group(group, group_file)));
  }
  if (oci::find_env(process.env, "HOME") == nullptr) process.env.push_back("HOME=" + account.home);
  return {};
}

Result<void> add_init(oci::Spec& spec) {
  oci::Mount mount;
  mount.type = "bind";
  mount.source = TRY_AS("--init", libexec_program("aictr-init"));
  mount.destination = kInitInside;
  mount.options = {"bind", "ro", "nosuid", "nodev", "private"};
  spec.mounts.push_back(std::move(mount));
  spec.process->args.insert(spec.process->args.begin(), kInitInside);
  return {};
}

void set_hostname(oci::Spec& spec, const std::string& given, const std::string& id) {
  spec.hostname = given.empty() ? id.substr(0, kShortId) : given;
  if (oci::find_env(spec.process->env, "HOSTNAME") == nullptr) spec.process->env.push_back("HOSTNAME=" + spec.hostname);
}

}  // namespace aictr::cli
