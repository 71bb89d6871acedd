#pragma once

#include <cstdint>
#include <string>
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
  oci::Digest index;      // of a tar's index; empty: not known
  std::string boot;       // not empty: its files are whole until this boot of the machine ends (layer_sync.h)
};

std::string print_layer_record(const LayerRecord& record);
// Kind::unsupported for a kind of a newer aictr.
Result<LayerRecord> parse_layer_record(std::string_view text);

// Kind::not_found also for a layer that may have lost files, as the machine went down before they were on the disk.
Result<LayerRecord> load_layer_record(int store, const oci::Digest& diff_id);

// Whether the layer is there whole, as far as its record tells. One of a kind that only a newer aictr knows is.
bool is_usable(const Result<LayerRecord>& record);

Result<std::string> this_boot();  // a new one each time the machine starts

}  // namespace aictr::images
