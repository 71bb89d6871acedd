#include "cli/image_view.h"

#include <algorithm>

#include <fmt/core.h>

namespace aictr::cli {
namespace {

using oci::Json;

Json strings(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json(std::move(array));
}

// Scripts ask for members that an image need not have.
Json config_view(const oci::ContainerConfig& config) {
  Json given = oci::to_json(config);
  Json view(Json::Object{
      {"User", Json(std::string())},
      {"ExposedPorts", Json()},
      {"Env", Json()},
      {"Cmd", Json()},
      {"Entrypoint", Json()},
      {"Volumes", Json()},
      {"WorkingDir", Json(std::string())},
      {"Labels", Json()},
      {"OnBuild", Json()},
      {"StopSignal", Json(std::string())},
  });
  if (const auto* members = given.as<Json::Object>()) {
    for (const auto& [name, value] : *members) view.set(name, value);
  }
  return view;
}

Json tags_of(const images::Image& image) {
  std::vector<std::string> names;
  for (const oci::Reference& name : image.names) names.push_back(name.familiar());
  return strings(names);
}

Json digests_of(const images::Image& image) {
  std::vector<std::string> names;
  for (const oci::Reference& name : image.names) {
    std::string text = fmt::format("{}@{}", name.familiar_repository(), image.manifest_digest.text());
    if (std::find(names.begin(), names.end(), text) == names.end()) names.push_back(std::move(text));
  }
  return strings(names);
}

Json layers_of(const images::Image& image) {
  std::vector<std::string> ids;
  for (const oci::Digest& id : image.config.diff_ids) ids.push_back(id.text());
  return Json(Json::Object{{"Type", Json("layers")}, {"Layers", strings(ids)}});
}

}  // namespace

Json image_view(const images::Image& image) {
  const auto& history = image.config.history;
  return Json(Json::Object{
      {"Id", Json(image.id.text())},
      {"RepoTags", tags_of(image)},
      {"RepoDigests", digests_of(image)},
      {"Comment", Json(history.empty() ? std::string() : history.back().comment)},
      {"Created", Json(image.config.created)},
      {"Author", Json(image.config.author)},
      {"Config", config_view(image.config.config)},
      {"Architecture", Json(image.config.platform.architecture)},
      {"Variant", Json(image.config.platform.variant)},
      {"Os", Json(image.config.platform.os)},
      {"Size", Json(image.size)},
      {"RootFS", layers_of(image)},
  });
}

}  // namespace aictr::cli
