#pragma once

// The image store: a directory of blobs, layers and names, described in docs/store.md. Everything is written by rename,
// so a process killed at any moment leaves a store that the next command uses. Reading takes no lock.

#include <cstdint>
#include <functional>
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
  std::vector<oci::Reference> names;      // empty: dangling
  std::vector<std::int64_t> layer_sizes;  // bytes of each layer, uncompressed
  std::int64_t size = 0;                  // their sum
};

// The IDs of the images that containers were made from; such images are not deleted. Whoever keeps the containers'
// records (cli/) fills it in; it is called when it is known that no container is just being made. An empty function
// means none.
using ImagesInUse = std::function<Result<std::vector<oci::Digest>>()>;

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

  // While the lock lives, no layer and no image is deleted: a build, an import or the making of a container takes it
  // before it looks for the image, and lets go when its layers are an image's or its record of the image is written.
  Result<FileLock> hold() const;

  // Writes configuration and manifest of an image whose layers are in the store, and gives it `names`, which are taken
  // from the images that had them. Kind::not_found when a layer is missing.
  Result<Image> add(const oci::ImageConfig& config, const std::vector<oci::Reference>& names);
  // The same for an image that came from elsewhere: manifest and configuration are kept byte for byte.
  Result<Image> add_received(std::string_view manifest, std::string_view config,
                             const std::vector<oci::Reference>& names);
  // The same without a manifest: one is made of the layers as they are kept.
  Result<Image> add_with_config(std::string_view config, const std::vector<oci::Reference>& names);
  Result<void> tag(const Image& image, const oci::Reference& name);

  // What a removal did, in the words of `docker rmi`.
  struct Removed {
    std::vector<std::string> untagged;  // references
    std::vector<oci::Digest> deleted;   // image and layers
  };
  // Takes the name away; with the last name the image goes, and every layer that no other image or cache entry needs.
  // With an ID: Kind::busy when it has several names, unless forced. An image in use: Kind::busy, or with `force` only
  // its names go. Layers stay until the next removal while somebody holds the store.
  Result<Removed> remove(std::string_view name, bool force, const ImagesInUse& in_use = {});

  bool has_layer(const oci::Digest& diff_id) const;

 private:
  Store(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  UniqueFd fd_;
};

}  // namespace aictr::images
