#pragma once

// Where things are in a store, relative to its directory. docs/store.md describes each.

#include <string>

#include "oci/digest.h"

namespace aictr::images::layout {

inline constexpr int kVersion = 1;

inline constexpr const char* kVersionFile = "version";
inline constexpr const char* kLock = "lock";    // exclusive: index.json is being changed, a draft made
inline constexpr const char* kHold = "hold";    // shared: layers are being used; exclusive: garbage is being collected
inline constexpr const char* kMount = "mount";  // exclusive: mount_point is in use
inline constexpr const char* kIndex = "index.json";
inline constexpr const char* kBlobs = "blobs/sha256";
inline constexpr const char* kLayers = "layers";
inline constexpr const char* kDrafts = "drafts";
inline constexpr const char* kDownloads = "downloads";  // blobs that have not arrived whole
inline constexpr const char* kCache = "cache";
inline constexpr const char* kCacheSteps = "cache/steps";    // records of build steps, which keep layers
inline constexpr const char* kCacheFiles = "cache/files";    // digests of files of build contexts
inline constexpr const char* kCacheMounts = "cache/mounts";  // what RUN --mount=type=cache keeps, by digest of its id
inline constexpr const char* kCacheClaims = "cache/claims";  // locks of the steps that builds are at
inline constexpr const char* kCacheCompressed = "cache/compressed";  // what compressing layers has given
inline constexpr const char* kEmpty = "empty";  // two empty directories, for overlays of too few layers
inline constexpr const char* kMountPoint = "mount_point";

inline constexpr const char* kFileSystem = "fs";           // in a layer: its tree, in overlayfs's form
inline constexpr const char* kLayerTar = "layer.tar";      // or: its bytes, and beside them
inline constexpr const char* kLayerIndex = "layer.erofs";  // the tree of them
inline constexpr const char* kLayerRecord = "layer.json";  // in a layer: what it is

inline constexpr const char* kDraftLock = "lock";    // in a draft: held by its owner
inline constexpr const char* kDraftLayer = "layer";  // in a draft: what becomes the layer's directory
inline constexpr const char* kDraftWork = "work";    // in a draft: overlayfs's own

inline std::string blob(const oci::Digest& digest) {
  return "blobs/" + digest.algorithm() + "/" + digest.hex();
}
inline std::string download(const oci::Digest& blob) {
  return std::string(kDownloads) + "/" + blob.hex();
}
inline std::string layer(const oci::Digest& diff_id) {
  return std::string(kLayers) + "/" + diff_id.hex();
}
inline std::string layer_tree(const oci::Digest& diff_id) {
  return layer(diff_id) + "/" + kFileSystem;
}
inline std::string layer_record(const oci::Digest& diff_id) {
  return layer(diff_id) + "/" + kLayerRecord;
}

}  // namespace aictr::images::layout
