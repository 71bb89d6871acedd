#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "images/byte_source.h"
#include "images/copy.h"
#include "images/limited_source.h"
#include "images/tree_writer.h"
#include "oci/digest.h"

namespace aictr::images {

// What a tar turned out to be.
struct Unpacked {
  oci::Digest diff_id;    // of the uncompressed bytes
  std::int64_t size = 0;  // their number
  std::int64_t entries = 0;
};

struct UnpackOptions {
  Whiteouts whiteouts = Whiteouts::apply;
  std::optional<Owner> owner = {};  // of everything; unset: as each entry says
  std::int64_t limit = kNoLimit;    // bytes of the tar
};

// Extracts a tar, compressed or not (decompress.h), into a directory, with types, modes, owners, times, links, devices
// and the extended attributes that belong to a layer. The digest is of every byte up to the end of the stream, also of
// what follows the archive's end. Kind::corrupt, with the entry's name, for a damaged or hostile one; what was
// extracted until then is the caller's to remove.
Result<Unpacked> unpack_layer(ByteSource& source, int root, const UnpackOptions& options = {});

}  // namespace aictr::images
