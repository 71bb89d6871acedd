#pragma once

#include <string>

#include "images/tar_entry.h"

namespace aictr::images {

inline constexpr std::size_t kTarBlock = 512;

// The header of an entry: a ustar block, with a pax extended header in front of it where the block has no room for a
// name, a number or an extended attribute (as SCHILY.xattr.*). Owners are numbers only. Equal entries give equal bytes.
std::string encode_tar_header(const TarEntry& entry);

}  // namespace aictr::images
