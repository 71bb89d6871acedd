#pragma once

#include <optional>
#include <string>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/digest.h"
#include "oci/image_spec.h"

namespace aictr::images {

// A folder of the user's that is an OCI image layout (image-spec, image-layout.md) and keeps build caches, each under a
// tag. Nothing in it is trusted: names below it are followed inside of it alone, and what is read is verified.
class CacheFolder {
 public:
  // Kind::not_found when there is no such layout.
  static Result<CacheFolder> open(const std::string& path);
  // For writing, by one process at a time.
  static Result<CacheFolder> make(const std::string& path);

  Result<std::string> manifest(const std::string& tag) const;                  // verified
  Result<std::string> read(const oci::Digest& digest) const;                   // a small blob, verified
  Result<UniqueFd> open_blob(const oci::Digest& digest) const;                 // its bytes are the reader's to verify
  bool has_blob(const oci::Descriptor& blob) const;                            // one of that size
  Result<void> write(const oci::Digest& digest, std::string_view data) const;  // unless it is there

  // A file of its own that add() gives its place as a blob, or that goes with the next blob that is begun.
  Result<UniqueFd> begin_blob() const;
  Result<void> add_begun(const oci::Digest& digest) const;

  // The manifest, which is a blob of it, is what the tag stands for from now on.
  Result<void> tag(const oci::Descriptor& manifest, const std::string& tag) const;

 private:
  explicit CacheFolder(UniqueFd fd) : fd_(std::move(fd)) {}
  Result<oci::Index> index() const;
  UniqueFd fd_;
  std::optional<FileLock> alone_;
};

}  // namespace aictr::images
