#include "images/clean_path.h"

#include "base/text.h"

namespace aictr::images {

std::string clean_path(std::string_view path) {
  bool absolute = path.starts_with('/');
  std::vector<std::string> kept;
  for (std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(std::move(part));
    } else if (!kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!absolute) {
      kept.push_back(std::move(part));
    }
  }
  std::string clean = (absolute ? "/" : "") + join(kept, "/");
  return clean.empty() ? "." : clean;
}

std::string path_below_root(std::string_view path) {
  return clean_path("/" + std::string(path)).substr(1);
}

std::string absolute_path(std::string_view folder, std::string_view path) {
  if (path.starts_with('/')) return clean_path(path);
  return clean_path("/" + std::string(folder) + "/" + std::string(path));
}

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace aictr::images
