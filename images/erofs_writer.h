#pragma once

#include <cstdint>

#include "base/result.h"
#include "images/layer_tree.h"

namespace aictr::images {

// Where data may be put before the tree is written: everything below belongs to the superblock.
inline constexpr std::uint64_t kErofsDataStart = 1536;

// The pieces in which a sparse file's data is put there: 1 << this bytes, each whole or not there at all.
unsigned sparse_piece_bits(std::uint64_t file_size);

// Writes the EROFS image that shows `tree` to `file`, where `data_end` bytes are used already (superblock, sparse
// files' data). The contents of other files stay in the tar, of `tar_size` bytes, which is to be mounted as the image's
// one extra device. Needs a kernel with 512-byte blocks and files as devices (Linux 6.12). Equal trees give equal
// bytes.
Result<void> write_erofs(LayerTree& tree, std::uint64_t tar_size, std::uint64_t data_end, int file);

}  // namespace aictr::images
