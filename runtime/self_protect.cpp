#include "runtime/self_protect.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "base/sys.h"
#include "base/sys_mount.h"
#include "base/sys_process.h"

namespace aictr::runtime {
namespace {

constexpr const char* kPathVariable = "AICTR_PROGRAM";
constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

// A file on a read-only mount, or a memory file that nobody can change any more.
bool is_protected(int self) {
  struct statvfs st {};
  if (::fstatvfs(self, &st) == 0 && (st.f_flag & ST_RDONLY) != 0) return true;
  int seals = ::fcntl(self, F_GET_SEALS);  // negative: not a memory file
  return seals >= 0 && (seals & kSeals) == kSeals;
}

Result<UniqueFd> copy_in_memory(int self) {
  constexpr unsigned kCloexecSealing = 3;  // MFD_CLOEXEC | MFD_ALLOW_SEALING
  UniqueFd copy = TRY(sys::memfd("aictr", kCloexecSealing));
  struct stat st = TRY(sys::stat(self));
  for (off_t done = 0; done < st.st_size;) {
    if (::sendfile(copy.get(), self, &done, static_cast<std::size_t>(st.st_size - done)) <= 0)
      return sys_error("copy this program into memory");
  }
  if (::fcntl(copy.get(), F_ADD_SEALS, kSeals) != 0) return sys_error("seal a copy of this program");
  return copy;
}

// The kernel names a process that was executed by descriptor after the descriptor.
void keep_name(char** argv) {
  const auto* executed_as = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  if (executed_as == nullptr || !std::string_view(executed_as).starts_with("/dev/fd/") || argv[0] == nullptr) return;
  std::string_view name = argv[0];
  name.remove_prefix(name.rfind('/') + 1);
  ignore(sys::prctl(PR_SET_NAME, reinterpret_cast<unsigned long>(name.data())));  // only for who looks at ps
}

}  // namespace

Result<void> protect_self(char** argv) {
  UniqueFd self = TRY(sys::open("/proc/self/exe", O_RDONLY));
  if (is_protected(self.get())) {
    keep_name(argv);
    return {};
  }
  auto copy = sys::clone_mount(self.get(), MOUNT_ATTR_RDONLY);
  if (!copy.ok()) copy = copy_in_memory(self.get());
  UniqueFd program = TRY_AS("protect this program from the container", std::move(copy));
  std::string path = TRY(sys::readlink(AT_FDCWD, "/proc/self/exe"));
  ::setenv(kPathVariable, path.c_str(), 1);
  return sys::execute(program.get(), argv);
}

Result<std::string> path_of_this_program() {
  std::string path = TRY(sys::readlink(AT_FDCWD, "/proc/self/exe"));
  const char* original = std::getenv(kPathVariable);
  bool is_copy = path == "/" || path.starts_with("/memfd:");
  return is_copy && original != nullptr ? std::string(original) : path;
}

}  // namespace aictr::runtime
