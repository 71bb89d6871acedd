#include "runtime/terminal.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_mount.h"
#include "base/sys_terminal.h"
#include "runtime/rooted_path.h"

namespace aictr::runtime {
namespace {

constexpr mode_t kSlaveMode = 0620;

Result<UniqueFd> open_master(int root) {
  UniqueFd pts = TRY(find_in_root(root, "/dev/pts", O_DIRECTORY));
  if (TRY(sys::file_system_magic(pts.get())) != DEVPTS_SUPER_MAGIC)
    return make_error(Kind::usage, "/process/terminal: the container has no devpts mounted on '/dev/pts'");
  UniqueFd master = TRY(sys::open(pts.get(), "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW));
  struct stat st = TRY(sys::stat(master.get()));
  if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
    return make_error(Kind::corrupt, "'/dev/pts/ptmx' of the container is no ptmx device");
  return master;
}

Result<UniqueFd> open_slave(int master) {
  TRY(sys::unlock_pseudo_terminal(master));
  UniqueFd slave = TRY(sys::open_pseudo_terminal_peer(master));
  if (TRY(sys::file_system_magic(slave.get())) != DEVPTS_SUPER_MAGIC)
    return make_error(Kind::corrupt, "the pseudo-terminal's other side is not on a devpts");
  return slave;
}

Result<void> mount_console(int root, int slave) {
  UniqueFd dev = TRY(sys::open(root, "dev", O_PATH | O_DIRECTORY | O_NOFOLLOW));
  // A link that the image left there must not lead us away; a new file it is, or the one that is there.
  auto made = sys::open(dev.get(), "console", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (!made.ok() && made.error().code != EEXIST) return std::move(made).error();
  UniqueFd target = TRY(sys::open(dev.get(), "console", O_PATH | O_NOFOLLOW));
  if (S_ISLNK(TRY(sys::stat(target.get())).st_mode))
    return make_error(Kind::usage, "'/dev/console' of the container is a symbolic link");
  UniqueFd mount = TRY(sys::open_tree(slave, "", AT_EMPTY_PATH | OPEN_TREE_CLONE));
  return sys::attach_mount(mount.get(), target.get());
}

Result<void> apply_settings(int slave, const TerminalSettings& settings) {
  if (settings.plain_newlines) {
    termios mode = TRY(sys::terminal_mode(slave));
    mode.c_oflag &= ~static_cast<tcflag_t>(ONLCR);
    TRY(sys::set_terminal_mode(slave, mode));
  }
  if (!settings.size) return {};
  winsize window{};
  window.ws_row = settings.size->height;
  window.ws_col = settings.size->width;
  return sys::set_terminal_size(slave, window);
}

}  // namespace

Result<Terminal> open_terminal(int root, const TerminalSettings& settings) {
  Terminal terminal;
  terminal.master = TRY_AS("open a terminal", open_master(root));
  terminal.slave = TRY_AS("open a terminal", open_slave(terminal.master.get()));
  TRY(apply_settings(terminal.slave.get(), settings));
  return terminal;
}

Result<void> make_console(int root, const Terminal& terminal) {
  TRY_AS("mount '/dev/console'", mount_console(root, terminal.slave.get()));
  return {};
}

Result<void> adopt_terminal(int slave, uid_t owner) {
  TRY(sys::chown(slave, "", owner, static_cast<gid_t>(-1), AT_EMPTY_PATH));
  TRY(sys::chmod(slave, kSlaveMode));
  TRY(sys::take_controlling_terminal(slave));
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(slave, stream) < 0) return sys_error("make the terminal a standard stream");
  }
  return {};
}

}  // namespace aictr::runtime
