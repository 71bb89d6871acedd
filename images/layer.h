#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "images/draft.h"
#include "images/layer_record.h"
#include "images/store.h"
#include "oci/digest.h"

namespace aictr::images {

struct Layer {
  oci::Digest diff_id;    // of the tar that layer_pack.h writes of it
  std::int64_t size = 0;  // bytes of that tar
};

// A layer in the making: the upper and work directory of an overlay, in the store's own folder for unfinished work. It
// is removed when the object goes without commit(), and by a later command when the process was killed. The store is
// held (Store::hold) as long as it lives.
class LayerDraft {
 public:
  static Result<LayerDraft> create(const Store& store);
  LayerDraft(LayerDraft&&) noexcept = default;
  LayerDraft& operator=(LayerDraft&& other) noexcept;
  ~LayerDraft();

  const std::string& upper() const { return upper_; }  // absolute
  const std::string& work() const { return work_; }

  // Computes the digest and moves the directory to its place; a layer of that digest that is there already is kept
  // instead. Nothing may write to upper() any more: its overlay is unmounted.
  Result<Layer> commit() &&;
  // The same for a tree that was unpacked from a tar of somebody else's, which packing it again may not give.
  Result<Layer> commit_unpacked(const Layer& tar) &&;
  // Where a layer that is kept as its tar is written in place of upper(): layout::kLayerTar and kLayerIndex.
  Result<UniqueFd> open_folder() const;
  Result<Layer> commit_tar(const Layer& tar) &&;

 private:
  struct Place {
    UniqueFd store;
    Draft draft;
    FileLock keep;
  };

  LayerDraft() = default;
  void discard() noexcept;
  Result<Layer> move_to_place(LayerRecord record);

  std::unique_ptr<Place> place_;  // null: moved from, or done
  std::string upper_;
  std::string work_;
};

}  // namespace aictr::images
