#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "images/layer_files.h"

namespace aictr::images {

// A directory or a file of a layer with what it weighs.
struct WeightNode {
  std::string name;  // several components where a directory holds nothing but the next
  std::int64_t bytes = 0;
  std::int64_t hidden = 0;           // of them, what a later layer deletes or replaces
  std::vector<WeightNode> children;  // the heaviest first; what is too light to be seen is one of them, "12 smaller"
};

// Bytes that need not be there.
struct WeightFinding {
  enum class Kind {
    deleted,    // files that a later layer deletes or replaces: they are in the image all the same
    cache,      // of pip, apt and the like
    duplicate,  // a library of CUDA that lies in several places
  };
  Kind kind = Kind::deleted;
  std::int64_t bytes = 0;
  std::string name;                // what there is: "libcublas.so.12", "the cache of pip"
  std::size_t layer = 0;           // of the files; of a duplicate: of the last
  std::size_t deleting_layer = 0;  // deleted: by which
  std::vector<std::string> paths;  // "/usr/lib/…", the heaviest first, eight at most
};

struct ImageWeight {
  std::vector<WeightNode> layers;       // without a name
  std::vector<WeightFinding> findings;  // the heaviest first
};

// What the layers, lowest first, are made of. Findings of less than `least` bytes are left out. Pure.
ImageWeight weigh_image(std::span<const std::vector<LayerFile>> layers, std::int64_t least);

}  // namespace aictr::images
