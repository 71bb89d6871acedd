#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/container_spec.h"
#include "cli/container_tree.h"
#include "cli/copy_path.h"
#include "cli/cp_command.h"
#include "cli/privilege.h"
#include "cli/report.h"
#include "images/layer_unpack.h"
#include "images/tree_copy.h"
#include "images/tree_tar.h"

namespace aictr::cli {
namespace {

constexpr int kMostLinks = 40;  // as the kernel's own limit

// The host or a container, and how far a path of it may lead.
struct Side {
  UniqueFd root;
  sys::Resolve resolve = sys::Resolve::normal;
  std::string folder;  // where relative paths start

  Result<UniqueFd> open(const std::string& path, int flags) const {
    return sys::open(root.get(), path, flags, 0, resolve);
  }
};

Result<Side> host_side() {
  UniqueFd root = TRY(sys::open("/", O_PATH | O_DIRECTORY));
  std::string folder = TRY(sys::readlink(AT_FDCWD, "/proc/self/cwd"));
  return Side{std::move(root), sys::Resolve::normal, std::move(folder)};
}

Result<Side> container_side(const ContainerTree& files) {
  UniqueFd root = TRY(files.root());
  return Side{std::move(root), sys::Resolve::in_root, "/"};
}

Found found_of(const struct stat& st) {
  if (S_ISDIR(st.st_mode)) return Found::directory;
  return S_ISREG(st.st_mode) || S_ISLNK(st.st_mode) ? Found::file : Found::other;
}

Result<images::LiveEntry> find_source(const Side& side, const CopyPath& path, bool follow) {
  images::LiveEntry entry;
  entry.fd = TRY(side.open(path.to_open(), O_PATH | (follow ? 0 : O_NOFOLLOW)));
  entry.st = TRY(sys::stat(entry.fd.get()));
  return entry;
}

struct Destination {
  CopyPath path;  // links have been followed
  Found there = Found::nothing;
};

// The parent must be there; what a link at the end leads to need not.
Result<Destination> find_destination(const Side& side, CopyPath path) {
  for (int links = 0; links < kMostLinks; ++links) {
    if (path.name().empty()) return Destination{path, Found::directory};
    UniqueFd parent = TRY(side.open(path.parent(), O_PATH | O_DIRECTORY));
    auto entry = images::look_at(parent.get(), path.name());
    if (!entry.ok() && entry.error().code == ENOENT) return Destination{path, Found::nothing};
    if (!entry.ok()) return std::move(entry).error();
    if (!S_ISLNK(entry.value().st.st_mode)) return Destination{path, found_of(entry.value().st)};
    std::string target = TRY(sys::readlink(entry.value().fd.get(), ""));
    CopyPath next = parse_copy_path(target, path.parent());
    next.must_be_directory |= path.must_be_directory;
    path = next;
  }
  return sys_error(fmt::format("open '{}'", path.path), ELOOP);
}

Result<images::TreeCopied> copy_between(const Side& from, const CopyPath& source, const Side& to,
                                        const CopyPath& destination, bool follow,
                                        const images::TreeCopyOptions& options) {
  images::LiveEntry entry = TRY(find_source(from, source, follow));
  Destination found = TRY(find_destination(to, destination));
  CopyTarget target = TRY(place_copy(source, found_of(entry.st), found.path, found.there));
  UniqueFd directory = TRY(to.open(target.directory, O_RDONLY | O_DIRECTORY));
  return images::copy_tree(std::move(entry), directory.get(), target.name, options);
}

// Whom the files of `cp -a` belong to: the user that the container runs as.
Result<images::Owner> owner_inside(const ContainerTree& files, const Side& side) {
  oci::Process process;
  TRY(set_user(process, files.image().config.config.user, {}, side.root.get()));
  return images::Owner{process.user.uid, process.user.gid};
}

Result<void> write_stream(const Side& side, const CopyPath& source, bool follow) {
  images::LiveEntry entry = TRY(find_source(side, source, follow));
  bool whole = source.contents_only || source.name().empty();
  std::string name = whole && S_ISDIR(entry.st.st_mode) ? "." : source.name();
  return write_archive("-", "redirect it, or name a file", [&](const images::TarSink& sink) {
    return images::write_tree_tar(std::move(entry), name, sink);
  });
}

Result<void> read_stream(const Side& side, const CopyPath& destination, std::optional<images::Owner> owner) {
  auto directory = side.open(destination.to_open(), O_RDONLY | O_DIRECTORY);
  if (!directory.ok() && directory.error().code == ENOTDIR) {
    return make_error(Kind::usage, fmt::format("'{}' is not a directory", destination.path));
  }
  UniqueFd root = TRY(std::move(directory));
  UniqueFd archive = TRY(open_archive("-"));
  images::FdSource bytes(archive.get());
  images::UnpackOptions options;
  options.whiteouts = images::Whiteouts::ordinary;
  options.owner = owner;
  TRY(images::unpack_layer(bytes, root.get(), options));
  return {};
}

void tell(const CpFlags& flags, const images::TreeCopied& copied, const std::string& destination) {
  if (copied.left_out > 0) {
    report_warning(fmt::format("{} device node{} left out", copied.left_out, copied.left_out == 1 ? " was" : "s were"));
  }
  if (flags.quiet || !can_draw()) return;
  auto bytes = static_cast<std::uint64_t>(copied.bytes);
  report_done(fmt::format("Successfully copied {} to {}", decimal_size(bytes), destination));
}

Result<void> copy_out(const Globals& globals, const CpFlags& flags, const CopyOperand& from, const CopyOperand& to) {
  ContainerTree files = TRY(ContainerTree::open(globals, from.container));
  Side inside = TRY(container_side(files));
  CopyPath source = parse_copy_path(from.path, inside.folder);
  if (to.is_stream()) return write_stream(inside, source, flags.follow_link);
  Side host = TRY(host_side());
  images::TreeCopyOptions options;
  if (!flags.archive) options.owner = images::Owner{::geteuid(), ::getegid()};
  options.keep_privileges = false;
  CopyPath destination = parse_copy_path(to.path, host.folder);
  auto copied = TRY(copy_between(inside, source, host, destination, flags.follow_link, options));
  tell(flags, copied, to.path);
  return {};
}

Result<void> copy_in(const Globals& globals, const CpFlags& flags, const CopyOperand& from, const CopyOperand& to) {
  ContainerTree files = TRY(ContainerTree::open(globals, to.container));
  Side inside = TRY(container_side(files));
  images::TreeCopyOptions options;
  if (flags.archive) options.owner = TRY(owner_inside(files, inside));
  CopyPath destination = parse_copy_path(to.path, inside.folder);
  if (from.is_stream()) return read_stream(inside, destination, options.owner);
  Side host = TRY(host_side());
  CopyPath source = parse_copy_path(from.path, host.folder);
  auto copied = TRY(copy_between(host, source, inside, destination, flags.follow_link, options));
  tell(flags, copied, fmt::format("{}:{}", to.container, to.path));
  return {};
}

}  // namespace

Result<int> cp(const Globals& globals, const CpFlags& flags, const std::vector<std::string>& arguments) {
  CopyOperand from = parse_copy_operand(arguments[0]);
  CopyOperand to = parse_copy_operand(arguments[1]);
  if (from.is_host() && to.is_host()) {
    return make_error(Kind::usage, "neither side is a container", "write CONTAINER:PATH for one of them");
  }
  if (!from.is_host() && !to.is_host()) {
    return make_error(Kind::unsupported, "copying between containers is not supported",
                      fmt::format("`aictr cp {} - | aictr cp - {}`", arguments[0], arguments[1]));
  }
  TRY(need_capability("CAP_SYS_ADMIN"));
  ::umask(0);  // permissions are the source's
  TRY_AS(fmt::format("'{}' to '{}'", arguments[0], arguments[1]),
         to.is_host() ? copy_out(globals, flags, from, to) : copy_in(globals, flags, from, to));
  return 0;
}

}  // namespace aictr::cli
