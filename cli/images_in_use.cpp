#include "cli/images_in_use.h"

#include "cli/container.h"

namespace aictr::cli {

images::ImagesInUse images_in_use(const Globals& globals) {
  return [&globals]() -> Result<std::vector<oci::Digest>> {
    Containers containers = TRY(Containers::open(globals.root));
    std::vector<oci::Digest> ids;
    for (const Container& container : TRY(containers.list())) {
      ids.push_back(TRY(oci::Digest::parse(container.image_id)));
    }
    return ids;
  };
}

}  // namespace aictr::cli
