#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/layer.h"
#include "images/store.h"

namespace aictr::images {

// A build context that is no folder of ours: an archive on standard input ("-") or at a URL, or a git repository
// (git_source.h). It lies in a draft of the store until the object goes.
class FetchedContext {
 public:
  static bool is_one(std::string_view where);
  // Kind::network and Kind::not_found for an address that does not give it, Kind::corrupt for a damaged archive.
  static Result<FetchedContext> fetch(const std::string& where, const Store& store);

  const std::string& path() const { return path_; }
  // Its text, when what came is no archive: then that is the Dockerfile, and the context is empty.
  const std::optional<std::string>& dockerfile() const { return dockerfile_; }
  // A file of the context. Its links end inside of it, whoever made them.
  Result<std::string> read(const std::string& file) const;

 private:
  FetchedContext(LayerDraft place, std::string path) : place_(std::move(place)), path_(std::move(path)) {}
  Result<void> take(int file);

  LayerDraft place_;
  std::string path_;
  std::optional<std::string> dockerfile_;
};

}  // namespace aictr::images
