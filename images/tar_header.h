#pragma once

#include <string>

#include "images/tar_entry.h"

namespace aictr::images {

inline constexpr std::size_t kTarBlock = 512;

// The header of an entry: a ustar block, with a pax extended header in front of it where the block has no room for a
// name, a number or an extended attribute (as SCHILY.xattr.*). Owners are numbers only. Equal entries give equal bytes.
std::string encode_tar_header(const TarEntry& entry);

// The same for a file of `size` bytes whose content in the tar, entry.size bytes, is a list of the pieces that are no
// holes and these pieces: GNU tar's format 1.0 for pax ("Storing Sparse Files" of its manual).
std::string encode_sparse_tar_header(const TarEntry& entry, std::int64_t size);

}  // namespace aictr::images
