#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "oci/digest.h"

namespace aictr::images {

// How a layer's bytes are kept: as a directory, which is what a build step or an import leaves, or as its own tar with
// an EROFS index of it (layer_index.h).
enum class LayerKind { directory, tar };

// layer.json of a layer: what the directory beside it is.
struct LayerRecord {
  LayerKind kind = LayerKind::directory;
  oci::Digest diff_id;    // of the layer as an uncompressed tar
  std::int64_t size = 0;  // bytes of that tar
  int encoder = 0;        // the version of layer_pack.h that writes this tar from the directory; 0: none may
};

std::string print_layer_record(const LayerRecord& record);
// Kind::unsupported for a kind of a newer aictr.
Result<LayerRecord> parse_layer_record(std::string_view text);

Result<LayerRecord> load_layer_record(int store, const oci::Digest& diff_id);

}  // namespace aictr::images
