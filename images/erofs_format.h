#pragma once

// EROFS on disk, as far as we write it: the kernel's fs/erofs/erofs_fs.h and Documentation/filesystems/erofs.rst. All
// numbers are little-endian.

#include <bit>
#include <cstdint>

namespace aictr::images::erofs {

static_assert(std::endian::native == std::endian::little, "the structures are written as they are in memory");

inline constexpr std::uint32_t kMagic = 0xE0F5E1E2;
inline constexpr unsigned kBlockBits = 9;  // a tar's own block, so that its files can be pointed to where they are
inline constexpr std::size_t kBlock = 1U << kBlockBits;
inline constexpr std::size_t kSuperBlockAt = 1024;
inline constexpr std::size_t kSlot = 32;  // inodes are numbered by their place in units of this
inline constexpr std::uint32_t kHole = 0xFFFFFFFF;

inline constexpr std::uint32_t kCompatMtime = 2;
inline constexpr std::uint32_t kIncompatChunkedFile = 4;
inline constexpr std::uint32_t kIncompatDeviceTable = 8;

struct SuperBlock {
  std::uint32_t magic = kMagic;
  std::uint32_t checksum = 0;  // not used: erofs-utils 1.8 crash on one in a block of 512 bytes
  std::uint32_t feature_compat = kCompatMtime;
  std::uint8_t block_bits = kBlockBits;
  std::uint8_t extension_slots = 0;
  std::uint16_t root_nid = 0;
  std::uint64_t inodes = 0;
  std::uint64_t build_time = 0;
  std::uint32_t build_time_nsec = 0;
  std::uint32_t blocks = 0;
  std::uint32_t meta_block = 0;
  std::uint32_t xattr_block = 0;
  std::uint8_t uuid[16] = {};
  std::uint8_t volume_name[16] = {};
  std::uint32_t feature_incompat = kIncompatChunkedFile | kIncompatDeviceTable;
  std::uint16_t compression = 0;
  std::uint16_t extra_devices = 1;
  std::uint16_t device_slot = 0;  // where the table of devices is, in units of 128 bytes
  std::uint8_t directory_block_bits = 0;
  std::uint8_t xattr_prefixes = 0;
  std::uint32_t xattr_prefix_start = 0;
  std::uint64_t packed_nid = 0;
  std::uint8_t reserved[24] = {};
};
static_assert(sizeof(SuperBlock) == 128);

struct DeviceSlot {
  std::uint8_t tag[64] = {};
  std::uint32_t blocks = 0;
  std::uint32_t mapped_block = 0;
  std::uint8_t reserved[56] = {};
};
static_assert(sizeof(DeviceSlot) == 128);

enum class DataLayout : std::uint16_t { plain = 0, tail_inline = 2, chunked = 4 };

struct Inode {                    // the extended form
  std::uint16_t format = 0;       // 1 | layout << 1
  std::uint16_t xattr_count = 0;  // 0, or the inline attributes' size - 12 in units of 4, plus 1
  std::uint16_t mode = 0;
  std::uint16_t reserved = 0;
  std::uint64_t size = 0;
  std::uint32_t place = 0;  // first block of the data, device number, or the form of the chunks
  std::uint32_t number = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t mtime = 0;
  std::uint32_t mtime_nsec = 0;
  std::uint32_t links = 0;
  std::uint8_t reserved2[16] = {};
};
static_assert(sizeof(Inode) == 64);

inline constexpr std::uint32_t kChunkIndexes = 0x20;

struct ChunkIndex {
  std::uint16_t block_high = 0;
  std::uint16_t device = 0;  // 0: this file; 1: the tar
  std::uint32_t block = 0;
};
static_assert(sizeof(ChunkIndex) == 8);

struct XattrHeader {
  std::uint32_t name_filter = 0;
  std::uint8_t shared = 0;
  std::uint8_t reserved[7] = {};
};
static_assert(sizeof(XattrHeader) == 12);

struct XattrEntry {
  std::uint8_t name_length = 0;
  std::uint8_t name_index = 0;  // stands for a prefix
  std::uint16_t value_size = 0;
};
static_assert(sizeof(XattrEntry) == 4);

struct Dirent {
  std::uint32_t nid_low = 0;
  std::uint32_t nid_high = 0;
  std::uint16_t name_at = 0;
  std::uint8_t type = 0;
  std::uint8_t reserved = 0;
};
static_assert(sizeof(Dirent) == 12);

}  // namespace aictr::images::erofs
