#pragma once

// What of an ELF file's headers says how a library is found (elf(5)). Files of containers come here too: every offset
// is checked, and no more than a few kilobytes are read.

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace aictr::hooks {

struct ElfFile {
  bool is_64bit = false;
  std::uint16_t machine = 0;  // EM_X86_64, EM_AARCH64, EM_386, …
  std::string soname;         // empty: it has none

  bool is_native() const;  // of the kind that this program is
};

// `fd` is a regular file. Kind::corrupt for what is no little-endian ELF file or contradicts itself.
Result<ElfFile> read_elf(int fd);

// The descriptor of the first note in the section of this name, whose owner is `owner`; nothing when there is none.
// 64-bit files only.
Result<std::optional<std::string>> read_elf_note(int fd, const std::string& section, const std::string& owner);

}  // namespace aictr::hooks
