#include "runtime/seccomp_text.h"

#include <cstdint>
#include <cstring>

#include "base/base64.h"

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

Error not_a_filter() {
  return make_error(Kind::corrupt, "the stored seccomp filter is damaged");
}

}  // namespace

std::string print_seccomp(const SeccompProgram& program) {
  Header header;
  header.flags = program.flags;
  header.needs_listener = program.needs_listener ? 1 : 0;
  header.count = static_cast<std::uint32_t>(program.instructions.size());
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(reinterpret_cast<const char*>(program.instructions.data()),
               program.instructions.size() * sizeof(sock_filter));
  return base64_encode(bytes);
}

Result<SeccompProgram> parse_seccomp(std::string_view text) {
  auto bytes = base64_decode(text);
  Header header;
  if (!bytes || bytes->size() < sizeof header) return not_a_filter();
  std::memcpy(&header, bytes->data(), sizeof header);
  if (header.magic != kMagic || bytes->size() != sizeof header + std::size_t{header.count} * sizeof(sock_filter))
    return not_a_filter();
  SeccompProgram program;
  program.flags = header.flags;
  program.needs_listener = header.needs_listener != 0;
  program.instructions.resize(header.count);
  std::memcpy(program.instructions.data(), bytes->data() + sizeof header, header.count * sizeof(sock_filter));
  return program;
}

}  // namespace aictr::runtime
