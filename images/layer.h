#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "images/store.h"
#include "oci/digest.h"

namespace aictr::images {

struct Layer {
  oci::Digest diff_id;    // of the tar that layer_pack.h would write of it
  std::int64_t size = 0;  // bytes of that tar
};

// A layer in the making: the upper and work directory of an overlay, in the store's own folder for unfinished work. It
// is removed when the object goes without commit(), and by the next command when the process was killed.
class LayerDraft {
 public:
  static Result<LayerDraft> create(const Store& store);
  LayerDraft(LayerDraft&&) noexcept;
  LayerDraft& operator=(LayerDraft&&) noexcept;
  ~LayerDraft();

  const std::string& upper() const { return upper_; }  // absolute
  const std::string& work() const { return work_; }

  // Computes the digest and moves the directory to its place; a layer of that digest that is there already is kept
  // instead.
  Result<Layer> commit() &&;

 private:
  LayerDraft() = default;
  const Store* store_ = nullptr;
  std::string name_;
  std::string upper_;
  std::string work_;
};

}  // namespace aictr::images
