#include "images/layer_tar.h"

#include <fmt/core.h>

#include "base/file.h"
#include "images/background_hash.h"
#include "images/store_layout.h"

namespace aictr::images {

Result<void> read_layer_tar(const Store& store, const oci::Digest& diff_id, const TarSink& sink) {
  std::string what = fmt::format("layer {}", diff_id.short_id());
  UniqueFd tree = TRY_AS(what, open_directory(store.fd(), layout::layer_tree(diff_id)));
  BackgroundHash hash;
  TRY_AS(what, pack_layer(tree.get(), [&](std::string_view data) {
           hash.update(data);
           return sink(data);
         }));
  if (hash.finish() == diff_id) return {};
  return make_error(Kind::unsupported,
                    fmt::format("{} was pulled and unpacked, and its files do not give the same tar again", what),
                    "build an image of your own from it, or push it from where it was pulled");
}

}  // namespace aictr::images
