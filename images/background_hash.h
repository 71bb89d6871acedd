#pragma once

#include <memory>
#include <string_view>

#include "oci/digest.h"

namespace aictr::images {

// SHA-256 on a thread of its own, so that reading and hashing go on at the same time: at some 1.5 GB/s the hash is what
// a layer waits for. Two pieces of 1 MiB wait at most; then update() waits.
class BackgroundHash {
 public:
  BackgroundHash();
  BackgroundHash(BackgroundHash&&) noexcept;
  ~BackgroundHash();  // ends the thread

  void update(std::string_view data);  // copies it
  oci::Digest finish();                // once

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace aictr::images
