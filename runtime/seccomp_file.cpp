#include "runtime/seccomp_file.h"

#include <fcntl.h>

#include <cstdint>
#include <cstring>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::runtime {
namespace {

// Ours, of this machine and this boot: no byte order or version to care for but that of the layout.
constexpr std::uint32_t kMagic = 0x31706373;  // "scp1"

struct Header {
  std::uint32_t magic = kMagic;
  std::uint32_t flags = 0;
  std::uint32_t needs_listener = 0;
  std::uint32_t count = 0;
};

std::string file_of(const std::string& id) {
  return id + ".seccomp";
}

Error not_a_filter(const std::string& id) {
  return make_error(Kind::corrupt, fmt::format("container '{}': its stored seccomp filter is damaged", id));
}

}  // namespace

Result<void> save_seccomp(const StateRoot& root, const std::string& id, const SeccompProgram& program) {
  Header header;
  header.flags = program.flags;
  header.needs_listener = program.needs_listener ? 1 : 0;
  header.count = static_cast<std::uint32_t>(program.instructions.size());
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(reinterpret_cast<const char*>(program.instructions.data()),
               program.instructions.size() * sizeof(sock_filter));
  UniqueFd file = TRY(sys::open(root.fd(), file_of(id), O_WRONLY | O_CREAT | O_TRUNC, 0600));
  return sys::write_all(file.get(), bytes);
}

Result<std::optional<SeccompProgram>> load_seccomp(const StateRoot& root, const std::string& id) {
  auto read = read_file(root.fd(), file_of(id));
  if (!read.ok() && read.error().code == ENOENT) return std::optional<SeccompProgram>();
  std::string bytes = TRY(std::move(read));
  Header header;
  if (bytes.size() < sizeof header) return not_a_filter(id);
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kMagic || bytes.size() != sizeof header + std::size_t{header.count} * sizeof(sock_filter))
    return not_a_filter(id);
  SeccompProgram program;
  program.flags = header.flags;
  program.needs_listener = header.needs_listener != 0;
  program.instructions.resize(header.count);
  std::memcpy(program.instructions.data(), bytes.data() + sizeof header, header.count * sizeof(sock_filter));
  return std::optional(std::move(program));
}

Result<void> remove_seccomp(const StateRoot& root, const std::string& id) {
  auto removed = sys::unlink(root.fd(), file_of(id));
  if (!removed.ok() && removed.error().code != ENOENT) return removed;
  return {};
}

}  // namespace aictr::runtime
