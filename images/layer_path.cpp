#include "images/layer_path.h"

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::images {

Result<LayerPath> LayerPath::parse(std::string_view text) {
  LayerPath path;
  for (const std::string& component : split(text, '/')) {
    if (component.empty() || component == ".") continue;
    if (component == "..") return make_error(Kind::corrupt, fmt::format("'{}' leads out of the layer", one_line(text)));
    // In place: a hostile path has half a million components.
    if (!path.parent.empty()) path.parent += '/';
    path.parent += path.name;
    path.name = component;
  }
  return path;
}

}  // namespace aictr::images
