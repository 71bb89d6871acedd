#pragma once

// The image store: a directory of blobs, layers and names, described in docs/store.md. Everything is written by rename,
// so a process killed at any moment leaves a store that the next command uses.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/image_spec.h"
#include "oci/reference.h"

namespace aictr::images {

struct Image {
  oci::Digest id;  // of its configuration: what Docker calls the image ID
  oci::Digest manifest_digest;
  oci::Manifest manifest;
  oci::ImageConfig config;
  std::vector<oci::Reference> names;  // empty: dangling
  std::int64_t size = 0;              // bytes of its uncompressed layers
};

class Store {
 public:
  // Makes it when it is missing. Kind::unsupported when it was written by a newer format.
  static Result<Store> open(const std::string& path);

  const std::string& path() const { return path_; }
  int fd() const { return fd_.get(); }

  // By name ("python", "python:3.9", "name@sha256:…") or by a prefix of its ID (with or without "sha256:"). A name wins
  // over an ID. Kind::not_found with a hint; Kind::usage when a prefix fits several.
  Result<Image> find(std::string_view name) const;
  Result<std::vector<Image>> list() const;  // newest first

  // Writes configuration and manifest of an image whose layers are in the store, and gives it `names`, which are taken
  // from the images that had them.
  Result<Image> add(const oci::ImageConfig& config, const std::vector<oci::Reference>& names);
  Result<void> tag(const Image& image, const oci::Reference& name);

  // What a removal did, in the words of `docker rmi`.
  struct Removed {
    std::vector<std::string> untagged;  // references
    std::vector<oci::Digest> deleted;   // image and layers
  };
  // Takes the name away; with the last name the image goes, and every layer that no other image or cache entry needs.
  // With an ID: Kind::busy when it has several names, unless forced.
  Result<Removed> remove(std::string_view name, bool force);

  bool has_layer(const oci::Digest& diff_id) const;

 private:
  Store(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  UniqueFd fd_;
};

}  // namespace aictr::images
